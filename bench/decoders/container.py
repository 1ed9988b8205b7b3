"""What a container promises, read from its own structure.

libsndfile gives a truncated WAV or Ogg file without a word, and counts the short length as the right one. So the sizes in
the headers are compared with the size of the file here. Of several Ogg streams one after the other it gives the first.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# Programs that write to a pipe cannot go back to fill in the size: they leave 0, 0xFFFFFFFF (FFmpeg), 0x7FFFF000 less a
# block (SoX), or alike. None of these is a promise. A file cut short that really held over 2 GB is the price.
UNKNOWN_ABOVE = 0x7FFF0000

LARGEST_PAGE = 27 + 255 + 255 * 255


@dataclass(frozen=True)
class DataChunk:
    """The audio bytes of a WAV file.

    Attributes
    ----------
    promised, present : int
        Bytes, as the header says and as the file holds.
    frame_bytes : int
        Bytes of one frame (of one block, in compressed WAV).
    """

    promised: int
    present: int
    frame_bytes: int

    @property
    def missing_frames(self) -> int:
        """Frames that the header promises and the file lacks."""
        return max(0, self.promised // self.frame_bytes - self.present // self.frame_bytes)


def data_chunk(path: Path) -> DataChunk | None:
    """Find the data chunk of a WAV file (RIFF, RIFX, RF64 or BW64; plain or extensible).

    Returns
    -------
    DataChunk or None
        None where the file is no WAV, has no data chunk, or was written to a pipe and so promises nothing.
    """
    with path.open("rb") as stream:
        head = stream.read(12)
        if len(head) < 12 or head[:4] not in (b"RIFF", b"RIFX", b"RF64", b"BW64") or head[8:] != b"WAVE":
            return None
        order = ">" if head[:4] == b"RIFX" else "<"
        chunk = _walk(stream, order, os.fstat(stream.fileno()).st_size)
        return chunk if chunk and chunk.promised else None


def unclosed_bytes(path: Path) -> int:
    """Bytes of audio behind the header of a WAV file that says that it is empty, as a recorder leaves it that was killed.

    Other chunks up to the end of the file are no audio, nor is less than a frame.
    """
    with path.open("rb") as stream:
        order, file_bytes = (">" if stream.read(12)[:4] == b"RIFX" else "<"), os.fstat(stream.fileno()).st_size
        chunk = _walk(stream, order, file_bytes)
        if chunk is None or chunk.promised or chunk.present < chunk.frame_bytes:
            return 0
        while len(head := stream.read(8)) == 8 and head[:4].isascii() and head[:4].decode().isprintable():
            size = struct.unpack(order + "I", head[4:])[0]
            stream.seek(size, os.SEEK_CUR)
            if size % 2 and stream.tell() < file_bytes:
                stream.seek(1, os.SEEK_CUR)
        return 0 if not head and stream.tell() == file_bytes else chunk.present


def _walk(stream: BinaryIO, order: str, file_bytes: int) -> DataChunk | None:
    frame_bytes, long_size = 1, None
    while len(head := stream.read(8)) == 8:
        name, size = head[:4], struct.unpack(order + "I", head[4:])[0]
        start = stream.tell()
        if name == b"data":
            if size == 0xFFFFFFFF and long_size is not None:
                size = long_size
            elif size >= UNKNOWN_ABOVE:
                return None
            return DataChunk(size, max(0, file_bytes - start), frame_bytes)
        if name == b"ds64" and size >= 16:
            long_size = struct.unpack("<8xQ", stream.read(16))[0]
        if name == b"fmt " and size >= 16:
            frame_bytes = struct.unpack(order + "12xH2x", stream.read(16))[0] or 1
        stream.seek(start + size + size % 2)
    return None


def ends_within_page(path: Path) -> bool:
    """Whether an Ogg file ends before its last page does.

    A file cut off between two pages cannot be told from a stream that was stopped, and is taken as whole.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        stream.seek(max(0, size - LARGEST_PAGE))
        tail = stream.read()
    page = tail[max(0, tail.rfind(b"OggS")) :]
    n_segments = page[26] if len(page) > 26 else 256
    return len(page) < 27 + n_segments + sum(page[27 : 27 + n_segments])


def joins_streams(path: Path) -> bool:
    """Whether an Ogg file holds several streams one after the other: one begins where the pages of another went before.

    Streams side by side, as of a film, all begin before the first goes on.
    """
    goes_on = False
    with path.open("rb") as stream:
        while len(head := stream.read(27)) == 27 and head[:4] == b"OggS":
            begins = bool(head[5] & 2)
            if begins and goes_on:
                return True
            goes_on |= not begins
            stream.seek(sum(stream.read(head[26])), os.SEEK_CUR)
    return False
