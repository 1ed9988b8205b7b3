"""Files that are there whole or not at all: written beside their place, synced, renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from pathlib import Path

from bench.base.error import BenchError

TEMPORARY = ".writing-"

_ADVICE = {
    errno.ENOSPC: "The disk is full. Make room, or give another place, and run again: what is finished is kept.",
    errno.EDQUOT: "The quota is used up. Make room, or give another place, and run again: what is finished is kept.",
    errno.EROFS: "The file system is read-only. Give another place, or mount it for writing.",
    errno.EACCES: "You may not write there. Give another place, or change its permissions.",
    errno.EPERM: "You may not write there. Give another place, or change its permissions.",
}


class Unwritable(BenchError):
    """A place on disk cannot be written: full, read-only, or not permitted."""


def unwritable(error: OSError, path: Path) -> Unwritable:
    """Make the sentence for a place that cannot be written.

    Examples
    --------
    >>> print(unwritable(OSError(28, "No space left on device"), Path("cache")))
    'cache' cannot be written. The disk is full. Make room, or give another place, and run again: what is finished is kept.
    """
    reason = error.strerror or str(error)
    return Unwritable(f"{str(path)!r} cannot be written. {_ADVICE.get(error.errno or 0, f'{reason}. Give another place.')}")


def make_folder(path: Path) -> None:
    """Make a folder and those above it.

    Raises
    ------
    Unwritable
        If it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(error, path) from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file such that no reader, and no crash, ever meets a part of it.

    Parameters
    ----------
    path : Path
        In a folder that exists. What is there already is replaced.
    data : bytes

    Raises
    ------
    Unwritable
        If the disk is full or the place cannot be written; nothing is left behind.
    """
    temporary = path.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    try:
        with temporary.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        if isinstance(error, OSError):
            raise unwritable(error, path.parent) from error
        raise


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last over a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
