"""The look: a corpus read, and each of its recordings decoded once, before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.base.error import RequestError
from bench.base.spelling import split_outside
from bench.corpora.corpus import Corpus
from bench.decoders.facts import ClipFacts, FactStore
from bench.features.extraction import extract
from bench.features.store import FeatureStore
from bench.runs.progress import Progress, Watch
from bench.runs.source import read_corpus
from bench.runs.study import processes


@dataclass(frozen=True)
class Look:
    """A corpus as its reader gave it, and the facts about every clip's audio by the clip's id."""

    corpus: Corpus
    facts: Mapping[str, ClipFacts]


def look(spelled: str, folder: Path | None, cache: Path, jobs: int | None, progress: Progress) -> Look:
    """Read a corpus and survey its recordings; those that cannot be used have facts that say why.

    Parameters
    ----------
    spelled : str
        As in `bench.runs.source.read_corpus`.
    folder : Path or None
        Where it lies; None for one that makes itself.
    cache : Path
        Where facts are kept, so that no recording is decoded again.
    jobs : int or None
        Processes; None for one a core.
    progress : Progress
        Something that watches.

    Raises
    ------
    RequestError
        If the corpus cannot be read, or ``jobs`` is no number of processes.
    BenchError
        If the cache cannot be written.
    """
    n_processes = processes(jobs)
    corpus = read_corpus(spelled, folder, cache)
    store, facts = FeatureStore(cache / "features"), FactStore(cache)
    found = extract(corpus.clips, (), store, facts, jobs=n_processes, progress=Watch(progress))
    return Look(corpus, found.facts)


def corpus_place(text: str) -> tuple[str, Path | None]:
    """A corpus and its folder, from ``NAME=PATH``, or ``NAME`` for one that makes itself.

    Raises
    ------
    RequestError
        If the name or the path is empty.

    Examples
    --------
    >>> corpus_place("ravdess[channel=both]=/data/ravdess")
    ('ravdess[channel=both]', PosixPath('/data/ravdess'))
    >>> corpus_place("synthetic")
    ('synthetic', None)
    """
    name, *path = split_outside(text, "=")
    if not name or path == [""]:
        raise RequestError(f"The corpus is given as {text!r}. Expected is NAME=PATH, as in ravdess=/data/ravdess. Correct it.")
    return name, Path("=".join(path)).expanduser() if path else None
