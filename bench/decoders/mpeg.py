"""How long an MP3 is, counted from the headers of its frames.

Without a Xing or LAME tag libsndfile guesses the length from the bit rate and stops reading there; with one it takes the tag's
word for a file that is cut short. So the frames are counted here. Read are MPEG 1, 2 and 2.5, layer III.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

HEADER_BYTES, ID3_BYTES = 4, 10
KBITS = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
KBITS[0] = KBITS[2]
RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}  # by version: 1, 2, 2.5
_SIDE_BYTES = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}  # by MPEG 1, and by mono

_THIRD = bytes(byte for byte in range(256) if byte >> 4 not in (0, 15) and byte & 0x0C != 0x0C)
_HEADER = re.compile(b"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][" + re.escape(_THIRD) + b"].", re.DOTALL)
_SAME = 0xFFFE0C00  # of a header, what stays from frame to frame: sync, version, layer, rate
_IN_A_ROW = 3  # what looks like a header stands in any picture; so many at the right distances do not
_TAG_BYTES = 192
_SCANNED_BYTES = 1 << 16
_REMEMBERED = 1024  # files; all clips of one ask the same


@dataclass(frozen=True)
class MpegLength:
    """The samples of an MP3, less those that its tag says the encoder put before and behind them.

    Attributes
    ----------
    present : int
        In the frames that are there.
    promised : int or None
        As its tag says; None where it has none.
    frame_samples : int
        Samples of one frame.

    Examples
    --------
    >>> MpegLength(present=2304, promised=4608, frame_samples=1152).missing
    2304
    """

    present: int
    promised: int | None
    frame_samples: int

    @property
    def missing(self) -> int:
        """Samples that the tag promises and the file lacks; a single frame may be the tag's own, which some count."""
        missing = 0 if self.promised is None else self.promised - self.present
        return missing if missing > self.frame_samples else 0


@dataclass(frozen=True)
class _Header:
    kind: int
    rate: int
    samples: int
    bytes: int  # of the whole frame
    side_bytes: int


def mpeg_length(path: Path) -> MpegLength | None:
    """Count the frames of an MP3.

    What is no frame (ID3, APE and other tags, zeros, pictures) is stepped over; a last frame that is cut off does not count.
    The answer is remembered in this process for as long as the file stays as it is.

    Returns
    -------
    MpegLength or None
        None where there is no frame of layer III whose header says how long it is.

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    facts = path.stat()
    return _counted(path, (facts.st_size, facts.st_mtime_ns))


@functools.lru_cache(maxsize=_REMEMBERED)
def _counted(path: Path, stamp: tuple[int, int]) -> MpegLength | None:
    with path.open("rb", buffering=_SCANNED_BYTES) as stream:
        frames = _frames(stream, os.fstat(stream.fileno()).st_size)
        start, first = next(frames, (0, None))
        if first is None:
            return None
        tag = _tag(stream, start, first)
        n_samples = 0.0 if tag else float(first.samples)
        for _, header in frames:
            n_samples += header.samples * first.rate / header.rate
    promised, added = (tag[0] * first.samples, tag[1]) if tag else (None, 0)
    present = max(0, round(n_samples) - added)
    return MpegLength(present, None if promised is None else max(0, promised - added), first.samples)


def _frames(stream: BinaryIO, size: int) -> Iterator[tuple[int, _Header]]:
    """Where frames that end within the file start, and their headers; each begins behind the one before."""
    position, kind = 0, None
    while position < size:
        stream.seek(position)
        head = stream.read(ID3_BYTES)
        if head[:3] == b"ID3" and len(head) == ID3_BYTES:
            position += ID3_BYTES + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
            continue
        header = _header(head[:HEADER_BYTES])
        if header is None or header.kind != kind:
            position, header = _next_in_a_row(stream, position, size)
            if header is None:
                return
            kind = header.kind
        if position + header.bytes > size:
            return
        yield position, header
        position += header.bytes


@functools.lru_cache(maxsize=_REMEMBERED)
def _header(head: bytes) -> _Header | None:
    if not _HEADER.match(head):
        return None
    word = int.from_bytes(head, "big")
    version = word >> 19 & 3
    rate, kbits = RATES[version][word >> 10 & 3], KBITS[version][word >> 12 & 15]
    samples = 1152 if version == 3 else 576
    n_bytes = samples // 8 * kbits * 1000 // rate + (word >> 9 & 1)
    return _Header(word & _SAME, rate, samples, n_bytes, _SIDE_BYTES[version == 3, word >> 6 & 3 == 3])


def _next_in_a_row(stream: BinaryIO, position: int, size: int) -> tuple[int, _Header | None]:
    """The next frame that others of its kind follow up to the third, or to the end of the file."""
    while position < size:
        stream.seek(position)
        block = stream.read(_SCANNED_BYTES)
        if len(block) < HEADER_BYTES:
            break
        for found in _HEADER.finditer(block):
            start, header = position + found.start(), _header(found[0])
            if header is not None and _is_in_a_row(stream, start, header, size):
                return start, header
        position += len(block) - HEADER_BYTES + 1
    return size, None


def _is_in_a_row(stream: BinaryIO, start: int, header: _Header, size: int) -> bool:
    for _ in range(_IN_A_ROW - 1):
        start += header.bytes
        if start >= size:
            return True
        stream.seek(start)
        follower = _header(stream.read(HEADER_BYTES))
        if follower is None or follower.kind != header.kind:
            return False
        header = follower
    return True


def _tag(stream: BinaryIO, start: int, header: _Header) -> tuple[int, int] | None:
    """How many frames a Xing, Info or VBRI tag promises, and how many samples the encoder added; None where it does not say."""
    stream.seek(start)
    data = stream.read(min(_TAG_BYTES, header.bytes))
    if data[36:40] == b"VBRI" and len(data) >= 54:
        return int.from_bytes(data[50:54], "big"), 0
    for before in (HEADER_BYTES, HEADER_BYTES + 2):  # the second: with a checksum
        tag = data[before + header.side_bytes :]
        if tag[:4] in (b"Xing", b"Info") and len(tag) >= 12:
            flags = int.from_bytes(tag[4:8], "big")
            if not flags & 1:
                return None
            lame = tag[8 + sum(n for bit, n in enumerate((4, 4, 100, 4)) if flags >> bit & 1) :]
            added = int.from_bytes(lame[21:24], "big") if len(lame) >= 24 and lame[0] else 0
            return int.from_bytes(tag[8:12], "big"), (added >> 12) + (added & 0xFFF)
    return None
