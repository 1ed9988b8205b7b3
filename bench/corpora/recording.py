"""Recordings by name: where the file lies that a label file of another machine names."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from bench.base.error import RequestError
from bench.corpora.root import Root
from bench.corpora.tree import AUDIO_ENDINGS, find_audio


class Recordings:
    """The recordings below a folder, found by file name.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    RequestError
        If some of them lead out of the folder by a link.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = find_audio(folder)
        root = Root(folder)
        outside = [path for path in self.paths if root.problem(path.relative_to(folder).as_posix())]
        if outside:
            raise RequestError(
                f"Recordings below {str(folder)!r} are links that lead out of it: {len(outside)}, the first is "
                f"{outside[0].relative_to(folder).as_posix()!r}. Expected are recordings inside. Move them there, or give the "
                "folder where all of them lie."
            )
        self._named: dict[str, list[Path]] = {}
        for path in self.paths:
            for name in {path.name.casefold(), path.stem.casefold()}:
                self._named.setdefault(name, []).append(path)

    def find(self, name: str) -> list[Path]:
        """The recordings that a name may mean: none, the one, or several where folders do not tell them apart.

        Parameters
        ----------
        name : str
            A path on any machine, with or without an audio ending; only the end of it needs to be right, in any case.
        """
        parts = PurePosixPath(name.replace("\\", "/").casefold()).parts
        found = self._named.get(parts[-1], []) if parts else []
        for length in range(2, len(parts) + 1):
            if len(found) < 2:
                break
            closer = [path for path in found if _tail(path, length - 1) == parts[-length:-1]]
            found = closer or found
        return found


def base_name(name: str) -> str:
    """The file name at the end of a path of any machine, with ``.wav`` where it has no ending of audio.

    Examples
    --------
    >>> base_name(r"C:\\data\\train_0001.wav"), base_name("wav/train_0001")
    ('train_0001.wav', 'train_0001.wav')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    return last if PurePosixPath(last).suffix.lower() in AUDIO_ENDINGS else f"{last}.wav"


def without_ending(path: str) -> str:
    """The path without its ending, where that is one of audio.

    Examples
    --------
    >>> without_ending("wav/a.b.wav"), without_ending("wav/a.b")
    ('wav/a.b', 'wav/a.b')
    """
    ending = PurePosixPath(path).suffix
    return path[: -len(ending)] if ending.lower() in AUDIO_ENDINGS else path


def _tail(path: Path, length: int) -> tuple[str, ...]:
    """The last folders of a path."""
    return tuple(part.casefold() for part in path.parent.parts[-length:])
