"""Faiss: IVFFlat, IVF with 8-bit scalar quantisation, HNSW. Each trains its own k-means on the same vectors."""

import os

import numpy as np

try:
    import faiss
except ImportError:
    faiss = None


def engines():
    if faiss is None:
        return {}
    return {"faiss-ivfflat": Ivf("flat"), "faiss-ivfsq8": Ivf("sq8"), "faiss-hnsw": Hnsw()}


def describe():
    # The distribution's own build lies in the system's folder and has neither AVX2 nor FMA.
    is_distribution = os.path.realpath(faiss.__file__).startswith("/usr/lib/")
    return {"version": faiss.__version__, "rebuilt": not is_distribution}


def metric(state):
    return faiss.METRIC_L2 if state.is_l2 else faiss.METRIC_INNER_PRODUCT


def cached(path, build):
    """Reads an index, or builds and writes it; the name appears when the file is whole."""
    if os.path.exists(path):
        return faiss.read_index(path), True
    index = build()
    faiss.write_index(index, path + ".partial")
    os.replace(path + ".partial", path)
    return index, False


def add(index, items, rows=1 << 16):
    for first in range(0, len(items), rows):
        index.add(np.ascontiguousarray(items[first:first + rows], dtype=np.float32))


class Engine:
    def describe(self):
        return describe()

    def set(self, index, value, k, threads):
        faiss.omp_set_num_threads(threads)
        self.tune(index, value, k)

    def search(self, index, queries, labels):
        distances = np.empty(labels.shape, dtype=np.float32)
        index.search(queries, labels.shape[1], D=distances, I=labels)


class Ivf(Engine):
    def __init__(self, kind):
        self.kind = kind

    def prepare(self, state, request):
        nlist = request["nlist"]
        return cached(os.path.join(state.cache, f"faiss-ivf{self.kind}-{nlist}.index"), lambda: self.build(state, nlist))

    def build(self, state, nlist):
        faiss.omp_set_num_threads(os.cpu_count())
        items, d = state.items, state.items.shape[1]
        quantizer = faiss.IndexFlat(d, metric(state))
        if self.kind == "flat":
            index = faiss.IndexIVFFlat(quantizer, d, nlist, metric(state))
        else:
            index = faiss.IndexIVFScalarQuantizer(quantizer, d, nlist, faiss.ScalarQuantizer.QT_8bit, metric(state))
        # Faiss samples 256 rows of each list itself; more would only be copied.
        sample = np.random.default_rng(1).choice(len(items), min(len(items), 256 * nlist), replace=False)
        index.train(np.ascontiguousarray(items[np.sort(sample)], dtype=np.float32))
        add(index, items)
        return index

    def tune(self, index, value, k):
        index.nprobe = value


class Hnsw(Engine):
    def prepare(self, state, request):
        m, ef = request["m"], request["efConstruction"]
        return cached(os.path.join(state.cache, f"faiss-hnsw-{m}-{ef}.index"), lambda: self.build(state, m, ef))

    def build(self, state, m, ef):
        faiss.omp_set_num_threads(os.cpu_count())
        index = faiss.IndexHNSWFlat(state.items.shape[1], m, metric(state))
        index.hnsw.efConstruction = ef
        add(index, state.items)
        return index

    def tune(self, index, value, k):
        # Fewer than k cannot find k.
        index.hnsw.efSearch = max(value, k)
