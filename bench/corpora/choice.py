"""Choices: which tables and columns of a database in audformat hold the label, and what else its tables tell of a clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from bench.base.error import RequestError, unknown_name
from bench.corpora.database import HEADER, NUMBERS, Column, Database, Facts, Table, seconds
from bench.corpora.trait import AGE, SEX

# What columns or schemes are called that are no labels.
SPEAKER = ("speaker", "speaker_id", "speakers")
TEXT = ("transcription", "transcript", "text", "sentence")
SESSION = ("session",)
NO_LABEL = (*SPEAKER, *TEXT, *SESSION, *SEX, *AGE, "language", "file", "duration", "confidence", "frequency", "split")
BESIDE = "beside the label"
OF_RATERS = ("weighted", "rater", "raters", "annotator", "annotators")


Key = tuple[float | str | None, ...]


@dataclass(frozen=True)
class Choice:
    """The column that holds the label, by its id, and the tables that have it."""

    column: str
    tables: tuple[Table, ...]


def choose(database: Database, table: str = "", column: str = "") -> Choice:
    """Choose where the label stands.

    Parameters
    ----------
    database : Database
    table : str
        Its id, where ``*`` stands for anything; "" for the one that fits. Tables of single raters are taken by name only.
    column : str
        Its id or that of its scheme; "" for the one that fits: a column with a scheme of labels or numbers.

    Returns
    -------
    Choice
        Several tables where the id has a ``*``, or where each holds another split.

    Raises
    ------
    RequestError
        If none fits, or several do; then the tables are listed with their columns.
    """
    tables = [each for each in database.tables.values() if fnmatchcase(each.id, table) or not (table or _of_raters(each.id))]
    if not tables and table:
        raise unknown_name(f"table of {str(database.folder)!r}", table, database.tables, _listed(database.tables.values()))
    found = [(each, id_) for each in tables for id_ in _columns(database, each, column)]
    ids = sorted({id_ for _, id_ in found})
    if len(ids) != 1:
        what = (
            f"{len(ids)} columns that could hold the label ({', '.join(ids)})" if ids else "no column that could hold the label"
        )
        raise _unclear(database, f"has {what}", column)
    chosen = tuple(each for each, _ in found)
    splits = {each.split for each in chosen}
    if len(chosen) > 1 and "*" not in table and ("" in splits or len(splits) < len(chosen)):
        raise _unclear(database, f"has the column {ids[0]!r} in {len(chosen)} tables", column)
    if len({each.segmented for each in chosen}) > 1:
        raise _unclear(database, f"has the column {ids[0]!r} in tables of files and in tables of stretches of files", column)
    return Choice(ids[0], chosen)


class Lookup:
    """What a column tells of each row: first the one beside the label, then those of other tables of files and of stretches.

    Other tables are asked where the column does not stand beside the label in all tables that hold the label.

    Parameters
    ----------
    database : Database
    tables : sequence of Table
        Those of the label.
    names : sequence of str
        What the column, its scheme or the misc table of its values may be called, in any case.

    Attributes
    ----------
    place : str
        Where it stands, as a phrase; "" where there is none, and then every value is "".
    columns : tuple of Column
    """

    def __init__(self, database: Database, tables: Sequence[Table], names: Sequence[str]) -> None:
        beside = {table.id: (table, name) for table in tables if (name := _named(database, table, names))}
        others = [
            (table, name)
            for table in sorted(database.tables.values(), key=lambda table: table.segmented)
            if len(beside) < len(tables)
            and table not in tables
            and not _of_raters(table.id)
            and table.segmented <= tables[0].segmented
            and (name := _named(database, table, names))
        ]
        self.columns = tuple(table.columns[name] for table, name in (*beside.values(), *others))
        self.place = _phrase(
            [*((BESIDE, name) for _, name in beside.values()), *((_of(table), name) for table, name in others)]
        )
        self._beside = tuple({name: None for _, name in beside.values()})
        self._others = [
            (_of(table), table.segmented, {_key(row, table.segmented): row[name] for row in database.rows(table)})
            for table, name in others
        ]

    def value(self, row: Facts) -> str:
        """What is known of a row; "" where nothing is."""
        return next(iter(self.said(row).values()), "")

    def said(self, row: Facts) -> dict[str, str]:
        """What each place says of a row, where it says something; the value is the first."""
        beside = next((row[name] for name in self._beside if row.get(name)), "")
        others = {place: told[key] for place, bounded, told in self._others if told.get(key := _key(row, bounded))}
        return {BESIDE: beside, **others} if beside else others


def _of(table: Table) -> str:
    return f"of the table {table.id!r}"


def _phrase(places: Iterable[tuple[str, str]]) -> str:
    """Columns and where they stand.

    Examples
    --------
    >>> _phrase([("beside the label", "who"), ("of the table 'a'", "speaker"), ("of the table 'b'", "speaker")])
    "the column 'who' beside the label, the column 'speaker' of the table 'a' and of the table 'b'"
    """
    by_name: dict[str, list[str]] = {}
    for place, name in places:
        found = by_name.setdefault(name, [])
        found += [place] if place not in found else []
    return ", ".join(f"the column {name!r} {' and '.join(found)}" for name, found in by_name.items())


def splits(database: Database, choice: Choice) -> tuple[dict[str, str], list[str]]:
    """The split of each file, where tables other than those of the label declare it, and files that are in several."""
    if any(table.split for table in choice.tables):
        return {}, []
    found: dict[str, set[str]] = {}
    for table in database.tables.values():
        if table.split:
            for row in database.rows(table):
                found.setdefault(row["file"], set()).add(split_name(database, table))
    return {file: next(iter(names)) for file, names in found.items() if len(names) == 1}, [
        file for file, names in found.items() if len(names) > 1
    ]


def split_name(database: Database, table: Table) -> str:
    """The split of a table: its type where that is ``train``, ``dev`` or ``test``, else its id."""
    kind = database.splits.get(table.split, "")
    return kind if kind in ("train", "dev", "test") else table.split


def no_speaker(database: Database, speaker: str) -> RequestError:
    """The error for a database whose tables do not say who talks."""
    what = f"has no column or scheme {speaker!r}" if speaker else "does not say in a known way who talks"
    return RequestError(
        f"{str(database.folder / HEADER)!r} {what}. Expected is a column with the scheme 'speaker'. "
        f"{_listed(database.tables.values())} Write `speaker=COLUMN`, or `speaker=none` where nobody knows."
    )


def _key(row: Facts, bounded: bool) -> Key:
    return (row["file"], _seconds(row["start"]), _seconds(row["end"])) if bounded else (row["file"],)


def _seconds(text: str) -> float | str | None:
    try:
        return seconds(text)
    except ValueError:  # said where the row of the label has it
        return text


def _columns(database: Database, table: Table, column: str) -> list[str]:
    """The columns of a table that may hold the label."""
    if column:
        return [id_ for id_, each in table.columns.items() if column in (id_, each.scheme)]
    return [id_ for id_, each in table.columns.items() if _may_be_label(database, id_, each)]


def _may_be_label(database: Database, id_: str, column: Column) -> bool:
    scheme = database.scheme(column)
    if database.raters.get(column.rater) == "machine" or {id_.lower(), column.scheme.lower(), scheme.table.lower()} & set(
        NO_LABEL
    ):
        return False
    return not id_.lower().endswith("confidence") and bool(scheme.labels or scheme.table or scheme.dtype in (*NUMBERS, "bool"))


def _named(database: Database, table: Table, names: Sequence[str]) -> str:
    for name in names:
        for id_, column in table.columns.items():
            if name.lower() in (id_.lower(), column.scheme.lower(), database.scheme(column).table.lower()):
                return id_
    return ""


def _of_raters(table: str) -> bool:
    return any(word in OF_RATERS for word in table.lower().replace("_", ".").replace("-", ".").split("."))


def _unclear(database: Database, what: str, column: str) -> RequestError:
    folder: Path = database.folder
    named = f" called {column!r}" if column and "no column" in what else ""
    return RequestError(
        f"{str(folder)!r} {what}{named}. Expected is one. {_listed(database.tables.values())} "
        "Write `table=TABLE` (a * stands for anything) and `column=COLUMN`."
    )


def _listed(tables: Iterable[Table]) -> str:
    """The tables with their columns.

    Examples
    --------
    >>> _listed([Table("files", columns={"emotion": Column("emotion"), "kss": Column()}, split="train")])
    'Its tables: files (split train): emotion, kss.'
    """
    texts = []
    for table in tables:
        facts = [*(["segmented"] if table.segmented else []), *([f"split {table.split}"] if table.split else [])]
        said = f" ({', '.join(facts)})" if facts else ""
        texts.append(f"{table.id}{said}: {', '.join(table.columns) or 'no column'}")
    return f"Its tables: {'; '.join(texts) or 'none'}."
