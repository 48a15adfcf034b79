"""Learns two towers in NumPy and writes what `argent import` reads.

    python3 samples/import/two_towers.py exported
    argent import --map exported/map.json --out exported/trained
    argent publish --data exported/dataset.json --model exported/trained --out exported/models
    argent query --model exported/models --requests exported/requests.jsonl

The folder gets made-up users and items (dataset.json and its files), the weights (towers.safetensors), the ids and values that
number their rows (items.txt, genres.txt), the map (map.json), and what the model should answer (requests.jsonl, expected.json).

The layout is a trainer's own, not Argent's: rows in no order of ids, a row for padding before the first item, a matrix of
[inputs, outputs] for each head, three element types. The map says how to read it.
"""

import csv
import json
import os
import struct
import sys

import numpy as np

USERS, ITEMS, DIM, ASKED = 400, 300, 16, 5
GENRES = ["travel", "crime", "fantasy", "poetry", "science"]


def bfloat16(values):
    """The upper half of each float32, rounded to nearest even."""
    bits = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def widen(values):
    """bfloat16 and float16 as float64."""
    if values.dtype == np.uint16:
        values = (values.astype(np.uint32) << 16).view(np.float32)
    return values.astype(np.float64)


def write_safetensors(path, tensors):
    """8 bytes of header length, a JSON header, then the values one after the other. uint16 stands for BF16."""
    names = {"float32": "F32", "float16": "F16", "uint16": "BF16"}
    header, at = {}, 0
    for name, values in tensors.items():
        end = at + values.nbytes
        header[name] = {"dtype": names[values.dtype.name], "shape": list(values.shape), "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values).tobytes())


def make_events(random):
    """Who saved and liked what, bool [users, items] for each task: most of it within a user's two genres."""
    genre = random.integers(len(GENRES), size=ITEMS)
    taste = random.random((USERS, len(GENRES))) ** 4
    charm = random.random(ITEMS) ** 2
    chance = 0.3 * taste[:, genre] * charm
    saves = random.random((USERS, ITEMS)) < chance
    return genre, {"save": saves, "like": random.random((USERS, ITEMS)) < np.where(saves, 0.4, chance / 2)}


def pool(events, table):
    """The sum of a user's rows / sqrt(count + 1)."""
    return events @ table / np.sqrt(events.sum(axis=1, keepdims=True) + 1.0)


def learn(genre, events):
    """Items: the first singular vectors of all events. A head: the ridge regression from pooled histories to them."""
    both = sum(e.astype(np.float64) for e in events.values())
    _, values, items = np.linalg.svd(both, full_matrices=False)
    vectors = items[:DIM].T * np.sqrt(values[:DIM])
    mean = np.stack([vectors[genre == g].mean(axis=0) for g in range(len(GENRES))])
    inputs = np.hstack([pool(e, vectors) for e in events.values()])
    gram = inputs.T @ inputs + 10 * np.eye(inputs.shape[1])
    heads = {task: np.linalg.solve(gram, inputs.T @ (e @ vectors)) for task, e in events.items()}
    counts = np.log1p(both.sum(axis=0))
    padded = np.vstack([np.zeros(DIM), vectors])
    return {
        "item.embedding": (vectors - mean[genre]).astype(np.float16),
        "item.genre.embedding": bfloat16(mean),
        "item.bias": (counts - counts.mean()).astype(np.float32),
        "user.history.embedding": padded.astype(np.float32),
        "user.save.kernel": bfloat16(heads["save"]),
        "user.like.kernel": bfloat16(heads["like"]),
        "optimizer.step": np.array([1000], dtype=np.float32),
    }


def predict(tensors, genre, events):
    """What the model says of every item: the probability of each task, float64 [users, items]."""
    w = {name: widen(values) for name, values in tensors.items()}
    items = w["item.embedding"] + w["item.genre.embedding"][genre]
    inputs = np.hstack([pool(e, w["user.history.embedding"][1:]) for e in events.values()])
    return {task: 1 / (1 + np.exp(-(inputs @ w[f"user.{task}.kernel"] @ items.T + w["item.bias"]))) for task in events}


def describe():
    """The map: the model, and what each of its tensors is made of."""
    history = {"from": "user.history.embedding", "rows": [1, ITEMS + 1]}
    return {
        "model": {
            "name": "imported",
            "towers": {
                "dim": DIM, "tasks": ["save", "like"], "histories": ["save", "like"], "historyPooling": "sqrtCount",
                "itemFeatures": [{"name": "genre", "type": "category"}],
            },
        },
        "items": "items.txt",
        "files": ["towers.safetensors"],
        "values": {"item_tower.features.genre": "genres.txt"},
        "tensors": {
            "item_tower.id.weight": "item.embedding",
            "item_tower.bias": "item.bias",
            "item_tower.features.genre.weight": "item.genre.embedding",
            "user_tower.history.save.weight": history,
            "user_tower.history.like.weight": history,
            "user_tower.heads.weight": [
                {"from": "user.save.kernel", "transpose": True},
                {"from": "user.like.kernel", "transpose": True},
            ],
            "user_tower.heads.bias": {"zeros": [2 * DIM]},
        },
        "ignore": ["optimizer.*"],
    }


def write_csv(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_json(path, value):
    with open(path, "w") as file:
        json.dump(value, file, indent=2)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    path = lambda name: os.path.join(folder, name)
    random = np.random.default_rng(7)
    genre, events = make_events(random)
    ids = random.permutation(ITEMS) * 3 + 100
    write_csv(path("items.csv"), ["id", "genre"], [(i, GENRES[g]) for i, g in zip(ids, genre)])
    for task, happened in events.items():
        write_csv(path(task + ".csv"), ["user", "item"], [(u, ids[i]) for u, i in np.argwhere(happened)])
    write_json(path("dataset.json"), {
        "name": "imported",
        "items": {"file": "items.csv", "id": "id", "features": {"genre": {"type": "category"}}},
        "events": [{"file": task + ".csv", "user": "user", "item": "item", "task": task} for task in events],
    })
    tensors = learn(genre, events)
    write_safetensors(path("towers.safetensors"), tensors)
    for name, lines in (("items.txt", ids), ("genres.txt", GENRES)):
        with open(path(name), "w") as file:
            file.writelines(f"{line}\n" for line in lines)
    write_json(path("map.json"), describe())
    expected = predict(tensors, genre, events)
    with open(path("requests.jsonl"), "w") as file:
        for user in range(ASKED):
            history = {task: [str(i) for i in ids[e[user]]] for task, e in events.items()}
            file.write(json.dumps({"user": {"history": history}, "k": ITEMS}) + "\n")
    write_json(path("expected.json"), [
        {task: {str(i): p for i, p in zip(ids, chances[user])} for task, chances in expected.items()} for user in range(ASKED)])


if __name__ == "__main__":
    main(sys.argv[1])
