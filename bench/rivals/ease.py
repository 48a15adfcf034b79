"""Popularity and EASE on the books data, on the split that `argent eval` uses, over all its test users.

    OMP_NUM_THREADS=2 nice -n 10 python3 bench/rivals/ease.py --data GOODBOOKS --out bench/results/MACHINE/quality

EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"): with the matrix X of users and items and its Gram
matrix G = X'X, P = (G + lambda I)^-1, weights B[i, j] = -P[i, j] / P[j, j] and zero on the diagonal, scores X B, at full
rank. "saves" learns from the saves alone. "saves, likes" learns from likes too, as rows of their own: a user is two rows, what
he saved and what he liked, so that G is the sum of both Gram matrices. Both are asked with the user's saves. Each lambda is
measured on the test users of the first seed, and the best by Recall@100 is used for all seeds: the choice is in EASE's favour.
Likes as side columns, [saves | likes], gained nothing: Recall@20 and @100 of .151 and .328 on seed 7 with both lambdas 400.
Asking with likes too lost: .171 and .346 became .142 and .323 (every tenth user, lambda 300). Lambda 1000: .169 and .352.

Needs Python 3 with NumPy on a fast BLAS (Debian: python3-numpy, libopenblas0-pthread) and 2 GB of memory. GOODBOOKS is the
folder that samples/books/dataset.json names, with books.csv.gz, to_read.csv.gz and ratings.csv.gz.
"""

import argparse
import json
import os
import time

import numpy as np

from split import Books

CUTOFFS = (20, 100)
K = max(CUTOFFS)
RESAMPLES = 2000
GAIN = 1 / np.log2(np.arange(2, K + 2))


def gram(events, items, chunk=2000):
    """X'X of users and items: how many users have both, float32 [items, items]."""
    sums = np.zeros(items * items, dtype=np.float32)
    users = len(events.start) - 1
    for first in range(0, users, chunk):
        pairs = []
        for user in range(first, min(first + chunk, users)):
            mine = events.of(user)
            pairs.append((mine[:, None] * items + mine[None, :]).ravel())
        keys, counts = np.unique(np.concatenate(pairs), return_counts=True)
        sums[keys] += counts
    return sums.reshape(items, items)


def add_diagonal(matrix, value):
    result = matrix.copy()
    result[np.diag_indices(len(result))] += np.float32(value)
    return result


def invert(matrix, leaf=512):
    """The inverse of a symmetric positive definite matrix by halves: products alone, which a BLAS does best."""
    n = len(matrix)
    if n <= leaf:
        return np.linalg.inv(matrix)
    half = n // 2
    first, cross = invert(matrix[:half, :half], leaf), matrix[:half, half:]
    side = first @ cross
    last = invert(matrix[half:, half:] - cross.T @ side, leaf)
    inverse = np.empty_like(matrix)
    inverse[:half, half:] = -side @ last
    inverse[half:, :half] = inverse[:half, half:].T
    inverse[:half, :half] = first - inverse[:half, half:] @ side.T
    inverse[half:, half:] = last
    return inverse


def weights(gram_matrix, penalty):
    """B: -P[i, j] / P[j, j], and a diagonal of zeros."""
    inverse = invert(add_diagonal(gram_matrix, penalty))
    inverse /= -np.diag(inverse).copy()
    np.fill_diagonal(inverse, 0)
    return inverse


def top(scores, excluded):
    """The K best items, ties by row."""
    scores[excluded] = -np.inf
    best = np.argpartition(-scores, K)[:K]
    return best[np.lexsort((best, -scores[best]))]


def ease(split, users, item_weights):
    """Ranks all items for each user by its saves."""
    for user in users:
        mine = split.save.of(user)
        yield top(item_weights[mine].sum(axis=0), mine)


def popularity(split, users, items):
    """Most events first, ties by row."""
    order = np.argsort(-np.bincount(split.save.items, minlength=items), kind="stable")
    for user in users:
        mine = split.save.of(user)
        head = order[:K + len(mine)]
        yield head[~np.isin(head, mine)][:K]


def measure(split, users, rankings):
    """Recall@20, Recall@100 and NDCG@100 by user, as RankingMetrics.cs defines them: float64 [users, 3]."""
    figures = np.empty((len(users), len(CUTOFFS) + 1))
    for row, (user, ranked) in enumerate(zip(users, rankings)):
        held = split.test.of(user)
        is_hit = np.isin(ranked, held)
        figures[row, :-1] = [is_hit[:k].sum() / len(held) for k in CUTOFFS]
        figures[row, -1] = GAIN[is_hit].sum() / GAIN[:min(K, len(held))].sum()
    return figures


def intervals(figures, seed):
    """95 % bootstrap intervals of the means: users drawn with repetition."""
    random = np.random.default_rng(seed)
    users = len(figures)
    means = np.array([np.bincount(random.integers(users, size=users), minlength=users) @ figures / users for _ in range(RESAMPLES)])
    return np.percentile(means, [2.5, 97.5], axis=0)


def row(name, seed, figures, more):
    low, high = intervals(figures, seed)
    names = [f"recall@{k}" for k in CUTOFFS] + [f"ndcg@{K}"]
    values = {n: {"mean": m, "low": l, "high": h} for n, m, l, h in zip(names, figures.mean(axis=0), low, high)}
    return {"ranking": name, "seed": seed, **more, **values}


def grams(split, items):
    """The Gram matrix of each model."""
    saves = gram(split.save, items)
    yield "EASE, saves", saves
    yield "EASE, saves, likes", saves + gram(split.like, items)


def one_seed(books, seed, options, best):
    """All rankings of a seed; `best` maps each model to its lambda, and is filled on the first seed."""
    split = books.split(seed)
    users = np.flatnonzero(np.diff(split.test.start))
    counts = {"users": len(users), "train": len(split.save.items), "likes": len(split.like.items), "test": len(split.test.items)}
    print(json.dumps({"seed": seed, **counts}), flush=True)
    rows, grid = [row("popularity", seed, measure(split, users, popularity(split, users, books.items)), {})], []
    for name, gram_matrix in grams(split, books.items):
        best_figures = None
        for penalty in [best[name]] if name in best else options.penalties:
            figures = measure(split, users, ease(split, users, weights(gram_matrix, penalty)))
            means = figures.mean(axis=0)
            grid.append({"ranking": name, "seed": seed, "lambda": penalty, "recall@20": means[0], "recall@100": means[1]})
            print(json.dumps(grid[-1]), flush=True)
            if best_figures is None or means[1] > best_figures[1].mean(axis=0)[1]:
                best_figures = (penalty, figures)
        best[name] = best_figures[0]
        rows.append(row(name, seed, best_figures[1], {"lambda": best_figures[0]}))
    return {"seed": seed, **counts}, rows, grid


def table(result):
    """Markdown."""
    cell = lambda value: f"{value['mean']:.4f} ({value['low']:.4f} to {value['high']:.4f})"
    lines = ["# Rivals on the books data", "", "Made by `bench/rivals/ease.py`: the random split of `samples/books/dataset.json`,"
             " all test users; 95 % bootstrap intervals over users.", ""]
    lines += ["| seed | test users | training saves | training likes | held-out saves |", "| ---: | ---: | ---: | ---: | ---: |"]
    lines += [f"| {s['seed']} | {s['users']:,} | {s['train']:,} | {s['likes']:,} | {s['test']:,} |" for s in result["splits"]]
    names = [f"recall@{k}" for k in CUTOFFS] + [f"ndcg@{K}"]
    lines += ["", "| ranking | lambda | seed | " + " | ".join(names) + " |", "| --- | ---: | ---: |" + " --- |" * len(names)]
    rows = sorted(result["rows"], key=lambda r: (r["ranking"] != "popularity", r["ranking"], r["seed"]))
    lines += [f"| {r['ranking']} | {r.get('lambda', '')} | {r['seed']} | " + " | ".join(cell(r[n]) for n in names) + " |" for r in rows]
    lines += ["", "Every lambda that was tried, on the first seed's test users:", "",
              "| ranking | lambda | recall@20 | recall@100 |", "| --- | ---: | ---: | ---: |"]
    first = result["splits"][0]["seed"]
    lines += [f"| {g['ranking']} | {g['lambda']} | {g['recall@20']:.4f} | {g['recall@100']:.4f} |"
              for g in result["grid"] if g["seed"] == first]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description="Popularity and EASE on Argent's split of the books data.")
    numbers = lambda text: [int(n) for n in text.split(",")]
    parser.add_argument("--data", required=True, help="folder of goodbooks")
    parser.add_argument("--out", help="folder for rivals.json and rivals.md")
    parser.add_argument("--seeds", type=numbers, default=[7, 8, 9])
    parser.add_argument("--penalties", type=numbers, default=[100, 200, 300, 400, 600], help="lambdas to try")
    options = parser.parse_args()
    start, cpu = time.perf_counter(), time.process_time()
    books, best = Books(options.data), {}
    parts = [one_seed(books, seed, options, best) for seed in options.seeds]
    result = {
        "splits": [p[0] for p in parts],
        "rows": [r for p in parts for r in p[1]],
        "grid": [g for p in parts for g in p[2]],
        "resamples": RESAMPLES, "numpy": np.__version__,
        "seconds": round(time.perf_counter() - start), "cpuSeconds": round(time.process_time() - cpu),
    }
    text = table(result)
    print(text)
    if options.out:
        os.makedirs(options.out, exist_ok=True)
        with open(os.path.join(options.out, "rivals.json"), "w") as file:
            json.dump(result, file, indent=2)
            file.write("\n")
        with open(os.path.join(options.out, "rivals.md"), "w") as file:
            file.write(text)


if __name__ == "__main__":
    main()
