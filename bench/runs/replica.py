"""Replicas: copies of a corpus's folder in which a promise of its reader can be tried.

Recordings are stood in for by files of the same size that hold nothing but zeros (and take no room); so a reader that looks
into them reads another corpus. Label files are copied, and what is neither is linked.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.corpora.tree import AUDIO_ENDINGS

OUTSIDE = "outside"
LARGEST_LABELS = 64 << 20  # bytes; a larger file that was opened is linked


@dataclass(frozen=True)
class Folder:
    """What a reader was given, and what it made of it.

    Attributes
    ----------
    root : Path
        The folder, or the file in it that the reader takes.
    opened : tuple of Path
        Files that the reader opened: its label files.
    recordings : tuple of Path
        Those of its clips.
    """

    root: Path
    opened: tuple[Path, ...]
    recordings: tuple[Path, ...]

    @property
    def top(self) -> Path:
        """The folder itself."""
        return self.root if self.root.is_dir() else self.root.parent

    def files(self) -> Iterator[Path]:
        """What belongs to it: all that lies in it, or, where the root is a file, what the reader named."""
        if self.root.is_dir():
            seen = set()
            for place, folders, names in os.walk(self.root, followlinks=True):
                real = os.path.realpath(place)
                if real in seen:  # a link back up would go round for ever
                    folders.clear()
                    continue
                seen.add(real)
                yield from (Path(place, name) for name in names)
        else:
            mentioned = dict.fromkeys((self.root, *self.opened, *self.recordings))
            yield from (path for path in mentioned if path.is_relative_to(self.top) and path.is_file())


def replicate(folder: Folder, place: Path) -> Path:
    """Make a replica.

    Parameters
    ----------
    folder : Folder
    place : Path
        Where it is made; must not exist.

    Returns
    -------
    Path
        What the reader is to be given.
    """
    opened = set(folder.opened)
    place.mkdir(parents=True)
    for path in folder.files():
        copy = place / path.relative_to(folder.top)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() in AUDIO_ENDINGS:
            _blank(copy, path.stat().st_size if path.exists() else 0)
        elif path in opened and path.stat().st_size <= LARGEST_LABELS:
            shutil.copyfile(path, copy)
        else:
            copy.symlink_to(os.path.realpath(path))  # Path.resolve raises at a link that leads to itself
    return place / folder.root.relative_to(folder.top)


def _blank(path: Path, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


@dataclass(frozen=True)
class Escape:
    """A replica in which one recording is named, or linked, out of the folder.

    Attributes
    ----------
    root : Path
        What the reader is to be given.
    top : Path
        The folder that it must stay in.
    recording : Path
        Where the recording lay.
    written : str
        What stands in the label file, or where the link leads.
    """

    root: Path
    top: Path
    recording: Path
    written: str


def escape_by_name(folder: Folder, place: Path) -> Escape | None:
    """A replica whose label file names a recording outside; None where no label file that is text names one."""
    found = _mentioned(folder)
    if found is None:
        return None
    label_file, recording, name = found
    depth = max(len(path.relative_to(folder.top).parts) for path in (label_file, recording))
    top = place.joinpath(*(f"level{n}" for n in range(depth)), "copy")
    root = replicate(folder, top)
    for above in list(top.parents)[:depth]:  # wherever the path starts from, there is a recording at its end
        _blank(above / OUTSIDE / (recording.name if name.endswith(recording.suffix) else name), 4096)
    written = "../" * depth + f"{OUTSIDE}/{name.rsplit('/', 1)[-1]}"
    copy = top / label_file.relative_to(folder.top)
    copy.write_bytes(copy.read_bytes().replace(name.encode(), written.encode()))
    return Escape(root, top, top / recording.relative_to(folder.top), written)


def escape_by_link(folder: Folder, place: Path) -> Escape | None:
    """A replica in which a recording that a label file names is a link out of it; None where none names one."""
    found = _mentioned(folder)
    if found is None:
        return None
    recording = found[1]
    top = place / "copy"
    root = replicate(folder, top)
    outside = place / OUTSIDE / recording.name
    _blank(outside, 4096)
    link = top / recording.relative_to(folder.top)
    link.unlink()
    link.symlink_to(outside)
    return Escape(root, top, link, str(outside))


def _mentioned(folder: Folder) -> tuple[Path, Path, str] | None:
    """A label file, a recording that it names, and how it does: by its path (from the file or the folder), or its file name."""
    texts = [(path, path.read_bytes()) for path in folder.opened if _may_name(path, folder)]
    for recording in _few(folder.recordings, folder.top):
        for path, text in texts:
            names = [recording.name, recording.relative_to(folder.top).as_posix()]
            if recording.is_relative_to(path.parent):
                names.append(recording.relative_to(path.parent).as_posix())
            named = [name for name in names if name.encode() in text]
            if named:
                return path, recording, max(named, key=len)
    return None


def _may_name(path: Path, folder: Folder) -> bool:
    if not path.is_relative_to(folder.top) or path.suffix.lower() in AUDIO_ENDINGS or not path.is_file():
        return False
    return path.stat().st_size <= LARGEST_LABELS and b"\0" not in path.read_bytes()


def _few(recordings: Sequence[Path], top: Path) -> list[Path]:
    """Recordings to look for: the first, one in the middle, and the last that lie in the folder."""
    inside = [path for path in recordings if path.is_relative_to(top) and path.is_file()]
    return [inside[at] for at in sorted({0, len(inside) // 2, len(inside) - 1})] if inside else []
