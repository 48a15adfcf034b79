"""hnswlib, compiled for this machine by build-hnswlib.sh; the distribution's module where that was not run."""

import ctypes
import os

import numpy as np

try:
    import hnswlib
except ImportError:
    hnswlib = None


def engines():
    folder = os.environ.get("ARGENT_HNSWLIB", "")
    path = os.path.join(folder, "libhnsw.so")
    if folder and os.path.exists(path):
        return {"hnswlib": Native(path)}
    return {"hnswlib": Module()} if hnswlib is not None else {}


def cache_name(state, request):
    return os.path.join(state.cache, f"hnswlib-{request['m']}-{request['efConstruction']}.index")



class Native:
    def __init__(self, path):
        library = ctypes.CDLL(path)
        library.hnsw_build.restype = library.hnsw_load.restype = ctypes.c_void_p
        library.hnsw_build.argtypes = [ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64] + [ctypes.c_int] * 4
        library.hnsw_load.argtypes = [ctypes.c_char_p, ctypes.c_int64, ctypes.c_int]
        library.hnsw_save.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        library.hnsw_search.argtypes = [
            ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
        self.library = library

    def describe(self):
        return {"version": "headers of libhnswlib-dev", "rebuilt": True}

    def prepare(self, state, request):
        path = cache_name(state, request)
        dim = state.items.shape[1]
        if os.path.exists(path):
            return self.open(self.library.hnsw_load(path.encode(), dim, int(state.is_l2))), True
        rows = np.ascontiguousarray(state.items, dtype=np.float32)
        handle = self.library.hnsw_build(
            rows.ctypes.data, len(rows), dim, int(state.is_l2), request["m"], request["efConstruction"], os.cpu_count())
        index = self.open(handle)
        if self.library.hnsw_save(handle, (path + ".partial").encode()) != 0:
            raise OSError(f"the index could not be written to {path}")
        os.replace(path + ".partial", path)
        return index, False

    def open(self, handle):
        if not handle:
            raise RuntimeError("hnswlib could not build or read its index")
        return {"handle": handle, "ef": 0}

    def set(self, index, value, k, threads):
        if threads != 1:
            raise ValueError("hnswlib is searched with one thread")
        index["ef"] = max(value, k)

    def search(self, index, queries, labels):
        code = self.library.hnsw_search(
            index["handle"], queries.ctypes.data, len(queries), labels.shape[1], index["ef"], labels.ctypes.data)
        if code != 0:
            raise RuntimeError("hnswlib failed")


class Module:
    def describe(self):
        return {"version": "the distribution's module", "rebuilt": False}

    def prepare(self, state, request):
        path = cache_name(state, request)
        index = hnswlib.Index(space="l2" if state.is_l2 else "ip", dim=state.items.shape[1])
        if os.path.exists(path):
            index.load_index(path)
            return index, True
        index.init_index(len(state.items), ef_construction=request["efConstruction"], M=request["m"])
        index.add_items(np.ascontiguousarray(state.items, dtype=np.float32), num_threads=os.cpu_count())
        index.save_index(path + ".partial")
        os.replace(path + ".partial", path)
        return index, False

    def set(self, index, value, k, threads):
        index.set_ef(max(value, k))
        index.set_num_threads(threads)

    def search(self, index, queries, labels):
        labels[:] = index.knn_query(queries, k=labels.shape[1])[0]
