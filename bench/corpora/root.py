"""Roots: the folder that the paths of a manifest must stay in."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath


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
