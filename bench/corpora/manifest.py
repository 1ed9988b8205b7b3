"""Manifests: tables of clips as people write them, CSV or Parquet, read as text with the rows numbered."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.error import RequestError

DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Manifest:
    """A table of clips.

    Attributes
    ----------
    columns : tuple of str
        Names in order, as they stand there.
    rows : tuple of (int, mapping of str to str)
        The number of each row as a person counts (the header of a CSV is line 1; the first row of a Parquet file is row 1),
        and its cells by column, without spaces around them; empty cells are "". Empty rows are not there.
    problems : tuple of str
        Phrases about columns that are there more than once, and rows that have no cell for each column.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    problems: tuple[str, ...] = ()

    def column(self, *names: str) -> str | None:
        """The column of the first of these names that is there, with case, spaces and punctuation left aside, or None.

        Raises
        ------
        RequestError
            If several columns could be meant.

        Examples
        --------
        >>> Manifest(("File_Name", "Label"), ()).column("path", "filename")
        'File_Name'
        """
        for name in names:
            meant = [column for column in dict.fromkeys(self.columns) if _plain(column) == _plain(name)]
            if len(meant) > 1 and name not in meant:
                raise RequestError(
                    f"The columns {' and '.join(map(repr, meant))} could both be {name!r}. Expected is one. Rename the others."
                )
            if meant:
                return name if name in meant else meant[0]
        return None


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    A CSV is UTF-8 (with or without byte-order mark) and separated by comma, semicolon or tab, whichever its header has most.

    Raises
    ------
    RequestError
        If the file is missing, no table, or neither ``.csv``, ``.tsv`` nor ``.parquet``.
    """
    reader = {".csv": _read_csv, ".tsv": _read_csv, ".parquet": _read_parquet}.get(path.suffix.lower())
    if reader is None:
        raise RequestError(f"The manifest {str(path)!r} ends in {path.suffix!r}. Expected is .csv, .tsv or .parquet.")
    if not path.is_file():
        raise RequestError(f"The manifest {str(path)!r} does not exist. Give its name, relative to the TOML file.")
    return reader(path)


def _read_csv(path: Path) -> Manifest:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RequestError(
            f"The manifest {str(path)!r} is not UTF-8 (line {line}). Expected is plain text. Save it as CSV UTF-8."
        ) from error
    except OSError as error:
        raise RequestError(f"The manifest {str(path)!r} cannot be read ({error}). Check the file.") from error
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True, strict=True)
    found: list[tuple[int, list[str]]] = []
    start = 1
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                found.append((start, [cell.strip() for cell in cells]))
            start = lines.line_num + 1
    except csv.Error as error:
        raise RequestError(
            f"The manifest {str(path)!r} cannot be read from line {start} on ({error}). Check the quotes there."
        ) from error
    if not found:
        raise RequestError(f"The manifest {str(path)!r} is empty. Expected are a header and a line for each clip.")
    (_, columns), *rest = found
    rows, problems = [], _header_problems(columns)
    for row, cells in rest:
        if len(cells) == len(columns):
            rows.append((row, dict(zip(columns, cells, strict=True))))
        else:
            problems.append(
                f"row {row}: it has {len(cells)} cell{'s' if len(cells) > 1 else ''}, and the header has {len(columns)}"
            )
    return Manifest(tuple(columns), tuple(rows), tuple(problems))


def _header_problems(columns: Sequence[str]) -> list[str]:
    """Columns that are there more than once, of which the last would count."""
    return [f"header: the column {name!r} stands {n} times" for name, n in Counter(columns).items() if n > 1 and name]


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _delimiter(text: str) -> str:
    """The separator that the header has most of, outside quotes."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    bare = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


def _read_parquet(path: Path) -> Manifest:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        cells = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:  # also of a date that no calendar has
        raise RequestError(f"The manifest {str(path)!r} is no Parquet file that can be read ({error}). Check it.") from error
    columns = tuple(name.strip() for name in table.column_names)
    rows = tuple((row, dict(zip(columns, values, strict=True))) for row, values in enumerate(zip(*cells, strict=True), start=1))
    return Manifest(columns, rows, tuple(_header_problems(columns)))


def _text(value: Any) -> str:
    """A cell as text: missing values are empty, and whole numbers have no decimals (pandas stores them so beside gaps).

    Examples
    --------
    >>> [_text(value) for value in (None, float("nan"), 3.0, 0.1, " a ")]
    ['', '', '3', '0.1', 'a']
    """
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
