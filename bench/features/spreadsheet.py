"""The spreadsheet: a table of features that somebody has made elsewhere, read from a CSV, TSV or Parquet file.

Nothing of it is dropped in silence: a column that holds no numbers, is empty, or only counts rows must be named by who wants
to leave it out, and rows that stand twice are refused.
"""

from __future__ import annotations

import csv
import fnmatch
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from bench.base.error import RequestError, unknown_name
from bench.corpora.tree import SHOWN

ENDINGS = (".csv", ".tsv", ".parquet")
IDS = ("clip_id", "clip")
BLOCK_BYTES = 16 << 20  # thousands of columns are read five times faster than in blocks of 1 MB
COUNTER = re.compile(r"|Unnamed: \d+|__index_level_\d+__|index")
LEAST_COUNTED = 5  # fewer rows may happen to run up by 1


@dataclass(frozen=True)
class Choice:
    """What of a file is wanted.

    Attributes
    ----------
    joined : str
        The column that names the clips; "" for ``clip_id`` or ``clip``.
    only, leave : str
        Which other columns are features, and which are not: shell patterns separated by ``|``.
    """

    joined: str = ""
    only: str = "*"
    leave: str = ""


@dataclass(frozen=True)
class Spreadsheet:
    """The features of a file.

    Attributes
    ----------
    rows : tuple of str
        What the column that names the clips holds; each once.
    columns : tuple of str
    values : float64 array, shape (n_rows, n_columns)
        NaN where a cell is empty.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: npt.NDArray[np.float64]


def read_spreadsheet(path: Path, choice: Choice) -> Spreadsheet:
    """Read a file, once in a process for each state of it.

    Raises
    ------
    RequestError
        If it cannot be read, has no column that names clips, names one twice, or has a column that is no feature and that
        nobody has left out.
    """
    if path.suffix.lower() not in ENDINGS:
        raise RequestError(
            f"The table {str(path)!r} ends in {path.suffix or 'nothing'!r}. Expected is one of {', '.join(ENDINGS)}. "
            "Write it as one of these."
        )
    try:
        state = path.stat()
        return _read(path, choice, state.st_size, state.st_mtime_ns)
    except OSError as error:
        raise RequestError(f"The table {str(path)!r} cannot be read ({error.strerror or error}). Correct its path.") from error
    except (pa.ArrowException, UnicodeDecodeError, csv.Error) as error:
        reason = str(error).splitlines()[0]
        raise RequestError(f"The table {str(path)!r} cannot be read: {reason}. Write it again, as CSV or Parquet.") from error


@lru_cache(maxsize=4)
def _read(path: Path, choice: Choice, *state: int) -> Spreadsheet:
    names, separator = _header(path)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise RequestError(f"The table {str(path)!r} has two columns called {twice[0]!r}. Names must differ. Rename one.")
    joined = _joined(path, choice, names)
    columns = _columns(path, choice, [name for name in names if name != joined])
    table = _table(path, joined, columns, separator)
    rows = tuple(table.column(joined).cast(pa.string()).to_pylist())
    if not rows:
        raise RequestError(f"The table {str(path)!r} has no rows. Expected is one a clip. Write it again.")
    _check_rows(path, joined, rows)
    values = np.stack([_numbers(table.column(name)) for name in columns], axis=1)
    _check_values(path, rows, columns, values)
    return Spreadsheet(rows, tuple(columns), values)


def _header(path: Path) -> tuple[list[str], str]:
    """The names of the columns, and what separates them ("" in Parquet)."""
    if path.suffix.lower() == ".parquet":
        return list(pq.read_schema(path).names), ""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first = stream.readline()
        separator = "\t" if path.suffix.lower() == ".tsv" else ";" if first.count(";") > first.count(",") else ","
        stream.seek(0)
        return next(csv.reader(stream, delimiter=separator), []), separator


def _joined(path: Path, choice: Choice, names: Sequence[str]) -> str:
    if choice.joined:
        if choice.joined not in names:
            raise unknown_name(f"column of {path.name}", choice.joined, names)
        return choice.joined
    found = [name for name in IDS if name in names]
    if len(found) != 1:
        what = f"has both {found[0]!r} and {found[1]!r}" if found else "has no column 'clip_id' or 'clip'"
        raise RequestError(
            f"The table {str(path)!r} {what}, so which of its rows belongs to which clip is not known. Its columns are "
            f"{_some(names)}. Write [id=COLUMN] for a column with the ids of clips, [file=COLUMN] for one with their files."
        )
    return found[0]


def _columns(path: Path, choice: Choice, names: Sequence[str]) -> list[str]:
    """The columns that are features, by the patterns."""
    for key, text in (("only", choice.only), ("leave", choice.leave)):
        for pattern in filter(None, text.split("|")):
            if not any(fnmatch.fnmatchcase(name, pattern) for name in names):
                raise RequestError(
                    f"No column of {str(path)!r} fits {pattern!r} of [{key}={text}]. Its columns are {_some(names)}. "
                    "Give another pattern."
                )
    kept = [name for name in names if _fits(name, choice.only) and not _fits(name, choice.leave)]
    if not kept:
        raise RequestError(f"No column of {str(path)!r} is left as a feature. Its columns are {_some(names)}. Leave out fewer.")
    counters = [name for name in kept if COUNTER.fullmatch(name)]
    if counters:
        raise RequestError(
            f"The table {str(path)!r} has the column {counters[0]!r}, which looks like a count of rows that pandas has added, "
            f"and is no feature. Write the table without it (index=False)"
            + (f", or leave it out: {_leave(counters)}." if all(counters) else ".")
        )
    return kept


def _fits(name: str, patterns: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns.split("|") if pattern)


def _leave(names: Sequence[str]) -> str:
    """How to leave columns out; what cannot be spelled in a pattern is stood in for by a question mark."""
    patterns = [re.sub(r"[\[\],|*]", "?", name) for name in names]
    return f"[leave={'|'.join(patterns[:SHOWN])}{'|...' if len(names) > SHOWN else ''}]"


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (f", ... ({len(names)} in all)" if len(names) > SHOWN else "")


def _table(path: Path, joined: str, columns: Sequence[str], separator: str) -> pa.Table:
    """The wanted columns, all but the first as float64."""
    if not separator:
        found = pq.read_table(path, columns=[joined, *columns], partitioning=None)
        kinds = {name: found.schema.field(name).type for name in columns}
        _refuse_texts(path, {name: f"{kind}" for name, kind in kinds.items() if not _numeric(kind)})
        fields = [pa.field(joined, found.schema.field(joined).type), *(pa.field(name, pa.float64()) for name in columns)]
        return found.select([joined, *columns]).replace_schema_metadata(None).cast(pa.schema(fields), safe=False)
    try:
        return _table_of_text(path, joined, columns, separator, pa.float64())
    except pa.ArrowInvalid as error:
        if "conversion error" not in str(error):
            raise
    texts = _table_of_text(path, joined, columns, separator, pa.string())
    wrong = {name: _first_text(texts.column(name).to_pylist()) for name in columns}
    _refuse_texts(path, {name: repr(text) for name, text in wrong.items() if text is not None})
    raise RequestError(f"The table {str(path)!r} holds something that is no number. Write its numbers with a decimal point.")


def _table_of_text(path: Path, joined: str, columns: Sequence[str], separator: str, kind: pa.DataType) -> pa.Table:
    types = {joined: pa.string(), **dict.fromkeys(columns, kind)}
    convert = pc.ConvertOptions(column_types=types, include_columns=[joined, *columns])
    read, parse = pc.ReadOptions(block_size=BLOCK_BYTES), pc.ParseOptions(delimiter=separator)
    return pc.read_csv(path, read_options=read, parse_options=parse, convert_options=convert)


def _numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _first_text(cells: Sequence[str | None]) -> str | None:
    empty = set(pc.ConvertOptions().null_values)
    for cell in cells:
        if cell is not None and cell not in empty:
            try:
                float(cell)
            except ValueError:
                return cell
    return None


def _refuse_texts(path: Path, wrong: dict[str, str]) -> None:
    if wrong:
        name, held = next(iter(wrong.items()))
        raise RequestError(
            f"Not all columns of {str(path)!r} hold numbers: {_some(list(wrong))} ({name!r} holds {held}). Expected is a "
            f"number a cell, with a decimal point. Mend what is a feature, and leave out what is none: {_leave(list(wrong))}."
        )


def _check_rows(path: Path, joined: str, rows: Sequence[str | None]) -> None:
    empty = [number for number, row in enumerate(rows, 1) if not row]
    if empty:
        raise RequestError(f"In {str(path)!r}, {joined!r} is empty in row {empty[0]} (in {len(empty)} in all). Fill it in.")
    twice = [row for row, count in Counter(rows).items() if count > 1]
    if twice:
        raise RequestError(
            f"In {str(path)!r}, several rows have the same {joined!r}: {_some([repr(row) for row in twice])}. "
            "Expected is one row a clip. Take the others out."
        )


def _check_values(path: Path, rows: Sequence[str], columns: Sequence[str], values: npt.NDArray[np.float64]) -> None:
    with np.errstate(over="ignore"):
        endless = np.argwhere(np.isinf(values.astype(np.float32)))
    if len(endless):
        row, column = endless[0]
        raise RequestError(
            f"In {str(path)!r}, {columns[column]!r} of {rows[row]!r} is {values[row, column]:g}, infinite or too large "
            f"(as are {len(endless)} cells in all). Leave a cell empty where there is no value; it is imputed inside the fold."
        )
    hollow = [columns[number] for number in np.flatnonzero(np.isnan(values).all(axis=0)).tolist()]
    if hollow:
        raise RequestError(
            f"Some columns of {str(path)!r} are empty: {_some(hollow)}. There is nothing to impute them from. "
            f"Leave them out: {_leave(hollow)}."
        )
    counting = [columns[number] for number in np.flatnonzero((np.diff(values, axis=0) == 1).all(axis=0)).tolist()]
    if counting and len(rows) >= LEAST_COUNTED:
        first = values[0, columns.index(counting[0])]
        raise RequestError(
            f"The column {counting[0]!r} of {str(path)!r} only counts rows: it runs from {first:g} to "
            f"{first + len(rows) - 1:g} in steps of 1, in the order of the file, and so is no feature. "
            f"Leave it out: {_leave(counting)}."
        )


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """A column as an array, NaN where it is null; ``to_numpy`` and ``fill_null`` would import pandas for this."""
    flat = column.combine_chunks()
    filled, numbers = flat.buffers()
    values = np.frombuffer(numbers, np.float64, len(flat), flat.offset * 8).copy()
    if filled is not None:
        bits = np.unpackbits(np.frombuffer(filled, np.uint8), bitorder="little")
        values[bits[flat.offset : flat.offset + len(flat)] == 0] = np.nan
    return values
