"""Ratings: rows that name a recording and its label, out of a CSV or an ARFF file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bench.base.error import RequestError, unknown_name
from bench.corpora.arff import Attribute, read_arff, read_attributes
from bench.corpora.manifest import Manifest, read_manifest
from bench.corpora.recording import base_name

NAMES = ("name", "file_name", "file", "path", "wav", "instance_name", "instance", "recording", "id")
SPEAKER, SPLIT, TABLE_LABEL = "speaker", "split", "kss"
PARTS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("devel", "dev", "development", "val", "valid", "validation"), "devel"),
    **dict.fromkeys(("test", "testing"), "test"),
}
PART = re.compile(rf"(?<![a-z])({'|'.join(sorted(PARTS, key=len, reverse=True))})(?![a-z])")


class Wanted(NamedTuple):
    """Names of columns that the user gives; empty ones stand for the usual."""

    label: str = ""
    speaker: str = ""
    split: str = ""


class Rating(NamedTuple):
    """One row, as it stands there.

    Attributes
    ----------
    row : int
        As a person counts.
    id : str
        "" where no column gives one.
    path : str
        Of the recording, on whatever machine.
    label, speaker, split : str
        "" where nothing is said.
    """

    row: int
    id: str
    path: str
    label: str
    speaker: str
    split: str


@dataclass(frozen=True)
class RatedFile:
    """A file of ratings.

    Attributes
    ----------
    path : Path
    label : str
        The column that holds the labels.
    columns : tuple of str
        Those that could.
    ratings : tuple of Rating
    says_speaker : bool
        Whether a column says who speaks.
    by_name : bool
        Whether only the file name at the end of a path counts, as in files that were written on another machine.
    problems : tuple of str
        Phrases about rows that cannot be read.
    """

    path: Path
    label: str
    columns: tuple[str, ...]
    ratings: tuple[Rating, ...]
    says_speaker: bool
    by_name: bool
    problems: tuple[str, ...]


def part_of(name: str) -> str:
    """The part that a file name tells, "" where it tells none or several.

    Examples
    --------
    >>> part_of("SLC.IS11.devel.arff"), part_of("train_0001.wav"), part_of("train+devel"), part_of("latest")
    ('devel', 'train', '', '')
    """
    found = {PARTS[word] for word in PART.findall(name.lower())}
    return found.pop() if len(found) == 1 else ""


def read_rated_table(path: Path, wanted: Wanted) -> RatedFile:
    """Read a CSV (or Parquet) of the columns ``path``, ``speaker``, ``kss`` and perhaps ``split`` and ``id``, in any case.

    Raises
    ------
    RequestError
        If it cannot be read, lacks a column (the ones that are there are named) or is of stretches of files.
    """
    table = read_manifest(path)
    names = {"path": "path", "speaker": wanted.speaker or SPEAKER, "label": wanted.label or TABLE_LABEL}
    needed = {use: table.column(name) for use, name in names.items()}
    missing = [names[use] for use, column in needed.items() if column is None]
    columns = {use: column for use, column in needed.items() if column is not None}
    optional = {"id": table.column("id"), "split": table.column(wanted.split or SPLIT)}
    if wanted.split and optional["split"] is None:
        missing.append(wanted.split)
    if missing:
        raise RequestError(
            f"{str(path)!r} has no column {' and no column '.join(map(repr, missing))}; there are {', '.join(table.columns)}. "
            "Expected are path, speaker and kss, and perhaps split and id. Rename them, or name the label's column: "
            "slc[label=NAME]."
        )
    columns |= {use: column for use, column in optional.items() if column is not None}
    bounds = [column for column in map(table.column, ("start_s", "end_s")) if column]
    if bounds:
        raise RequestError(
            f"{str(path)!r} has the column {' and '.join(map(repr, bounds))}, and this reader hears whole files. Take it out, "
            "or read stretches of files as a folder with a TOML file."
        )
    return _rated(path, table, columns, table.columns, by_name=False)


def read_rated_arff(path: Path, wanted: Wanted) -> RatedFile:
    """Read an ARFF file: file names in a string attribute, labels in the last nominal or numeric one, or a named one.

    Raises
    ------
    RequestError
        If it cannot be read, no attribute can hold the names or the labels, or a named one is not there.
    """
    attributes = read_attributes(path)
    given = Manifest(tuple(attribute.name for attribute in attributes), ())
    for name in wanted:
        if name and given.column(name) is None:
            raise unknown_name(f"attribute of {path.name}", name, given.columns, f"The last is {given.columns[-1]!r}.")
    named = {"speaker": given.column(wanted.speaker or SPEAKER), "split": given.column(wanted.split or SPLIT)}
    columns = {use: column for use, column in named.items() if column is not None}
    columns["path"] = _name_attribute(path, [a for a in attributes if a.name not in {*columns.values(), wanted.label}])
    rest = [a.name for a in attributes if a.kind in ("nominal", "numeric") and a.name not in columns.values()]
    label = given.column(wanted.label) if wanted.label else (rest[-1] if rest else None)
    if label is None:
        raise RequestError(
            f"{str(path)!r} has no nominal or numeric attribute that could be the label; there are {_some(given.columns)}. "
            "Expected is one, as a rule the last. Name it: slc[label=NAME]."
        )
    columns["label"] = label
    rated = _rated(path, read_arff(path, list(columns.values())), columns, tuple(rest), by_name=True)
    if "split" in columns:
        return rated
    return replace(rated, ratings=tuple(_with_part(rating, part_of(path.stem)) for rating in rated.ratings))


def _rated(path: Path, table: Manifest, columns: Mapping[str, str], could: tuple[str, ...], *, by_name: bool) -> RatedFile:
    ratings = []
    for row, cells in table.rows:
        cell = {use: cells[column] for use, column in columns.items()}
        label = "" if cell["label"] == "?" else cell["label"]
        ratings.append(Rating(row, cell.get("id", ""), cell["path"], label, cell.get("speaker", ""), cell.get("split", "")))
    return RatedFile(path, columns["label"], could, tuple(ratings), "speaker" in columns, by_name, table.problems)


def _with_part(rating: Rating, part: str) -> Rating:
    """The rating with the part of its file, or else the part that the recording's name tells."""
    return rating._replace(split=part or part_of(base_name(rating.path)))


def _name_attribute(path: Path, attributes: list[Attribute]) -> str:
    """The attribute that holds file names: a string that is called like it, or any string, or any that is called like it.

    Raises
    ------
    RequestError
        If there is none.
    """
    strings = [attribute.name for attribute in attributes if attribute.kind == "string"]
    others = [attribute.name for attribute in attributes if attribute.kind == "nominal"]
    called = [Manifest(tuple(names), ()).column(*NAMES) for names in (strings, others)]
    name = called[0] or (strings[0] if strings else called[1])
    if name is None:
        raise RequestError(
            f"{str(path)!r} has no attribute that could hold file names; there are {_some([a.name for a in attributes])}. "
            "Expected is one of the kind string. Write a CSV of the columns path, speaker and kss instead."
        )
    return name


def _some(names: list[str] | tuple[str, ...]) -> str:
    """The first and the last of the names, where they are many."""
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:4])}, ... (in all {len(names)}), {names[-1]}"
