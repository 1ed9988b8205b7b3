"""Records: rows of one table of a `datasets` data set, with the recording as it stands there and the rest as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.error import RequestError, unknown_name
from bench.corpora.manifest import read_manifest
from bench.corpora.shard import Shard

PATHS = ("file_name", "audio", "file", "path")  # what a column of paths is called where the table does not say what it is
BATCH_ROWS = 64


@dataclass(frozen=True)
class Record:
    """A row: the bytes of its recording (None where there is only a path), the path or name, and the other cells."""

    data: bytes | None
    path: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Source:
    """A table that is about to be read.

    Attributes
    ----------
    shard : Shard
    audio : str
        The column of the recordings.
    columns : mapping of str to (sequence of str)
        The others that hold text or numbers, and the levels of those that are a ``ClassLabel``.
    numeric : sequence of str
        Those that hold numbers.
    """

    shard: Shard
    audio: str
    columns: Mapping[str, Sequence[str]]
    numeric: Sequence[str]

    def records(self) -> Iterator[Record]:
        """The rows in order.

        Raises
        ------
        RequestError
            If the table cannot be read to its end.
        """
        for row in _rows(self.shard.path, [self.audio, *self.columns]):
            held = row.get(self.audio)
            data, path = (held.get("bytes"), held.get("path")) if isinstance(held, dict) else (held, None)
            if isinstance(data, str):
                data, path = None, data
            data, path = data if isinstance(data, bytes) else None, path if isinstance(path, str) else ""
            yield Record(data, path, [_text(row.get(name), levels) for name, levels in self.columns.items()])


def open_source(shard: Shard, audio: str = "") -> Source:
    """Look at the columns of a table.

    Parameters
    ----------
    shard : Shard
    audio : str
        The column of the recordings; "" for the only one.

    Raises
    ------
    RequestError
        If the table cannot be read, or it is not clear which column holds the recordings.
    """
    known, features = _columns(shard.path)
    held = [name for name, feature in features.items() if feature.get("_type") == "Audio"]
    held = held or [name for name, kind in known.items() if kind == "recording"]
    held = held or [name for name in PATHS if known.get(name) == "text"][:1]
    if audio and audio not in known:
        raise unknown_name(f"column of {str(shard.path)!r}", audio, known)
    if not audio and len(held) != 1:
        what = f"has {len(held)} columns of recordings ({', '.join(held)})" if held else "has no column of recordings"
        raise RequestError(
            f"{str(shard.path)!r} {what}. Expected is one, as an audio data set has it: an Audio feature, or paths called "
            f"{PATHS[0]!r}. Its columns: {', '.join(known)}. Write `audio=COLUMN`."
        )
    chosen = audio or held[0]
    names = [name for name, kind in known.items() if kind in ("text", "number") and name != chosen]
    columns = {name: [str(level) for level in features.get(name, {}).get("names") or ()] for name in names}
    return Source(shard, chosen, columns, [name for name in names if known[name] == "number" and not columns[name]])


def _columns(path: Path) -> tuple[dict[str, str], Mapping[str, Any]]:
    """What each column holds (text, number, recording, other), and its feature where `datasets` wrote one down."""
    if path.suffix == ".jsonl":
        names = dict.fromkeys(name for row in _json_rows(path) for name in row)
        return dict.fromkeys(names, "text"), {}
    if path.suffix in (".csv", ".tsv"):
        return dict.fromkeys(read_manifest(path).columns, "text"), {}
    schema = _schema(path)
    said = (schema.metadata or {}).get(b"huggingface", b"{}")
    try:
        features = json.loads(said).get("info", {}).get("features", {})
    except (ValueError, AttributeError):
        features = {}
    if not isinstance(features, dict):
        features = {}
    features = {name: feature for name, feature in features.items() if isinstance(feature, dict) and name in schema.names}
    return {column.name: _kind(column.type) for column in schema}, features


def _kind(type_: Any) -> str:
    from pyarrow import types

    if types.is_dictionary(type_):
        type_ = type_.value_type
    if types.is_struct(type_):
        names = {type_.field(index).name for index in range(type_.num_fields)}
        return "recording" if names & {"bytes", "path"} and names <= {"bytes", "path"} else "other"
    if types.is_binary(type_) or types.is_large_binary(type_):
        return "binary"
    if types.is_boolean(type_) or types.is_string(type_) or types.is_large_string(type_) or types.is_temporal(type_):
        return "text"
    return "number" if types.is_integer(type_) or types.is_floating(type_) or types.is_decimal(type_) else "other"


def _rows(path: Path, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    if path.suffix == ".jsonl":
        yield from _json_rows(path)
    elif path.suffix in (".csv", ".tsv"):
        manifest = read_manifest(path)
        if manifest.problems:
            raise RequestError(f"{str(path)!r}: {'; '.join(manifest.problems[:5])}. Correct the table.")
        yield from (cells for _, cells in manifest.rows)
    else:
        yield from _arrow_rows(path, names)


def _json_rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise _unreadable(path, error) from error
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines would cut at characters that JSON strings may hold
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise RequestError(f"{str(path)!r}, line {number}: it is no JSON ({error}). Correct the table.") from error
            if not isinstance(row, dict):
                raise RequestError(f"{str(path)!r}, line {number}: it is no JSON object. Correct the table.")
            yield row


def _schema(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path) if path.suffix == ".parquet" else _opened(pa.memory_map(str(path))).schema
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error


def _arrow_rows(path: Path, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix == ".parquet":
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(names)):
                    yield from batch.to_pylist()
            return
        with pa.memory_map(str(path)) as mapped:
            reader = _opened(mapped)
            batches = reader if hasattr(reader, "read_next_batch") else map(reader.get_batch, range(reader.num_record_batches))
            for batch in batches:
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield from batch.select(list(names)).slice(start, BATCH_ROWS).to_pylist()
    except (OSError, ValueError, OverflowError, pa.ArrowException) as error:  # also of a date that no calendar has
        raise _unreadable(path, error) from error


def _opened(mapped: Any) -> Any:
    """`datasets` writes streams; other programs write files with a table of contents at the end."""
    import pyarrow as pa

    try:
        return pa.ipc.open_stream(mapped)
    except pa.ArrowInvalid:
        mapped.seek(0)
        return pa.ipc.open_file(mapped)


def _unreadable(path: Path, error: Exception) -> RequestError:
    said = " ".join(str(error).split())
    return RequestError(f"{str(path)!r} cannot be read as a table ({said}). Fetch it, or save the data set, again.")


def _text(value: Any, levels: Sequence[str]) -> str:
    """A cell as text; the level of a ``ClassLabel`` by its name.

    Examples
    --------
    >>> [_text(value, ()) for value in (None, float("nan"), 3.0, 0.1, True, " a ")], _text(1, ["no", "yes"]), _text(-1, ["no"])
    (['', '', '3', '0.1', 'true', 'a'], 'yes', '')
    """
    if value is None or value != value or isinstance(value, dict | list | bytes):
        return ""
    if levels and isinstance(value, int):
        return levels[value] if 0 <= value < len(levels) else ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
