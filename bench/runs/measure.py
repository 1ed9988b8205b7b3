"""The measure: one feature set on every clip of a corpus, as a table; for looking, in a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from bench.base.error import BenchError, RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import Corpus
from bench.decoders.facts import FactStore
from bench.decoders.survey import exclude
from bench.features.extraction import extract
from bench.features.feature_set import FEATURE_SETS
from bench.features.store import FeatureStore
from bench.features.table import FeatureTable
from bench.runs.progress import Progress, Quiet, Watch
from bench.runs.study import processes


def features_of(
    corpus: Corpus,
    features: str,
    *,
    cache: Path | str = "features_cache",
    jobs: int | None = None,
    progress: Progress | None = None,
) -> FeatureTable:
    """Extract a feature set from a corpus; what is in the cache is read from it.

    Parameters
    ----------
    corpus : Corpus
        As ``bench.read_corpus`` gives it, or a part of it.
    features : str
        As spelled: ``timing``, ``egemaps[level=-26]``, ``untrained[size=small]@2`` for one layer, or ``...@all`` for all.
    cache : Path or str
        Folder of the stored features.
    jobs : int or None
        Parallel processes; None for one a core.
    progress : Progress or None
        Something that watches.

    Returns
    -------
    FeatureTable
        A row for each clip that can be used, in the order of the corpus; recordings that cannot be decoded and those whose
        samples contradict another clip are left out, so ask ``clip_ids``. Values have the shape (n_clips, n_columns), or
        (n_clips, n_layers, n_columns) for all layers.

    Raises
    ------
    RequestError
        If there is no such feature set or layer.
    BenchError
        If it fails, or the cache cannot be written.
    """
    spelling = parse(features)
    feature_set = FEATURE_SETS.make(spelling)
    layer = _layer(str(feature_set), spelling.layer, feature_set.layers)
    store = FeatureStore(Path(cache) / "features")
    watch = Watch(progress or Quiet())
    found = extract(corpus.clips, (feature_set,), store, FactStore(Path(cache)), jobs=processes(jobs), progress=watch)
    failure = found.failure_of(feature_set)
    if failure:
        raise BenchError(failure)
    return store.table(feature_set, [clip.id for clip in exclude(corpus, found.facts).clips], found.keys_of(feature_set), layer)


def _layer(name: str, asked: str, layers: tuple[int, ...] | None) -> int | Literal["all"] | None:
    if layers is None and not asked:
        return None
    if layers is not None and asked == "all":
        return "all"
    if layers is not None and asked in map(str, layers):
        return int(asked)
    if layers is None:
        raise RequestError(f"{name} has no layers, so '@{asked}' cannot be. Write {name!r}.")
    raise RequestError(
        f"{name} has the layers {layers[0]} to {layers[-1]}, and {f'@{asked}' if asked else 'none'} was asked for. "
        f"Write one of them, or all: '{name}@all'."
    )
