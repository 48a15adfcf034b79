"""Popularity on a temporal split, all of it and of the last days before the split: what a model with times has to beat.

    python3 bench/rivals/popularity_recent.py --data shared/data/movietweetings --after 2013-08-17T21:50:37Z

Reads ratings.dat.gz (user::item::rating::time). The split is the one of dataset.json's "temporal": users with something
before the moment and something from it on; their items from before are left out of their lists. Numpy only.
"""

import argparse
import datetime
import gzip
import os

import numpy as np

SECONDS_PER_DAY = 86_400.0


def read(folder):
    """Users, items and times of the events; items are numbered in the order of their ids."""
    with gzip.open(os.path.join(folder, "ratings.dat.gz"), "rt", encoding="utf-8") as lines:
        cells = [line.rstrip("\n").split("::") for line in lines]
    users = np.array([int(c[0]) for c in cells])
    items = np.unique(np.array([c[1] for c in cells]), return_inverse=True)[1]
    return users, items, np.array([int(c[3]) for c in cells])


class Test:
    """The users that are asked: what they have, and what they wanted."""

    def __init__(self, users, items, times, after):
        self.seen, self.wanted = {}, {}
        for user, item, time in zip(users.tolist(), items.tolist(), times.tolist()):
            (self.seen if time < after else self.wanted).setdefault(user, set()).add(item)
        self.asked = [user for user in self.wanted if user in self.seen]

    def recall(self, scores, cutoffs):
        """Mean recall of one order for everybody: by score, then by item."""
        order = np.argsort(-scores, kind="stable").tolist()
        sums = np.zeros(len(cutoffs))
        for user in self.asked:
            seen, wanted = self.seen[user], self.wanted[user] - self.seen[user]
            top = []
            for item in order:
                if item in seen:
                    continue
                top.append(item)
                if len(top) == max(cutoffs):
                    break
            sums += [len(wanted.intersection(top[:k])) / max(1, len(wanted)) for k in cutoffs]
        return sums / len(self.asked)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, help="folder with ratings.dat.gz")
    parser.add_argument("--after", required=True, help="the moment of the split, ISO 8601")
    parser.add_argument("--days", default="7,14,30,60", help="windows before the split")
    parser.add_argument("--decay-days", default="5,7,14", help="decays: an event of that age counts 1 / e")
    arguments = parser.parse_args()
    users, items, times = read(arguments.data)
    after = datetime.datetime.fromisoformat(arguments.after.replace("Z", "+00:00")).timestamp()
    test, train = Test(users, items, times, after), times < after
    age = (after - times) / SECONDS_PER_DAY
    rankings = [("all of the training part", train.astype(float))]
    rankings += [(f"last {days} days", (train & (age <= float(days))).astype(float)) for days in arguments.days.split(",")]
    rankings += [(f"decay over {days} days", train * np.exp(-np.maximum(age, 0) / float(days)))
                 for days in arguments.decay_days.split(",")]
    events = sum(len(test.wanted[user]) for user in test.asked)
    print(f"{len(test.asked):,} users, {events:,} events\n")
    print("| popularity of | Recall@20 | Recall@100 |\n|---|---|---|")
    for name, weights in rankings:
        recall = test.recall(np.bincount(items, weights=weights, minlength=items.max() + 1), (20, 100))
        print(f"| {name} | {recall[0]:.4f} | {recall[1]:.4f} |", flush=True)


if __name__ == "__main__":
    main()
