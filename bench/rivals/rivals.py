"""Rivals of `argent bench`: one process that keeps data and indexes, and answers one JSON object per line.

    {"do": "hello"}
    {"do": "load", "items": "items.npy", "queries": "queries.npy", "metric": "ip", "cache": "FOLDER"}
    {"do": "prepare", "engine": "faiss-ivfflat", "nlist": 1024, ...}      builds an index, or reads it from the cache
    {"do": "search", "engine": "faiss-ivfflat", "value": 32, "k": 100, "batch": 16, "count": 512, "threads": 1,
     "ids": "PATH.npy"}                                                   "ids" is left out when only times are wanted
    {"do": "kmeans", "rows": "PATH.npy", "lists": 1024, "rounds": 10, "spherical": true, "threads": 1,
     "centroids": "PATH.npy"}                                             Faiss's clustering of the rows
    {"do": "quit"}

Every answer has "ok"; a false one has "error". Standard output carries answers alone. A further rival is a class with
`prepare` and `search` in ENGINES; a further kind of work is a function in COMMANDS.
"""

import json
import os
import sys
import time
import traceback

import numpy as np

ENGINES = {}
COMMANDS = {}


def command(function):
    """Adds a function to what may be asked for; it takes the process's state and the request."""
    COMMANDS[function.__name__] = function
    return function


class State:
    """What lives from line to line: the vectors and the indexes."""

    def __init__(self):
        self.items = self.queries = None
        self.is_l2 = False
        self.cache = None
        self.indexes = {}


def pin(threads, core):
    """One thread stays on one processor; more are free. All threads of the process, also those of libraries."""
    allowed = {core} if threads == 1 and core is not None else set(range(os.cpu_count()))
    for task in os.listdir("/proc/self/task") if os.path.isdir("/proc/self/task") else []:
        try:
            os.sched_setaffinity(int(task), allowed)
        except OSError:
            pass  # The thread has ended, or a container does not allow it.


def timed(work):
    """Wall and processor seconds of a call."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


@command
def hello(state, request):
    return {"engines": {name: engine.describe() for name, engine in ENGINES.items()}, "numpy": np.__version__}


@command
def load(state, request):
    state.items = np.load(request["items"], mmap_mode="r")
    state.queries = np.ascontiguousarray(np.load(request["queries"]), dtype=np.float32)
    state.is_l2 = request["metric"] == "l2"
    state.cache = request["cache"]
    state.indexes = {}
    os.makedirs(state.cache, exist_ok=True)
    return {"items": list(state.items.shape), "queries": list(state.queries.shape)}


@command
def prepare(state, request):
    engine = ENGINES[request["engine"]]
    pin(request.get("threads", os.cpu_count()), None)
    start = time.perf_counter()
    index, was_cached = engine.prepare(state, request)
    state.indexes[request["engine"]] = index
    return {"seconds": time.perf_counter() - start, "cached": was_cached}


@command
def kmeans(state, request):
    import faiss_kmeans
    rows = np.ascontiguousarray(np.load(request["rows"]), dtype=np.float32)
    pin(request["threads"], request.get("core"))
    training = faiss_kmeans.Training(rows, request)
    answer = timed(training.run)
    np.save(request["centroids"], training.centroids())
    return answer


@command
def search(state, request):
    engine, index = ENGINES[request["engine"]], state.indexes[request["engine"]]
    count, batch, k, threads = request["count"], request["batch"], request["k"], request.get("threads", 1)
    queries = state.queries[:count]
    labels = np.empty((count, k), dtype=np.int64)
    engine.set(index, request["value"], k, threads)
    pin(threads, request.get("core"))

    def run():
        for first in range(0, count, batch):
            engine.search(index, queries[first:first + batch], labels[first:first + batch])

    answer = timed(run)
    if request.get("ids"):
        np.save(request["ids"], labels.astype(np.int32))
    return answer


def main():
    # Libraries print on standard output now and then; answers must not mix with that.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    import faiss_filter
    import faiss_search
    import hnswlib_search
    ENGINES.update(faiss_search.engines())
    ENGINES.update(hnswlib_search.engines())
    COMMANDS.update(faiss_filter.COMMANDS)
    state = State()
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            request = json.loads(line)
            if request["do"] == "quit":
                break
            answer = {"ok": True, **COMMANDS[request["do"]](state, request)}
        except Exception as error:  # The process must survive a request that it cannot do, and say why.
            traceback.print_exc(file=sys.stderr)
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
