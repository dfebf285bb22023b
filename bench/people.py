"""Made-up people for the large run of `bench linkage`, apart from everything that is measured: names of syllables in Zipf's frequencies, and
records spoilt as clerks spoil them. `people.py ROWS FILE` writes Parquet with the columns of Splink's fake_1000 and the truth as `cluster`."""

import bisect
import itertools
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

ONSETS = ["b", "bh", "ch", "d", "dh", "g", "gh", "h", "j", "k", "kh", "l", "m", "n", "p", "r", "s", "sh", "t", "v", "y"]
VOWELS = ["a", "aa", "e", "i", "o", "u", "ee", "ai"]
CODAS = ["", "", "", "n", "r", "l", "sh", "t", "k", "m"]
COPIES = [(1, 0.60), (2, 0.85), (3, 0.95), (4, 1.0)]
CHUNK = 100_000


def names(draw, count, syllables):
    """Different names, the likeliest first."""
    found = {}
    while len(found) < count:
        found["".join(draw.choice(ONSETS) + draw.choice(VOWELS) + draw.choice(CODAS) for _ in range(draw.choice(syllables)))] = None
    return list(found)


class Frequent:
    """Draws from a list with probability falling as 1 / (rank + flat)."""

    def __init__(self, draw, values, flat):
        self.draw, self.values = draw, values
        self.sums = list(itertools.accumulate(1 / (i + flat) for i in range(len(values))))

    def one(self):
        return self.values[bisect.bisect_left(self.sums, self.draw.random() * self.sums[-1])]


def misspelt(draw, word):
    at = draw.randrange(len(word))
    letter = draw.choice("abcdefghijklmnoprstuvy")
    return draw.choice([word[:at] + word[at + 1:], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1:], word[:at] + word[at:at + 2][::-1] + word[at + 2:]]) or word


def born(draw):
    return draw.randrange(1940, 2008), draw.randrange(1, 13), draw.randrange(1, 29)


def record(draw, person, city, spoilt):
    """One clerk's record of a person: first name, surname, date of birth, city, email."""
    first, last, (year, month, day), home, mail = person
    if spoilt:
        chance = draw.random()
        first = None if chance < 0.03 else misspelt(draw, first) if chance < 0.13 else first
        chance = draw.random()
        last = None if chance < 0.02 else misspelt(draw, last) if chance < 0.11 else last
        chance = draw.random()
        if chance < 0.04 and day <= 12:
            month, day = day, month
        elif chance < 0.08:
            year += draw.choice([-10, -1, 1, 10])
        chance = draw.random()
        home = None if chance < 0.10 else city.one() if chance < 0.20 else home
        chance = draw.random()
        mail = None if chance < 0.30 else misspelt(draw, mail) if chance < 0.40 else mail
    when = None if spoilt and draw.random() < 0.05 else f"{year:04}-{month:02}-{day:02}"
    return first, last, when, home, mail


def write(rows, path):
    draw = random.Random(20_260_501)
    first = Frequent(draw, names(draw, 6_000, [2, 2, 3]), 20)
    last = Frequent(draw, names(draw, 40_000, [2, 3, 3]), 40)
    city = Frequent(draw, names(draw, 400, [2, 3]), 5)
    schema = pa.schema([("unique_id", pa.string()), *((c, pa.string()) for c in ("first_name", "surname", "dob", "city", "email")), ("cluster", pa.int64())])
    made = cluster = 0
    with pq.ParquetWriter(path, schema) as out:
        held = []
        while made < rows:
            given, family = first.one(), last.one()
            person = (given, family, born(draw), city.one(), f"{given}.{family}{draw.randrange(1000)}@{draw.choice(['example.com', 'example.org', 'example.net'])}")
            chance = draw.random()
            for copy in range(next(n for n, below in COPIES if chance <= below)):
                if made == rows:
                    break
                held.append((made, cluster, record(draw, person, city, copy > 0)))
                made += 1
            cluster += 1
            if len(held) >= CHUNK or made == rows:
                # Neighbours in the file are not the same person.
                draw.shuffle(held)
                columns = list(zip(*(r for *_, r in held)))
                out.write_table(pa.table([pa.array([f"r{i}" for i, *_ in held]), *map(pa.array, columns), pa.array([c for _, c, _ in held])], schema=schema))
                held = []


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2])
