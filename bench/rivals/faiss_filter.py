"""Faiss IVF searches among selected items: queries one by one, with cold caches or without; only the queries are timed."""

import time

import numpy as np

from rivals import pin

# Three times a third-level cache of 32 MB.
EVICT_BYTES = 96 << 20


def select(state, request):
    """Who is eligible: one byte an item, made into the bitmap that Faiss's selector reads."""
    import faiss
    state.bits = np.packbits(np.load(request["eligible"]) != 0, bitorder="little")
    state.selector = faiss.IDSelectorBitmap(state.bits)
    return {}


def search_selected(state, request):
    import faiss
    index, k = state.indexes[request["engine"]], request["k"]
    faiss.omp_set_num_threads(1)
    pin(1, request.get("core"))
    parameters = faiss.SearchParametersIVF(sel=state.selector, nprobe=request["value"])
    queries = state.queries[:request["count"]]
    labels = np.empty((len(queries), k), dtype=np.int64)
    distances = np.empty((len(queries), k), dtype=np.float32)
    if not hasattr(state, "evict"):
        state.evict = np.zeros(EVICT_BYTES // 8, dtype=np.int64)
    wall = cpu = 0.0
    for q in range(len(queries)):
        if request["cold"]:
            state.evict += 1
        cpu_before, before = time.process_time(), time.perf_counter()
        index.search(queries[q:q + 1], k, params=parameters, D=distances[q:q + 1], I=labels[q:q + 1])
        wall += time.perf_counter() - before
        cpu += time.process_time() - cpu_before
    if request.get("ids"):
        np.save(request["ids"], labels.astype(np.int32))
    return {"wall": wall, "cpu": cpu}


COMMANDS = {"select": select, "search_selected": search_selected}
