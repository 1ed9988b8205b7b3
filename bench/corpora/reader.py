"""The door for corpora: a reader turns a folder into a ``Corpus``."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from bench.base.plugin import Plugin
from bench.base.registry import Registry
from bench.corpora.corpus import Corpus


class CorpusReader(Plugin):
    """Reads one corpus from its folder.

    Attributes
    ----------
    makes_itself : bool
        Whether it makes its recordings (``folder`` is then a place in the cache that it may fill) instead of reading a
        folder that the user names.
    """

    makes_itself: ClassVar[bool] = False

    def read(self, folder: Path) -> Corpus:
        """Read the corpus.

        Parameters
        ----------
        folder : Path
            Where the user says it lies.

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
