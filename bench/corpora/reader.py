"""The door for corpora: a reader turns a folder into a ``Corpus``."""

from __future__ import annotations

from pathlib import Path

from bench.base.plugin import Plugin
from bench.base.registry import Registry
from bench.corpora.corpus import Corpus


class CorpusReader(Plugin):
    """Reads one corpus from its folder."""

    @property
    def makes_itself(self) -> bool:
        """Whether it makes or fetches its recordings, so that nobody needs to name a folder."""
        return False

    def unpack(self, folder: Path | None, place: Path) -> Path:
        """Make, fetch or unpack recordings, where they do not lie ready in a folder.

        Parameters
        ----------
        folder : Path or None
            Where the user says the corpus lies; None for one that makes itself.
        place : Path
            A folder in the cache, this reader's own, that may be filled; it may not be there yet.

        Returns
        -------
        Path
            What ``read`` is to be given; as it stands here, the user's folder, or the place.
        """
        return place if folder is None else folder

    def read(self, folder: Path) -> Corpus:
        """Read the corpus.

        Parameters
        ----------
        folder : Path
            What ``unpack`` gave: as a rule, where the user says the corpus lies.

        Returns
        -------
        Corpus

        Raises
        ------
        RequestError
            If the folder is missing, holds no audio, or its label files have mistakes; all are listed at once.
        """
        raise NotImplementedError


READERS = Registry(CorpusReader, "bench.corpora", "corpus")
