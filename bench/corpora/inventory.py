"""Inventories: the rows of a `datasets` data set, with the recordings that its tables hold as files of their own.

An inventory is one JSON file. Recordings that stand in a table as bytes are written beside it, under the hash of their bytes;
those that lie in the data set's folder stay there. Nothing is decoded.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from bench.base.durable import make_folder, write_whole
from bench.base.error import RequestError
from bench.base.identity import DIGEST_CHARS, digest
from bench.corpora.record import Record, Source, open_source
from bench.corpora.root import Root
from bench.corpora.shard import CARD, INFO, STATE, Shards
from bench.corpora.split import split_of
from bench.corpora.tree import AUDIO_ENDINGS

FORMAT = 2
AUDIO = "audio"  # the folder of the recordings, beside the inventories
# The first bytes of a file, and the ending it should have.
SIGNS = ((b"RIFF", ".wav"), (b"fLaC", ".flac"), (b"OggS", ".ogg"), (b"ID3", ".mp3"), (b"FORM", ".aiff"))

Keep = Callable[[bytes, str], str]


@dataclass(frozen=True)
class Row:
    """A row: its split, the name that its recording has in the data set, where it lies, and its cells.

    Attributes
    ----------
    split : str
    name : str
        "" where the data set gives none.
    path : str
        Relative to the data set's folder, or to the inventory's where it was kept there; "" where there is no recording.
    kept : bool
        Whether it was written beside the inventory.
    problem : str
        Why it is no clip, or "".
    cells : sequence of str
        As the inventory's columns.
    """

    split: str
    name: str
    path: str
    kept: bool
    problem: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Inventory:
    """The rows of a data set.

    Attributes
    ----------
    source : Path
        The data set's folder.
    place : Path
        The inventory's own.
    columns : mapping of str to (sequence of str)
        The columns that hold text or numbers, and the levels of those that are a ``ClassLabel``.
    numeric : sequence of str
        Those that hold numbers.
    rows : sequence of Row
    facts : mapping of str to str
        As in ``Shards``.
    """

    source: Path
    place: Path
    columns: Mapping[str, Sequence[str]]
    numeric: Sequence[str]
    rows: Sequence[Row]
    facts: Mapping[str, str] = field(default_factory=dict)

    def audio(self, row: Row) -> Path:
        """Where the recording of a row lies."""
        return (self.place if row.kept else self.source) / row.path


def keep_inventory(shards: Shards, audio: str, place: Path) -> Path | None:
    """Write the inventory of a data set, and the recordings that its tables hold; what is there already stays.

    Parameters
    ----------
    shards : Shards
    audio : str
        The column of the recordings; "" for the only one.
    place : Path
        A folder of the cache; made where it does not exist.

    Returns
    -------
    Path or None
        The inventory; None where every recording is a file of its own, so there is nothing to keep. Another one is made when
        a file of the data set changes.

    Raises
    ------
    RequestError
        If there is no such column, or a table cannot be read.
    Unwritable
        If the disk is full, or the place cannot be written.
    """
    path = place / f"{_fingerprint(shards, audio)}.json"
    known = load_inventory(path) if path.is_file() else None
    if known and all(known.audio(row).is_file() for row in known.rows if row.kept):
        return path
    taken = take_inventory(shards, audio, lambda data, ending: _keep(place, data, ending))
    if not any(row.kept for row in taken.rows):
        return None
    write_whole(path, json.dumps(_as_json(taken)).encode())  # it comes last: it vouches for the recordings
    return path


def load_inventory(path: Path) -> Inventory | None:
    """Read an inventory; None where the file is none of this version's. Rows that lead out of its folders are no clips."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        return None
    try:
        source, place = Path(value["source"]), path.parent
        roots = {True: Root(place), False: Root(source)}
        rows = [_checked(Row(*row), roots) for row in value["rows"]]
        return Inventory(source, place, value["columns"], value["numeric"], rows, value["facts"])
    except (KeyError, TypeError):
        return None


def _checked(row: Row, roots: Mapping[bool, Root]) -> Row:
    problem = row.problem or roots[row.kept].problem(row.path)
    return replace(row, problem=problem) if problem else row


def take_inventory(shards: Shards, audio: str = "", keep: Keep | None = None) -> Inventory:
    """Go through the tables of a data set.

    Parameters
    ----------
    shards : Shards
    audio : str
        The column of the recordings; "" for the only one.
    keep : callable, optional
        Takes the bytes of a recording and its ending, and gives the path of its file. Without it, a data set that holds
        recordings in its tables is refused.

    Raises
    ------
    RequestError
        As in ``keep_inventory``; also if two tables have other columns.
    """
    sources = [open_source(shard, audio) for shard in shards.shards]
    first = sources[0]
    for number, source in enumerate(sources):
        if source.columns != first.columns or set(source.numeric) != set(first.numeric):
            raise RequestError(
                f"{str(source.shard.path)!r} has other columns, or other levels in one, than {str(first.shard.path)!r}: "
                f"{', '.join(source.columns)}, not {', '.join(first.columns)}. Expected are tables of one form. Give a folder "
                "of one data set, or `config=NAME`."
            )
        # Two tables may hold the same columns in different orders, and the cells of a row have no names.
        sources[number] = replace(source, columns=first.columns)
    placed = _Placed(shards.folder, keep)
    rows = [placed.row(source, record) for source in sources for record in source.records()]
    return Inventory(Path(os.path.abspath(shards.folder)), shards.folder, first.columns, first.numeric, rows, shards.facts)


class _Placed:
    """Says of each recording where it lies."""

    def __init__(self, folder: Path, keep: Keep | None) -> None:
        self._folder, self._keep, self._root = folder, keep, Root(folder)
        self._real = os.path.realpath(folder)

    def row(self, source: Source, record: Record) -> Row:
        path, problem, kept = "", "", bool(record.data)
        if record.data:
            path = self._kept(source, record.data, record.path)
        elif record.data is not None:
            problem = "its recording has no bytes"
        elif record.path:
            path, problem = self._found(source.shard.path.parent, record.path)
        else:
            problem = "the row has no recording"
        name = PurePosixPath(record.path.replace("\\", "/")).name if kept else path
        split = source.shard.split or ("" if kept else split_of(path))
        # A path of this machine is no name: the row is called by its place then, and the problem tells the path.
        said = "" if os.path.isabs(record.path) or PureWindowsPath(record.path).drive else record.path
        return Row(split, name or said, path, kept, problem, record.cells)

    def _kept(self, source: Source, data: bytes, name: str) -> str:
        if self._keep is None:
            raise RequestError(
                f"{str(source.shard.path)!r} holds recordings inside the table. Expected is what `unpack` makes of it. Read "
                "the corpus by its name and place: `--corpora huggingface[...]=PATH`."
            )
        return self._keep(data, _ending(data, name))

    def _found(self, beside: Path, text: str) -> tuple[str, str]:
        """The path of a recording in the data set's folder, and why it does not serve."""
        if "://" in text:
            return "", f"the recording {text!r} lies in a network, and only the data set's own files are read"
        if os.path.isabs(text):
            if os.path.commonpath([self._real, os.path.realpath(text)]) != self._real:
                return "", f"the path {text!r} lies outside the data set's folder"
            text = os.path.relpath(os.path.realpath(text), self._real)
            beside = self._folder
        problem = self._root.problem(text)
        if problem:
            return "", problem
        near = (PurePosixPath(beside.relative_to(self._folder).as_posix()) / text).as_posix()
        chosen = near if (self._folder / near).exists() or not (self._folder / text).exists() else text
        problem = self._root.problem(chosen)
        return ("", problem) if problem else (chosen, "")


def _keep(place: Path, data: bytes, ending: str) -> str:
    name = f"{hashlib.sha256(data).hexdigest()[: 2 * DIGEST_CHARS]}{ending}"
    if not (place / AUDIO / name).is_file():  # files are there whole or not at all, so one of that name has these bytes
        make_folder(place / AUDIO)
        write_whole(place / AUDIO / name, data)
    return f"{AUDIO}/{name}"


def _ending(data: bytes, name: str) -> str:
    said = PurePosixPath(name).suffix.lower()
    return next((ending for sign, ending in SIGNS if data.startswith(sign)), said if said in AUDIO_ENDINGS else ".audio")


def _fingerprint(shards: Shards, audio: str) -> str:
    """Hash of what the data set's files are now: names, sizes and times; not their bytes, of which there may be many."""
    folders = {shards.folder, *(shard.path.parent for shard in shards.shards)}
    files = [shard.path for shard in shards.shards] + [folder / name for folder in folders for name in (CARD, INFO, STATE)]
    facts = []
    for path in sorted(files):
        if path.is_file():
            stat = path.stat()
            facts.append([path.relative_to(shards.folder).as_posix(), stat.st_size, stat.st_mtime_ns])
    splits = [[shard.path.relative_to(shards.folder).as_posix(), shard.split] for shard in shards.shards]
    return digest([FORMAT, os.path.realpath(shards.folder), audio, facts, splits])


def _as_json(inventory: Inventory) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "source": str(inventory.source),
        "columns": {name: list(levels) for name, levels in inventory.columns.items()},
        "numeric": list(inventory.numeric),
        "facts": dict(inventory.facts),
        "rows": [[row.split, row.name, row.path, row.kept, row.problem, list(row.cells)] for row in inventory.rows],
    }
