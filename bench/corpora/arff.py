"""ARFF: the format of Weka, in which the Interspeech challenges came, read for a few of its thousands of columns.

scipy reads no string attributes, so no file names; liac-arff (last released in 2020) turns all 4,368 numbers of a row into
floats to get at two values, which takes twenty times as long. Here a row is cut, and what was asked for is kept. Sparse rows
and relational attributes are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from bench.base.error import RequestError
from bench.corpora.manifest import Manifest

MISSING = "?"
QUOTED = r"'(?:[^'\\]|\\.)*'|" + r'"(?:[^"\\]|\\.)*"'
ATTRIBUTE = re.compile(rf"@attribute\s+({QUOTED}|[^\s{{]+)\s*(.+)", re.IGNORECASE)
CELL = re.compile(rf"\s*(?P<cell>{QUOTED}|[^,%'\"]*?)\s*(?P<end>,|%|$)")
ESCAPED = re.compile(r"\\(['\"\\%])")
Kind = Literal["numeric", "nominal", "string", "date"]
KINDS: dict[str, Kind] = {"numeric": "numeric", "real": "numeric", "integer": "numeric", "string": "string", "date": "date"}


@dataclass(frozen=True)
class Attribute:
    """A column of an ARFF file.

    Attributes
    ----------
    name : str
    kind : {'numeric', 'nominal', 'string', 'date'}
    values : tuple of str
        Of a nominal one.
    """

    name: str
    kind: Kind
    values: tuple[str, ...] = ()


def read_attributes(path: Path) -> tuple[Attribute, ...]:
    """Read the head of an ARFF file.

    Raises
    ------
    RequestError
        If it cannot be read, is no ARFF, or has attributes of a kind that is not read.
    """
    with _opened(path) as file:
        return tuple(attribute for _, attribute in _head(path, enumerate(file, start=1)))


def read_arff(path: Path, names: Sequence[str]) -> Manifest:
    """Read some columns of an ARFF file.

    Parameters
    ----------
    path : Path
    names : sequence of str
        Of attributes.

    Returns
    -------
    Manifest
        Rows are numbered by the lines of the file; missing values (``?``) are "".

    Raises
    ------
    RequestError
        If the file cannot be read, its rows are sparse, or an attribute is not there exactly once.
    """
    with _opened(path) as file:
        lines = enumerate(file, start=1)
        have = [attribute.name for _, attribute in _head(path, lines)]
        for name in names:
            if have.count(name) != 1:
                raise RequestError(
                    f"{str(path)!r} has the attribute {name!r} {have.count(name)} times. Expected is once. Correct its head."
                )
        places = {name: have.index(name) for name in names}
        rows, problems = [], []
        for number, line in lines:
            text = line.strip()
            if not text or text.startswith("%"):
                continue
            if text.startswith("{"):
                raise RequestError(
                    f"{str(path)!r} is sparse (line {number} begins with a brace). Expected is a value for each attribute. "
                    "Save it so: Weka's filter SparseToNonSparse does it."
                )
            cells = _cells(text)
            if cells is None:
                problems.append(f"row {number}: its quotes do not pair")
            elif len(cells) != len(have):
                problems.append(f"row {number}: it has {len(cells)} values, and the head has {len(have)} attributes")
            else:
                rows.append((number, {name: _value(cells[place]) for name, place in places.items()}))
    return Manifest(tuple(names), tuple(rows), tuple(problems))


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """The file as text, with errors of reading it turned into sentences."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            yield file
    except UnicodeDecodeError as error:
        raise RequestError(f"{str(path)!r} is not UTF-8. Expected is plain text. Save it as UTF-8.") from error
    except OSError as error:
        raise RequestError(f"{str(path)!r} cannot be read ({error}). Check the file.") from error


def _head(path: Path, lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, Attribute]]:
    """The attributes with their lines; what follows ``@data`` is left in ``lines``.

    Raises
    ------
    RequestError
        If there is no ``@data``, or no attribute before it, or a line is no part of a head.
    """
    found = False
    for number, line in lines:
        text = line.strip()
        word = text.split(maxsplit=1)[0].lower() if text else ""
        if word == "@data" and found:
            return
        if word == "@attribute":
            found = True
            yield number, _attribute(path, number, text)
        elif word and word != "@relation" and not word.startswith("%"):
            break
    raise RequestError(
        f"{str(path)!r} is no ARFF that can be read. Expected are lines of @attribute, then @data and a line for each "
        "recording. Give another file."
    )


def _attribute(path: Path, number: int, text: str) -> Attribute:
    match = ATTRIBUTE.fullmatch(text)
    name, kind = (_bare(match[1]), match[2].strip()) if match else ("", "")
    if kind.startswith("{") and "}" in kind:
        values = _cells(kind[1 : kind.rindex("}")])
        if values is not None:
            return Attribute(name, "nominal", tuple(_bare(value) for value in values))
    word = kind.split(maxsplit=1)[0].lower() if kind else ""
    if word not in KINDS:
        raise RequestError(
            f"{str(path)!r}, line {number}: {text[:80]!r} declares no attribute that can be read. Expected is @attribute NAME "
            "and numeric, string, date or {values}. Correct that line."
        )
    return Attribute(name, KINDS[word])


def _cells(line: str) -> list[str] | None:
    """The values of a row as they stand there, or None where quotes do not pair.

    Examples
    --------
    >>> _cells("'a, b.wav', 1.5, ?, SL  % read twice")
    ["'a, b.wav'", '1.5', '?', 'SL']
    >>> _cells("'a.wav,1.5") is None
    True
    """
    if "," not in line:
        line = line.replace("\t", ",")
    _, *inside = line.split("'")
    if '"' not in line and "%" not in line and "\\'" not in line and not any("," in text for text in inside[::2]):
        return None if len(inside) % 2 else line.split(",")  # nearly all lines are so, and this is quick
    cells, place = [], 0
    while (match := CELL.match(line, place)) is not None:
        cells.append(match["cell"])
        if match["end"] != ",":
            return cells
        place = match.end()
    return None


def _value(cell: str) -> str:
    cell = cell.strip()
    return "" if cell == MISSING else _bare(cell)


def _bare(text: str) -> str:
    """The text without its quotes and their escapes; other backslashes stay, as paths of Windows have them.

    Examples
    --------
    >>> _bare("'C:\\\\wav\\\\it\\\\'s.wav'")
    "C:\\\\wav\\\\it's.wav"
    """
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    return ESCAPED.sub(r"\1", text)
