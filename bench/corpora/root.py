"""Roots: the folder that the paths of a manifest must stay in."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

MOST_NAME_BYTES, MOST_PATH_BYTES = 255, 4095  # of a file system of Linux; a longer one cannot even be looked for
SHOWN_CHARS = 60


class Root:
    """The folder that paths must stay in, links followed.

    Parameters
    ----------
    folder : Path

    Examples
    --------
    >>> Root(Path("clips")).problem("../other.wav")
    "the path '../other.wav' has '..'; recordings lie in the manifest's folder or below"
    >>> Root(Path("clips")).problem("one.wav") is None
    True
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._real = os.path.realpath(folder)
        self._inside: dict[str, bool] = {}

    def problem(self, text: str) -> str | None:
        """Why a path of the manifest does not serve, as a phrase."""
        if not text:
            return "the path is empty"
        if "\0" in text:
            return f"the path {text!r} holds a NUL character"
        if "\\" in text:
            return f"the path {text!r} has backslashes; write it with '/'"
        if text.startswith("/") or PureWindowsPath(text).drive:
            return f"the path {text!r} is absolute; give it relative to the manifest"
        if too_long := _too_long(os.path.join(self.folder, text)):
            return f"the path {text[:SHOWN_CHARS]!r}... {too_long}"
        if ".." in PurePosixPath(text).parts:
            return f"the path {text!r} has '..'; recordings lie in the manifest's folder or below"
        if not self._stays(text):
            return f"the path {text!r} is a link that leads out of the manifest's folder"
        return None

    def _stays(self, text: str) -> bool:
        path = os.path.join(self.folder, text)
        place = os.path.dirname(path)
        if place not in self._inside:
            self._inside[place] = self._holds(place)
        return self._inside[place] and (not os.path.islink(path) or self._holds(path))

    def _holds(self, path: str) -> bool:
        return os.path.commonpath([self._real, os.path.realpath(path)]) == self._real


def _too_long(path: str) -> str:
    """What is wrong with a path that no file of any name could have, or ""."""
    try:
        names = [len(os.fsencode(name)) for name in PurePosixPath(path).parts]
    except UnicodeEncodeError:
        return "holds characters that are no text"
    if max(names) > MOST_NAME_BYTES or sum(names) + len(names) > MOST_PATH_BYTES:
        return f"has {sum(names):,} bytes, {max(names):,} of them in one name; no file has more than {MOST_NAME_BYTES} in one"
    return ""
