"""One Parquet part: the rows that one batch stored, written whole, and read with its checksums.

Page checksums do not cover the page headers and the footer, and a byte flipped there can give other numbers without an
error. So the footer holds a checksum of each column's values, and the part is named after the digest of its footer.

Columns: ``key``, ``note`` (why values are missing, or null), ``seconds`` (of one core), ``duration_s``, and for every layer
and statistic one fixed-size list of float32, NaN where a value is missing.
"""

from __future__ import annotations

import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bench.base.durable import write_whole
from bench.base.error import BenchError
from bench.base.identity import DIGEST_CHARS

FACTS = ("key", "note", "seconds", "duration_s")


@dataclass(frozen=True)
class Shape:
    """How the values of a feature set lie in columns.

    Attributes
    ----------
    layers : tuple of int or None
    statistics : tuple of str
    width : int
        Columns of one statistic.
    """

    layers: tuple[int, ...] | None
    statistics: tuple[str, ...]
    width: int

    def name(self, layer: int | None, statistic: str) -> str:
        """The column in the part.

        Examples
        --------
        >>> Shape((0, 1), ("mean", "std"), 768).name(1, "std"), Shape(None, ("",), 88).name(None, "")
        ('layer_01.std', 'values')
        """
        head = "" if layer is None else f"layer_{layer:02d}"
        return ".".join(filter(None, (head, statistic))) or "values"

    @property
    def names(self) -> tuple[str, ...]:
        """All value columns, layer after layer, statistic after statistic."""
        return tuple(self.name(layer, statistic) for layer in self.layers or (None,) for statistic in self.statistics)

    @property
    def values_shape(self) -> tuple[int, ...]:
        """Shape of the values of one clip."""
        dims = len(self.statistics) * self.width
        return (dims,) if self.layers is None else (len(self.layers), dims)


@dataclass(frozen=True)
class Row:
    """What is stored of one clip.

    Attributes
    ----------
    key : str
        Of the clip, as in its facts.
    values : float32 array, shape (n_dims,) or (n_layers, n_dims)
        NaN where a value is missing.
    note : str or None
        Why values are missing.
    seconds : float
        Of one core, for the extraction.
    duration_s : float
        Of the audio.
    """

    key: str
    values: npt.NDArray[np.float32]
    note: str | None
    seconds: float
    duration_s: float


def table_of(rows: Sequence[Row], shape: Shape) -> pa.Table:
    """The rows as a table."""
    columns: dict[str, Any] = {
        "key": pa.array([row.key for row in rows], pa.string()),
        "note": pa.array([row.note for row in rows], pa.string()),
        "seconds": pa.array([row.seconds for row in rows], pa.float64()),
        "duration_s": pa.array([row.duration_s for row in rows], pa.float64()),
    }
    stacked = np.stack([row.values.reshape(len(shape.names), shape.width) for row in rows], axis=1)
    for name, matrix in zip(shape.names, stacked, strict=True):
        flat = pa.array(np.ascontiguousarray(matrix, dtype=np.float32).ravel(), pa.float32())
        columns[name] = pa.FixedSizeListArray.from_arrays(flat, shape.width)
    return pa.table(columns)


def write_part(folder: Path, table: pa.Table, prefix: str = "") -> Path:
    """Write a part, called after its prefix and its footer's digest.

    Raises
    ------
    BenchError
        If the disk is full or the folder cannot be written.
    """
    checksums = {name: _checksum(table.column(name)) for name in table.column_names}
    table = table.replace_schema_metadata({b"checksums": json.dumps(checksums).encode()})
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="zstd", use_dictionary=False, write_statistics=False, write_page_checksum=True)
    data = buffer.getvalue().to_pybytes()
    path = folder / f"{prefix}{_footer_digest(io.BytesIO(data))}.parquet"
    write_whole(path, data)
    return path


def read_part(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read some columns of a part (all by default).

    Raises
    ------
    FileNotFoundError
        If it is gone, as when another process has merged it into another part.
    BenchError
        If it is damaged.
    """
    try:
        with path.open("rb") as stream:
            if _footer_digest(stream) != path.stem.rpartition("-")[2]:
                raise damaged(path, "its footer has changed since it was written")
            with pq.ParquetFile(stream, page_checksum_verification=True) as part:
                names = list(part.schema_arrow.names if columns is None else columns)
                found: pa.Table = part.read(columns=names, use_threads=False).select(names)
        checksums = json.loads(found.schema.metadata[b"checksums"])
        wrong = [name for name in names if _checksum(found.column(name)) != checksums[name]]
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise damaged(path, str(error).splitlines()[0]) from error
    if wrong:
        raise damaged(path, f"the values of {wrong[0]} have changed since they were written")
    return found


def _checksum(column: pa.ChunkedArray) -> int:
    if pa.types.is_string(column.type):
        return zlib.crc32(json.dumps(column.to_pylist()).encode())
    return zlib.crc32(_numbers(column).data)


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """The numbers of a column, those of its lists one after the other; ``to_numpy`` would import pandas for this."""
    array = column.combine_chunks()
    flat = array.flatten() if pa.types.is_fixed_size_list(array.type) else array
    if flat.null_count:
        raise ValueError("a number is missing")
    kind = np.dtype(np.float32 if pa.types.is_float32(flat.type) else np.float64)
    _, values = flat.buffers()
    return np.frombuffer(values or b"", kind, len(flat), flat.offset * kind.itemsize) if len(flat) else np.empty(0, kind)


def _footer_digest(stream: BinaryIO) -> str:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 8))
    tail = stream.read(8)
    length = int.from_bytes(tail[:4], "little")
    if len(tail) < 8 or tail[4:] != b"PAR1" or length + 12 > size:
        return ""
    stream.seek(size - 8 - length)
    digest = hashlib.sha256(stream.read(length)).hexdigest()[:DIGEST_CHARS]
    stream.seek(0)
    return digest


def damaged(path: Path, reason: str) -> BenchError:
    """Make the sentence for a part that cannot be trusted."""
    return BenchError(
        f"The stored features in {str(path)!r} are damaged: {reason}. "
        "Delete that file or run `fatigue-bench cache gc`; its clips are extracted again."
    )


def matrix(table: pa.Table, name: str, width: int) -> npt.NDArray[np.float32]:
    """A value column as an array of shape (n_rows, width); read-only, shares memory where it can."""
    return _numbers(table.column(name)).reshape(-1, width)
