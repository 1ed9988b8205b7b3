"""A shelf: the folder of one feature identity, with its parts.

A part is never changed: it appears whole, and goes only once its rows stand in a bigger one. So any number of processes may
read and write at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import pyarrow as pa

from bench.base.error import BenchError
from bench.features.part import read_part, write_part

T = TypeVar("T")
PROBE = "probe-"
LOCK = ".merging"
PART_BYTES = 64 << 20


class Cost(NamedTuple):
    """What a stored feature set cost: extraction seconds, minutes of audio they were spent on, megabytes on disk."""

    seconds: float
    audio_minutes: float
    megabytes: float


def parts_in(shelf: Path) -> list[Path]:
    """The parts of a shelf, sorted; none where there is no folder."""
    return sorted(path for path in shelf.glob("[!.]*.parquet") if not path.name.startswith(PROBE))


def probes_in(shelf: Path) -> list[Path]:
    """The stored probes; several where several processes began at once."""
    return sorted(shelf.glob(f"{PROBE}*.parquet"))


def steadily(read: Callable[[], T]) -> T:
    """Read again where a part was merged away between listing and reading."""
    for _ in range(20):
        try:
            return read()
        except FileNotFoundError:
            continue
    return read()


def cost_of(shelf: Path) -> Cost:
    """What the features on a shelf have cost, each clip counted once."""

    def add_up() -> Cost:
        rows: dict[str, tuple[float, float]] = {}
        size = 0
        for path in parts_in(shelf):
            part = read_part(path, ["key", "seconds", "duration_s"])
            keys, seconds, durations = (part[name].to_pylist() for name in ("key", "seconds", "duration_s"))
            rows.update(zip(keys, zip(seconds, durations, strict=True), strict=True))
            size += path.stat().st_size
        return Cost(sum(s for s, _ in rows.values()), sum(d for _, d in rows.values()) / 60, size / 1e6)

    return steadily(add_up)


def merge_parts(shelf: Path) -> int:
    """Put the parts that are smaller than 32 MB into parts of about 64 MB; gives how many were merged.

    A lock keeps two processes from merging at once. Writers and readers need none: a part is only taken away when its rows
    stand in another, and a reader that misses it looks again.
    """
    if len(parts_in(shelf)) < 2:
        return 0
    with _sole(shelf) as granted:
        small = [(path, path.stat().st_size) for path in parts_in(shelf)] if granted else []
        return sum(_merge(shelf, group) for group in _groups([one for one in small if one[1] < PART_BYTES // 2]))


def _groups(parts: Sequence[tuple[Path, int]]) -> list[list[Path]]:
    groups: list[list[Path]] = []
    room = 0
    for path, size in parts:
        if size > room:
            groups.append([])
            room = PART_BYTES
        groups[-1].append(path)
        room -= size
    return groups


def _merge(shelf: Path, paths: Sequence[Path]) -> int:
    if len(paths) < 2:
        return 0
    try:
        whole = pa.concat_tables([read_part(path) for path in paths])
        first = {key: index for index, key in reversed(list(enumerate(whole["key"].to_pylist())))}
        merged = write_part(shelf, whole.take(sorted(first.values())))
    except (FileNotFoundError, BenchError):  # merging is no duty: whoever needs a damaged part or a full disk says so
        return 0
    for path in paths:
        if path != merged:
            path.unlink(missing_ok=True)
    return len(paths)


@contextlib.contextmanager
def _sole(shelf: Path) -> Iterator[bool]:
    """Whether this process alone may merge; False where another does, or the folder cannot be written or locked."""
    with contextlib.ExitStack() as stack:
        try:
            handle = os.open(shelf / LOCK, os.O_CREAT | os.O_RDWR, 0o666)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            granted = False
        else:
            granted = True
        yield granted
