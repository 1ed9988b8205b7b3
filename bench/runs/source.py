"""Sources: a corpus by the name and place that a person gives, through whichever reader reads it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bench.base.error import RequestError, unknown_name
from bench.base.spelling import parse, split_outside
from bench.corpora.corpus import Corpus
from bench.corpora.reader import READERS, CorpusReader
from bench.corpora.yardstick import published

OWN = "folder"


def read_corpus(
    spelled: str, folder: Path | str | None = None, cache: Path | str = "features_cache", others: Iterable[str] = ()
) -> Corpus:
    """Read one corpus; nothing is decoded, so a recording may still turn out to be unusable.

    Parameters
    ----------
    spelled : str
        Of a reader, as in ``ravdess[channel=both]``; a name for a reader's corpus, as in ``young:tess``; or any name where the
        folder holds a TOML file that gives it.
    folder : Path, str or None
        Where it lies; None for one that makes or fetches itself.
    cache : Path or str
        What is made, fetched or unpacked lies in ``corpora`` below it.
    others : iterable of str
        Names of corpora that have a folder, for the sentence that says so.

    Returns
    -------
    Corpus

    Raises
    ------
    RequestError
        If it has no folder, or cannot be read.

    Examples
    --------
    >>> read_corpus("tess", None, Path("cache"))
    Traceback (most recent call last):
    bench.base.error.RequestError: The corpus 'tess' has no folder. Give it: `tess=PATH` (to a run, `--corpora tess=PATH`).
    """
    folder = None if folder is None else Path(folder)
    called, reader = reader_of(spelled, folder)
    if folder is None and not reader.makes_itself:
        known = f" Corpora with a folder: {', '.join(others)}." if others else ""
        raise RequestError(
            f"The corpus {spelled!r} has no folder.{known} Give it: `{spelled}=PATH` (to a run, `--corpora {spelled}=PATH`)."
        )
    corpus = reader.read(reader.unpack(folder, place_of(reader, Path(cache))))
    corpus = replace(corpus, yardsticks=corpus.yardsticks or published(reader.name))
    if called:
        return replace(corpus, name=called)
    if reader.name == OWN and spelled != OWN and corpus.name != spelled:
        raise RequestError(f"{str(folder)!r} calls itself {corpus.name!r}, not {spelled!r}. Write `{corpus.name}=PATH`.")
    return corpus


def place_of(reader: CorpusReader, cache: Path) -> Path:
    """The folder in the cache that a reader may fill."""
    return place_named(reader.name, reader.identity, cache)


def place_named(name: str, identity: str, cache: Path) -> Path:
    """The folder in the cache that the reader of that name and identity may fill."""
    return cache / "corpora" / f"{name}-{identity}"


def reader_of(spelled: str, folder: Path | None) -> tuple[str, CorpusReader]:
    """The name that the corpus is to have ("" for its own), and its reader; both as in `read_corpus`."""
    called, *more = split_outside(spelled, ":")
    if more:
        return parse(called).name, READERS.make(parse(":".join(more)))
    if folder is None or parse(spelled).name in READERS.names():
        return "", READERS.make(parse(spelled))
    if folder.suffix == ".toml" or any(folder.glob("*.toml")):
        return "", READERS.make(parse(OWN))
    if not folder.exists():
        close = difflib.get_close_matches(parse(spelled).name, READERS.names(), n=1)
        hint = f"Did you mean {close[0]!r}? Correct the name and the path." if close else "Correct the path."
        raise RequestError(
            f"{str(folder)!r} does not exist. Expected is the folder of the corpus {spelled!r}, or its TOML file. {hint}"
        )
    advice = f"{str(folder)!r} holds no TOML file that gives the name."
    raise unknown_name("corpus", parse(spelled).name, READERS.names(), advice)
