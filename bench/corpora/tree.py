"""Trees: which recordings lie below a folder, and what to say of a folder that is not the expected one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.base.error import RequestError

AUDIO_ENDINGS = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3", ".aif", ".aiff", ".m4a"})
SHOWN = 5


def check_folder(folder: Path, expected: str) -> None:
    """Make sure that a folder is there.

    Parameters
    ----------
    folder : Path
    expected : str
        What it should be, as a phrase: "the folder IEMOCAP_full_release with Session1 to Session5".

    Raises
    ------
    RequestError
        If it is missing or a file.
    """
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise RequestError(f"{str(folder)!r} {what}. Expected is {expected}. Unpack the archive and give its place.")


def wrong_folder(folder: Path, expected: str) -> RequestError:
    """The error for a folder that holds something else: what is there, what was expected, what to do.

    Parameters
    ----------
    folder : Path
    expected : str
        As in ``check_folder``.
    """
    names = sorted(path.name + ("/" if path.is_dir() else "") for path in folder.iterdir() if not path.name.startswith("."))
    found = _some(names) if names else "nothing"
    return RequestError(f"{str(folder)!r} holds {found}. Expected is {expected}. Give that folder.")


def audio_files(folder: Path, expected: str = "a folder of recordings") -> list[Path]:
    """Files below a folder that are called like audio, sorted by path; links are followed, hidden names are not.

    Raises
    ------
    RequestError
        If the folder is missing or holds none.
    """
    check_folder(folder, expected)
    found = find_audio(folder)
    if not found:
        raise RequestError(
            f"{str(folder)!r} holds no audio. Expected are files that end in {', '.join(sorted(AUDIO_ENDINGS))}, in it or in "
            f"folders below: {expected}. Give the folder where the recordings lie."
        )
    return found


def find_audio(folder: Path) -> list[Path]:
    """As ``audio_files``, but nothing is expected: the list is empty where there is none."""
    return sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())


def _walk(folder: Path) -> Iterator[Path]:
    seen = set()
    for place, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:  # a link back up would go round for ever
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        for name in names:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in AUDIO_ENDINGS:
                yield Path(place, name)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
