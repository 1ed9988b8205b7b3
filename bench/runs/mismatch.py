"""Mismatches between a table of features and the corpora of a study: told in a finding, and listed whole in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

from bench.base.durable import make_folder, write_whole
from bench.base.error import RequestError
from bench.corpora.pool import parse_mix
from bench.features.extraction import Extraction
from bench.features.feature_set import ABSENT

FILE = "unmatched.csv"
NAMED = 3
HEADER = ("feature_set", "corpus", "what", "name")


def mismatch_findings(extractions: Mapping[str, Extraction]) -> dict[str, tuple[tuple[str, str], ...]]:
    """FB022, by feature set as spelled: rows of its table belong to no clip of any corpus.

    Parameters
    ----------
    extractions : mapping of str to Extraction
        By the name of the corpus; no pools.

    Returns
    -------
    dict of str to tuple of (str, str)
        Code and sentence.

    Raises
    ------
    RequestError
        If one row would be given to clips of two corpora.
    """
    for (one, first), (other, second) in combinations(extractions.items(), 2):
        for spelled in set(first.joins) & set(second.joins):
            _refuse_shared(spelled, {one: first.joins[spelled], other: second.joins[spelled]})
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for spelled in dict.fromkeys(name for extraction in extractions.values() for name in extraction.joins):
        rows = _strangers(spelled, extractions)
        if rows:
            names = ", ".join(map(repr, rows[:NAMED])) + (", ..." if len(rows) > NAMED else "")
            count = f"{len(rows)} rows of {spelled} belong" if len(rows) > 1 else f"One row of {spelled} belongs"
            found[spelled] = (("FB022", f"{count} to no clip ({names}); {FILE}, beside the board, lists every mismatch."),)
    return found


def _refuse_shared(spelled: str, keys: Mapping[str, Mapping[str, str]]) -> None:
    (one, first), (other, second) = keys.items()
    owner = {key: clip_id for clip_id, key in first.items() if key != ABSENT}
    shared = [(owner[key], clip_id) for clip_id, key in second.items() if key in owner]
    if shared:
        raise RequestError(
            f"{spelled} would give one row to two clips, {shared[0][0]!r} of {one!r} and {shared[0][1]!r} of {other!r} "
            f"({len(shared)} in all), because they have the same name. Expected is a table that tells the clips of all "
            "corpora apart. Run each corpus on its own, with a table of its own."
        )


def _strangers(spelled: str, extractions: Mapping[str, Extraction]) -> list[str]:
    """The rows of a table that belong to no clip of any corpus that it was joined to."""
    known = [extraction.strangers.get(spelled, ()) for extraction in extractions.values() if spelled in extraction.joins]
    common = set.intersection(*map(set, known))
    return [row for row in known[0] if row in common]


def write_mismatches(reports: Path, extractions: Mapping[str, Extraction]) -> None:
    """Write every clip that has no row, and every row that has no clip, where a feature set looks values up.

    Parameters
    ----------
    reports : Path
        The folder of the reports; nothing is written where no feature set looks values up.
    extractions : mapping of str to Extraction
        By the name of the corpus; of pools, whose parts stand beside them, nothing is written.

    Raises
    ------
    BenchError
        If the folder cannot be written.
    """
    if any(extraction.joins for extraction in extractions.values()):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([HEADER, *_mismatches(extractions)])
        make_folder(reports)
        write_whole(reports / FILE, text.getvalue().encode())


def _mismatches(extractions: Mapping[str, Extraction]) -> Iterator[tuple[str, str, str, str]]:
    single = {name: extraction for name, extraction in extractions.items() if len(parse_mix(name).parts) == 1}
    for corpus, extraction in single.items():
        for spelled, keys in extraction.joins.items():
            yield from ((spelled, corpus, "a clip without a row", clip) for clip, key in keys.items() if key == ABSENT)
            yield from ((spelled, corpus, "a row without a clip", row) for row in extraction.strangers.get(spelled, ()))
