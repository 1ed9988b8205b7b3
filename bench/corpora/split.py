"""Splits: what the path of a file tells of the part of a data set that it belongs to."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

TABLES = (".parquet", ".arrow", ".jsonl", ".csv", ".tsv")  # of files with several of these endings, the first one's count
SHARDED = re.compile(r"(.+)-\d{5}-of-\d{5}")
WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "dev", "val", "devel"),
    "test": ("test", "testing", "eval", "evaluation"),
}


def split_of(place: str) -> str:
    """The split that a path tells, by the words that the hub knows; "" where it tells none.

    Examples
    --------
    >>> split_of("data/train-00000-of-00002.parquet"), split_of("dev/a.wav"), split_of("trainer/a.wav")
    ('train', 'validation', '')
    """
    path = PurePosixPath(place)
    sharded = SHARDED.fullmatch(path.stem)
    if sharded and path.suffix in TABLES:
        return split_word(sharded[1]) or sharded[1]
    for part in (*path.parts[:-1], path.stem):
        if found := split_word(part):
            return found
    return ""


def split_word(part: str) -> str:
    """The split that a name tells; "" where it tells none."""
    said = re.split(r"[-._ \d]+", part.lower())
    return next((split for split, words in WORDS.items() if any(word in said for word in words)), "")
