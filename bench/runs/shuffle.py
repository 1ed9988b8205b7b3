"""Shuffled labels: the same corpus with nothing left to be learnt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.base.identity import digest
from bench.corpora.corpus import Corpus
from bench.metrics.permutation import permutations


def permuted(corpus: Corpus, target: str, seed: int | None) -> Corpus:
    """The corpus with the labels of a target permuted within each speaker, all else as it is.

    Speakers whose clips all have one label exchange their labels, whole. Where nobody knows who speaks, labels are permuted
    within each of the publisher's parts.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bench.corpora.corpus import Clip, Target
    >>> kss = Target("kss", "measured", "", scale=(1, 9))
    >>> clips = tuple(Clip(str(n), "a", Path(f"{n}.wav"), {"kss": float(n)}) for n in range(1, 9))
    >>> shuffled = permuted(Corpus("c", "1", (kss,), clips), "kss", seed=0)
    >>> sorted(c.labels["kss"] for c in shuffled.clips) == [float(n) for n in range(1, 9)]
    True
    >>> [c.labels["kss"] for c in shuffled.clips] == [float(n) for n in range(1, 9)]
    False
    """
    own = [clip for clip in corpus.clips if target in clip.labels]
    if seed is None or not own:
        return corpus
    whose = [clip.speaker or clip.split or "" for clip in own]
    labels = [str(clip.labels[target]) for clip in own]
    codes = [np.unique(names, return_inverse=True)[1] for names in (whose, labels)]
    (order,) = permutations(codes[0], codes[1], 1, int(digest([seed, target]), 16) % 2**63)
    given = {clip.id: own[giver].labels[target] for clip, giver in zip(own, order.tolist(), strict=True)}
    clips = (replace(c, labels={**c.labels, target: given[c.id]}) if c.id in given else c for c in corpus.clips)
    return replace(corpus, clips=tuple(clips))
