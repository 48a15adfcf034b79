"""The random split of Argent.Data in NumPy: the same users, training events and held-out events as `argent eval`.

A user's pairs of the held-out task are distinct items. Of users with at least `min_events` pairs those are held out whose
fraction (SplitHash.cs) is below `holdout`; where none is, the one with the lowest fraction; where all are, the one with the
highest stays. A held-out pair leaves no event of any task in training.
"""

import csv
import gzip
import os
from dataclasses import dataclass

import numpy as np


@dataclass
class Events:
    """Events of a task, by user and within a user by item: those of user u are items[start[u]:start[u + 1]]."""

    start: np.ndarray
    items: np.ndarray

    def of(self, user):
        return self.items[self.start[user]:self.start[user + 1]]


@dataclass
class Split:
    """What may be learned (`save` and `like`) and what is asked (`test`)."""

    save: Events
    like: Events
    test: Events


def read_columns(path, names):
    """Columns of integers of a CSV file with a header row."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        places = [header.index(name) for name in names]
        table = np.array([[int(row[place]) for place in places] for row in rows], dtype=np.int64)
    return [table[:, c] for c in range(len(names))]


def last_of_each(keys):
    """Positions of the last row of every key, in the order of the keys."""
    _, first_from_behind = np.unique(keys[::-1], return_index=True)
    return len(keys) - 1 - first_from_behind


def fnv1a(ids):
    """FNV-1a of 64 bits over the decimal digits of each id."""
    hashes = np.full(len(ids), 0xCBF29CE484222325, dtype=np.uint64)
    texts = np.array([str(i).encode() for i in ids])
    digits = texts.view(np.uint8).reshape(len(ids), -1)
    for column in digits.T:
        is_digit = column != 0
        hashes[is_digit] = (hashes[is_digit] ^ column[is_digit].astype(np.uint64)) * np.uint64(0x100000001B3)
    return hashes


def mix(value):
    """The finaliser of SplitMix64."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


class Books:
    """The events of goodbooks: users and items in ascending order of their ids, as Argent reads them."""

    def __init__(self, folder):
        (self.item_ids,) = (np.sort(c) for c in read_columns(os.path.join(folder, "books.csv.gz"), ["book_id"]))
        saves = read_columns(os.path.join(folder, "to_read.csv.gz"), ["user_id", "book_id"])
        ratings = read_columns(os.path.join(folder, "ratings.csv.gz"), ["user_id", "book_id", "rating"])
        self.user_ids = np.unique(np.concatenate([saves[0], ratings[0]]))
        self.items = len(self.item_ids)
        save = self.keys(saves[0], saves[1])
        self.save = save[last_of_each(save)]
        # A later rating of the same book replaces an earlier one before it is asked whether it is a like.
        rating = self.keys(ratings[0], ratings[1])
        last = last_of_each(rating)
        self.like = rating[last[ratings[2][last] >= 4]]

    def keys(self, users, items):
        """user row * items + item row."""
        return np.searchsorted(self.user_ids, users) * self.items + np.searchsorted(self.item_ids, items)

    def events(self, keys):
        counts = np.bincount(keys // self.items, minlength=len(self.user_ids))
        return Events(np.concatenate([[0], np.cumsum(counts)]), keys % self.items)

    def split(self, seed, holdout=0.2, min_events=5):
        """Divides the saves."""
        users, items = self.save // self.items, self.save % self.items
        with np.errstate(over="ignore"):
            user_hash = mix(fnv1a(self.user_ids) + np.uint64(seed))
            hashes = mix(user_hash[users] + fnv1a(self.item_ids)[items])
        fraction = (hashes >> np.uint64(11)).astype(np.float64) / 2.0 ** 53
        counts = np.bincount(users, minlength=len(self.user_ids))
        is_held = (fraction < holdout) & (counts[users] >= min_events)
        held = np.bincount(users[is_held], minlength=len(self.user_ids))
        # By user and fraction: the first of each user is its lowest, the last its highest.
        order = np.lexsort((fraction, users))
        last = np.cumsum(counts) - 1
        lowest, highest = order[np.minimum(last - counts + 1, len(order) - 1)], order[last]
        is_held[lowest[(held == 0) & (counts >= max(min_events, 2))]] = True
        is_held[highest[(held == counts) & (counts >= max(min_events, 1))]] = False
        test = self.save[is_held]
        return Split(
            self.events(self.save[~is_held]),
            self.events(self.like[~np.isin(self.like, test)]),
            self.events(test))
