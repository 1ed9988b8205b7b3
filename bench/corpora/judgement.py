"""Judgements: how many listeners recognised what was acted in EmoDB, and how many found it natural.

The classic release has them in ``erkennung.txt``: a line a recording, in latin-1, with decimal commas, in percent. Its exact
columns are not certain, so a line is read by its header where it fits, else by the order of its numbers. The release in
audformat has them in its tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from bench.base.error import RequestError
from bench.corpora.database import Database, Table, read_database
from bench.corpora.naming import count_note
from bench.corpora.root import Root

Key = Callable[[str], str]
"""Gives the name of a clip for the name of a file (without its ending), or "" where it is none."""

TITLES = {  # how the last word of a column's name begins; latin-1, or UTF-8 read as such
    "recognised": ("erkann", "erkenn", "recog", "confidence"),
    "natural": ("natu", "natü", "natã"),
}
NUMBER = re.compile(r"\d{1,3}(?:[.,]\d+)?")


@dataclass(frozen=True)
class Judgements:
    """What label files say about clips.

    Attributes
    ----------
    shares : mapping of str to (mapping of str to float)
        By clip: ``recognised`` and ``natural``, each 0 to 1, where they are known.
    emotions : mapping of str to str
        By clip, where a table names one.
    files : tuple of str
        Recordings that tables name, as paths relative to the database's folder.
    notes : tuple of str
    """

    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    emotions: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_list(path: Path, key: Key) -> Judgements:
    """Read ``erkennung.txt``.

    Parameters
    ----------
    path : Path
    key : callable
        See ``Key``.
    """
    try:
        lines = path.read_bytes().decode("latin-1").splitlines()
    except OSError as error:
        return Judgements(notes=(f"{path.name} was not read: {error.strerror or error}.",))
    shares: dict[str, dict[str, float]] = {}
    unread, header = [], ""
    for number, line in enumerate(lines, start=1):
        name = next((name for cell in line.split() if (name := key(PurePosixPath(cell).stem))), "")
        if not name and not shares:  # lines before the first recording are its header
            header = line if _titled(line.split()) or not header else header
        elif line.strip():
            found = _numbers(line, header) if name not in shares else {}
            if name and found and max(found.values()) <= 100:
                shares[name] = found
            else:
                unread.append(f"line {number}")
    if any(value > 1 for found in shares.values() for value in found.values()):
        shares = {name: {what: value / 100 for what, value in found.items()} for name, found in shares.items()}
    then = "They name no recording, name one again, or hold no number from 0 to 100."
    return Judgements(shares, notes=count_note(f"Lines of {path.name} that were not read", unread, then))


def _numbers(line: str, header: str) -> dict[str, float]:
    """What a line says, by its header, or by its order where the header does not fit."""
    for split in (_by_tabs, str.split):
        cells, titles = split(line), split(header)
        columns = _titled(titles)
        if len(cells) == len(titles) and columns:
            return {what: value for what, column in columns.items() if (value := _number(cells[column])) is not None}
    numbers = [value for value in map(_number, line.split()) if value is not None]
    named = _titled(header.split()) or TITLES
    return dict(zip([what for what in TITLES if what in named], numbers, strict=False))


def _titled(titles: list[str]) -> dict[str, int]:
    """Which columns hold what, by their titles."""
    found: dict[str, int] = {}
    for column, title in enumerate(titles):
        last = title.lower().rpartition(".")[2]
        for what, starts in TITLES.items():
            if last.startswith(starts):
                found.setdefault(what, column)
    return found


def _by_tabs(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("\t")]


def _number(cell: str) -> float | None:
    text = cell.strip(" %\N{NO-BREAK SPACE}")
    return float(text.replace(",", ".")) if NUMBER.fullmatch(text) else None


def read_tables(folder: Path, key: Key) -> Judgements:
    """Read the tables of a database in audformat. What cannot be read is a note: file names say all but the shares.

    Parameters
    ----------
    folder : Path
        With ``db.yaml``.
    key : callable
        See ``Key``.
    """
    try:
        database = read_database(folder)
    except RequestError as error:
        return Judgements(notes=(f"The database in audformat was not read: {error}",))
    shares: dict[str, dict[str, float]] = {}
    emotions: dict[str, str] = {}
    files: dict[str, None] = {}
    conflicts, notes = [], []
    for table in database.tables.values():
        try:
            for place, cells in _rows(database, table):
                if name := key(PurePosixPath(place).stem):
                    files.setdefault(place)
                    emotions.setdefault(name, cells.get("emotion", ""))
                    known = shares.setdefault(name, {})
                    for what, column in _titled(list(cells)).items():
                        value = _number(list(cells.values())[column])
                        if value is not None and known.setdefault(what, min(value, 1.0)) != min(value, 1.0):
                            conflicts.append(f"{place} in {table.id}")
        except RequestError as error:
            notes.append(f"The table {table.id!r} was not read: {error}")
    notes += count_note("Shares of listeners that differ between tables", conflicts, "The first table counts.")
    if licence := database.facts.get("license"):
        notes.append(f"db.yaml gives the licence {licence}.")
    return Judgements(shares, {name: word for name, word in emotions.items() if word}, tuple(files), tuple(notes))


def _rows(database: Database, table: Table) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Files of a table that lie in the database's folder, and what it says about each."""
    root = Root(database.folder)
    for row in database.rows(table):
        place = row["file"]
        if "laryng" not in place.lower() and root.problem(place) is None:
            yield place, {name: cell for name, cell in row.items() if name not in table.levels}
