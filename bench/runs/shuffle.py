"""Shuffled labels: the same corpus with nothing left to be learnt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from bench.base.identity import digest
from bench.corpora.corpus import Clip, Corpus, Form
from bench.metrics.permutation import permutations


def permuted(corpus: Corpus, target: str, seed: int | None, form: Form = "score") -> Corpus:
    """The corpus with the labels of a target permuted within each speaker, all else as it is.

    Speakers whose clips all have one label (in the level form: one level) exchange their labels, whole. Where nobody knows
    who speaks, labels are permuted within each of the publisher's parts. The variants of the label go with it.

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
    asked = corpus.target(target)
    labels = [str(asked.level(label) if form == "level" else label) for label in (clip.labels[target] for clip in own)]
    codes = [np.unique(names, return_inverse=True)[1] for names in (whose, labels)]
    (order,) = permutations(codes[0], codes[1], 1, int(digest([seed, target]), 16) % 2**63)
    names = {target, *(other.name for other in corpus.targets if other.variant_of == target)}
    giver_of = {clip.id: own[giver] for clip, giver in zip(own, order.tolist(), strict=True)}
    clips = (_labelled(clip, giver_of[clip.id], names) if clip.id in giver_of else clip for clip in corpus.clips)
    return replace(corpus, clips=tuple(clips))


def _labelled(clip: Clip, giver: Clip, names: Collection[str]) -> Clip:
    """The clip with another one's labels of these targets."""
    kept = {name: label for name, label in clip.labels.items() if name not in names}
    return replace(clip, labels={**kept, **{name: label for name, label in giver.labels.items() if name in names}})
