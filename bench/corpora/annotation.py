"""Annotations: the rows of the chosen tables of a database in audformat, on their way to clips."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import PureWindowsPath

from bench.corpora.choice import SESSION, SPEAKER, TEXT, Choice, Lookup, no_speaker, split_name, splits
from bench.corpora.corpus import Clip, Exclusion
from bench.corpora.database import Database, Facts, Table, seconds
from bench.corpora.root import Root
from bench.corpora.trait import AGE, SEX, sex_name

UNKNOWN = "none"
ROLES = {"session": SESSION, "text": TEXT, "split": ("split",), "sex": SEX, "age": AGE}


class Annotations:
    """What the chosen tables say of each clip.

    Parameters
    ----------
    database : Database
    choice : Choice
    speaker : str
        The column or scheme that says who talks; "" for the known names, ``none`` where nobody knows.

    Attributes
    ----------
    clips : list of Clip
        Without labels.
    cells : list of str
        What stands in the column of the label, for each clip.
    excluded : list of Exclusion
    notes : list of str
    n_rows : int
    """

    def __init__(self, database: Database, choice: Choice, speaker: str) -> None:
        self.clips: list[Clip] = []
        self.cells: list[str] = []
        self.excluded: list[Exclusion] = []
        self.notes = [f"Labels: the column {choice.column!r} of {tables(choice)}."]
        self.n_rows = 0
        self._database, self._root = database, Root(database.folder)
        self._confidence = f"{choice.column}.confidence"
        self._roles = {role: Lookup(database, choice.tables, names) for role, names in ROLES.items()}
        self._speaker = self._who(speaker, choice)
        self._known = self._facts_of_speakers()
        self._splits, several = splits(database, choice)
        if several:
            self.notes.append(f"{len(several)} files are in more than one split (the first: {several[0]!r}); they have none.")
        self._seen: set[str] = set()
        self._several: dict[str, list[str]] = {}
        for table in choice.tables:
            for row in database.rows(table):
                self._add(row, table, choice.column)
        for role, rows in self._several.items():
            self.notes.append(
                f"{len(rows)} row{'s have' if len(rows) > 1 else ' has'} more than one {role}, by different tables (the first: "
                f"{rows[0]}); what is told first is taken."
            )

    def _who(self, speaker: str, choice: Choice) -> Lookup | None:
        if speaker == UNKNOWN:
            return None
        found = Lookup(self._database, choice.tables, (speaker,) if speaker else SPEAKER)
        if not found.place:
            raise no_speaker(self._database, speaker)
        self.notes.append(f"Speakers: {found.place}.")
        return found

    def _facts_of_speakers(self) -> Mapping[str, Facts]:
        if self._speaker is None:
            return {}
        known: dict[str, Facts] = {}
        for column in self._speaker.columns:
            known = {**(self._database.labels(self._database.scheme(column)) or {}), **known}
        return known

    def _add(self, row: Facts, table: Table, column: str) -> None:
        self.n_rows += 1
        said = self._speaker.said(row) if self._speaker else {}
        speaker = next(iter(said.values()), "")
        bounds = _bounds(row) if table.segmented else (None, None)
        id_ = row["file"] + (f"@{row['start']}-{row['end']}" if isinstance(bounds, str) else _spelled(bounds, table))
        reason = self._reason(row["file"], said) or (bounds if isinstance(bounds, str) else "")
        if os.path.isabs(row["file"]) or PureWindowsPath(row["file"]).drive:
            id_ = f"row {self.n_rows}"  # a path of this machine is no name; the reason tells it
        if id_ in self._seen:
            id_, reason = f"{id_} (row {self.n_rows})", f"{id_} stands in {_named(table)} or one before it already"
        self._seen.add(id_)
        if reason or isinstance(bounds, str):
            self.excluded.append(Exclusion(id_, reason))
            return
        sure = _number(row.get(self._confidence, ""))
        self.cells.append(row[column])
        self.clips.append(
            Clip(
                id=id_,
                speaker=speaker,
                path=self._root.folder / row["file"],
                labels={},
                start_s=bounds[0],
                end_s=bounds[1],
                session=self._role("session", row) or None,
                text=self._role("text", row) or None,
                split=self._split(row, table),
                traits=self._traits(row, speaker),
                confidence={} if sure is None else {self._confidence: sure},
            )
        )

    def _role(self, role: str, row: Facts) -> str:
        said = self._roles[role].said(row)
        if len(set(said.values())) > 1:
            self._several.setdefault(role, []).append(f"{row['file']!r}, {_contradiction(said)}")
        return next(iter(said.values()), "")

    def _reason(self, file: str, speakers: Facts) -> str:
        if "://" in file:
            return f"the file {file!r} lies in a network; load the database to a folder"
        problem = self._root.problem(file)
        if not problem and len(set(speakers.values())) > 1:
            return f"the tables contradict each other about who talks: {_contradiction(speakers)}"
        return problem or ("" if speakers or self._speaker is None else "no table says who talks")

    def _split(self, row: Facts, table: Table) -> str | None:
        return split_name(self._database, table) or self._splits.get(row["file"]) or self._role("split", row) or None

    def _traits(self, row: Facts, speaker: str) -> dict[str, str]:
        known = self._known.get(speaker, {})
        found = {}
        for role, names in (("sex", SEX), ("age", AGE)):
            value = next((known[key] for key in known if key.lower() in names), "") or self._role(role, row)
            if value:
                found[role] = sex_name(value) if role == "sex" else value
        return found


def _bounds(row: Facts) -> tuple[float | None, float | None] | str:
    """Start and end, or why they cannot be."""
    try:
        start_s, end_s = seconds(row["start"]), seconds(row["end"])
    except ValueError as error:
        return str(error)
    if (start_s or 0) < 0 or (end_s is not None and end_s <= (start_s or 0)):
        return f"the clip ends at {end_s} s and starts at {start_s} s; it must start at 0 or later, and end after that"
    return start_s or None, end_s


def _spelled(bounds: tuple[float | None, float | None], table: Table) -> str:
    if not table.segmented:
        return ""
    start_s, end_s = bounds
    return f"@{start_s or 0:.9g}-" + ("" if end_s is None else f"{end_s:.9g}")


def tables(choice: Choice) -> str:
    """The chosen tables, as a phrase."""
    names = " and ".join(repr(table.id) for table in choice.tables)
    return f"the table{'s' if len(choice.tables) > 1 else ''} {names}"


def _contradiction(said: Facts) -> str:
    return ", ".join(f"{value!r} {place.replace('of the', 'in the', 1)}" for place, value in said.items())


def _named(table: Table) -> str:
    return f"the table {table.id!r}"


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
