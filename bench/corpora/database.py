"""Databases in audformat: a header (``db.yaml``) and a CSV or Parquet file for each table, read without running anything.

The library of the same name is not asked to load them: it reads the header with a YAML loader that builds any Python object
the file names, and prefers a pickle (``db.TABLE.pkl``) to the table beside it. Both would run what a stranger wrote. Here the
header is plain YAML, tables are text, and pickles are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.base.error import RequestError, unknown_name
from bench.corpora.declaration import listed
from bench.corpora.manifest import read_manifest
from bench.corpora.root import Root
from bench.corpora.tree import check_folder, wrong_folder

HEADER = "db.yaml"
EXPECTED = f"a database in audformat: a folder with {HEADER} and its tables, db.*.csv or db.*.parquet"
ENDINGS = (".parquet", ".csv")  # the order in which the library looks
NUMBERS = ("int", "float")
# What the library reads as a missing value in a CSV file.
MISSING = re.compile(r"|#N/A( N/A)?|#NA|-?1\.#(IND|QNAN)|-?nan|-?NaN|N/A|n/a|NA|NULL|null|NaT|<NA>")
DURATION = re.compile(r"(?:(\d+) days?,? ?)?(?:\+?(\d+):(\d\d):(\d\d(?:\.\d+)?))?")
Facts = Mapping[str, str]


@dataclass(frozen=True)
class Scheme:
    """What the values of a column may be.

    Attributes
    ----------
    dtype : str
    labels : mapping of str to (mapping of str to str), or None
        The values, each with what is known about it; None where any value goes.
    table : str
        The misc table that lists the values, or "".
    bounds : tuple of float or None
        Lowest and highest number, where both are declared.
    about : str
    """

    dtype: str = "object"
    labels: Mapping[str, Facts] | None = None
    table: str = ""
    bounds: tuple[float, float] | None = None
    about: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: its scheme and its rater, by their ids ("" for none)."""

    scheme: str = ""
    rater: str = ""
    about: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its columns, whether its rows are stretches of files, its split ("" for none), its index with dtypes."""

    id: str
    segmented: bool = False
    split: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=lambda: {"file": "str"})


@dataclass(frozen=True)
class Database:
    """A database as its header declares it.

    Attributes
    ----------
    folder : Path
    facts : mapping of str to str
        ``name``, ``description``, ``source``, ``license`` and whatever else of the header is text.
    schemes, tables, misc_tables, splits, raters : mapping by id
        Of splits and raters, the type.
    """

    folder: Path
    facts: Facts
    schemes: Mapping[str, Scheme]
    tables: Mapping[str, Table]
    misc_tables: Mapping[str, Table]
    splits: Facts
    raters: Facts

    def rows(self, table: Table) -> Iterator[Facts]:
        """The cells of each row, as text by column; "" where there is none.

        Raises
        ------
        RequestError
            If the file is missing, leads out of the folder, cannot be read, or lacks a declared column.
        """
        path = self._path(table)
        manifest = read_manifest(path)
        wanted = {**table.levels, **{name: self.scheme(column).dtype for name, column in table.columns.items()}}
        problems = [f"there is no column {name!r}, which {HEADER} declares" for name in wanted if name not in manifest.columns]
        problems += manifest.problems
        if problems:
            raise listed(path, problems)
        for _, cells in manifest.rows:
            yield {name: _cell(cells[name], dtype in NUMBERS) for name, dtype in wanted.items()}

    def scheme(self, column: Column) -> Scheme:
        """The scheme of a column; one that takes any value where it has none."""
        if column.scheme and column.scheme not in self.schemes:
            raise unknown_name(f"scheme of {str(self.folder / HEADER)!r}", column.scheme, self.schemes)
        return self.schemes.get(column.scheme, Scheme())

    def labels(self, scheme: Scheme) -> Mapping[str, Facts] | None:
        """The values of a scheme and what is known about each, from its misc table where it has one."""
        if not scheme.table:
            return scheme.labels
        if scheme.table not in self.misc_tables:
            raise unknown_name(f"misc table of {str(self.folder / HEADER)!r}", scheme.table, self.misc_tables)
        table = self.misc_tables[scheme.table]
        level = next(iter(table.levels))
        return {row[level]: {key: row[key] for key in table.columns} for row in self.rows(table)}

    def _path(self, table: Table) -> Path:
        names = [f"db.{table.id}{ending}" for ending in ENDINGS]
        problem = next((problem for name in names if (problem := Root(self.folder).problem(name))), None)
        if problem:
            raise RequestError(f"The table {table.id!r} of {str(self.folder / HEADER)!r} is not read: {problem}.")
        for name in names:
            if (self.folder / name).is_file():
                return self.folder / name
        if (self.folder / f"db.{table.id}.pkl").exists():
            raise RequestError(
                f"The table {table.id!r} of {str(self.folder)!r} is there as a pickle only, which can run whatever a stranger "
                f"put in it, so it is not read. Expected is {names[1]}. Where you trust it, write that: "
                "`audformat.Database.load(FOLDER).save(FOLDER, storage_format='csv')`."
            )
        raise RequestError(
            f"{str(self.folder)!r} has no {names[1]}, and {HEADER} declares the table {table.id!r}. Add the file, or name "
            "another table."
        )


def read_database(folder: Path) -> Database:
    """Read the header of a database.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    RequestError
        If the folder is another one, or its header cannot be read.
    """
    check_folder(folder, EXPECTED)
    path = folder / HEADER
    if not path.is_file():
        raise wrong_folder(folder, EXPECTED)
    header = _header(path)
    try:
        schemes = {id_: _scheme(value) for id_, value in _entries(header, "schemes")}
        tables = {id_: _table(id_, value) for id_, value in _entries(header, "tables")}
        misc = {id_: _table(id_, value, misc=True) for id_, value in _entries(header, "misc_tables")}
        splits = {id_: str(value.get("type", id_)) for id_, value in _entries(header, "splits")}
        raters = {id_: str(value.get("type", "")) for id_, value in _entries(header, "raters")}
    except ValueError as error:
        raise RequestError(f"{str(path)!r} is no header of audformat: {error}. Correct it.") from error
    facts = {key: str(value).strip() for key, value in header.items() if isinstance(value, str | int | float) and str(value)}
    return Database(folder, facts, schemes, tables, misc, splits, raters)


def seconds(text: str) -> float | None:
    """A duration as audformat writes it, in seconds; None where there is none.

    Raises
    ------
    ValueError
        If it is no duration, or a number without a unit.

    Examples
    --------
    >>> seconds("0 days 00:00:01.500000"), seconds("1 days"), seconds("250ms"), seconds("")
    (1.5, 86400.0, 0.25, None)
    """
    if MISSING.fullmatch(text):
        return None
    match = DURATION.fullmatch(text)
    if match and any(match.groups()):
        days, hours, minutes, rest = (float(part or 0) for part in match.groups())
        return days * 86400 + hours * 3600 + minutes * 60 + rest
    if re.fullmatch(r"[-+.\d]+", text):
        raise ValueError(f"{text!r} is a number without a unit; audformat writes durations like '0 days 00:00:01.5'")
    import pandas as pd

    try:
        return float(pd.Timedelta(text).total_seconds())
    except ValueError:
        raise ValueError(f"{text!r} is no duration; audformat writes them like '0 days 00:00:01.5'") from None


def _header(path: Path) -> Mapping[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        header = yaml.load(path.read_bytes().decode("utf-8-sig"), Loader=loader)  # noqa: S506  # it is the safe one
    except yaml.constructor.ConstructorError as error:
        raise RequestError(
            f"{str(path)!r} asks for Python objects ({error.problem}), which would run code, so it is not read. Expected is "
            "plain YAML. Take the `!!python` tags out."
        ) from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RequestError(f"{str(path)!r} cannot be read as YAML ({error}). Correct the file.") from error
    if isinstance(header, dict) and len(header) == 1 and isinstance(next(iter(header.values())), dict):
        name, inner = next(iter(header.items()))  # audformat before 0.3 put all below the name
        header = {"name": name, **inner}
    if not isinstance(header, dict) or not isinstance(header.get("name"), str) or not header["name"].strip():
        raise RequestError(
            f"{str(path)!r} has no `name` that is text, so it is no header of audformat. Expected is {EXPECTED}."
        )
    return header


def _entries(header: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    entries = header.get(key) or {}
    if not isinstance(entries, dict):
        raise ValueError(f"`{key}` is not a mapping")
    for id_, value in entries.items():
        if not isinstance(value, dict | None):
            raise ValueError(f"`{key}.{id_}` is not a mapping")
        yield str(id_), value or {}


def _scheme(value: Mapping[str, Any]) -> Scheme:
    labels = value.get("labels")
    low, high = (float(number) if isinstance(number := value.get(key), int | float) else None for key in ("minimum", "maximum"))
    dtype = str(value.get("dtype", "str"))
    return Scheme(
        dtype=dtype,
        labels=None if labels is None or isinstance(labels, str) else _labels(labels, dtype),
        table=labels if isinstance(labels, str) else "",
        bounds=(low, high) if low is not None and high is not None and low < high else None,
        about=_about(value),
    )


def _labels(labels: Any, dtype: str) -> Mapping[str, Facts]:
    if not isinstance(labels, dict | list):
        raise ValueError(f"labels of a scheme are {labels!r}, not a list or mapping")
    pairs = labels.items() if isinstance(labels, dict) else ((label, None) for label in labels)
    return {_cell(str(label), dtype in NUMBERS): _label_facts(known) for label, known in pairs}


def _label_facts(known: Any) -> Facts:
    if isinstance(known, dict):
        return {str(key): str(value) for key, value in known.items() if value is not None}
    return {"description": str(known)} if known is not None else {}


def _table(id_: str, value: Mapping[str, Any], misc: bool = False) -> Table:
    columns = {
        name: Column(_id(entry, "scheme_id"), _id(entry, "rater_id"), _about(entry))
        for name, entry in _entries(value, "columns")
    }
    segmented = value.get("type") == "segmented"
    names = ("file", "start", "end") if segmented else ("file",)
    levels = dict.fromkeys(names, "str")
    if misc:
        declared = value.get("levels") or {}  # a list of names before audformat 0.16
        if not isinstance(declared, dict | list):
            raise ValueError(f"`misc_tables.{id_}.levels` is {declared!r}, not a list or mapping")
        levels = {str(name): str(declared[name]) if isinstance(declared, dict) else "str" for name in declared}
        if not levels:
            raise ValueError(f"`misc_tables.{id_}` has no levels")
    return Table(id_, segmented, _id(value, "split_id"), columns, levels)


def _id(entry: Mapping[str, Any], key: str) -> str:
    found = entry.get(key)
    return "" if found is None else str(found)


def _about(entry: Mapping[str, Any]) -> str:
    return " ".join(str(entry.get("description") or "").split())


def _cell(text: str, number: bool) -> str:
    """A cell without the marks of missing values; whole numbers have no decimals, however they were stored.

    Examples
    --------
    >>> _cell("3.0", True), _cell("3.0", False), _cell("NaN", True)
    ('3', '3.0', '')
    """
    if MISSING.fullmatch(text):
        return ""
    return text[:-2] if number and text.endswith(".0") else text
