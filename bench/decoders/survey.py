"""The survey: which clips of a corpus can be used, given the facts about their audio."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bench.corpora.corpus import Clip, Corpus, Exclusion
from bench.decoders.facts import ClipFacts


def exclude(corpus: Corpus, facts: Mapping[str, ClipFacts]) -> Corpus:
    """Leave out the clips that cannot be used, with their reasons.

    Recordings with problems go. Of clips with the same decoded samples, the same speaker and the same labels, the first by
    path stays and the others go. Where the speakers or the labels differ, nobody can know which is right, and all go.

    Parameters
    ----------
    corpus : Corpus
    facts : mapping of str to ClipFacts
        By clip id; every clip must have them.

    Returns
    -------
    Corpus
        Clips in the same order; ``excluded`` has grown by those that went.
    """
    reasons = {clip.id: f"the recording cannot be used: {fact}" for clip in corpus.clips if (fact := facts[clip.id].problem)}
    same: dict[str, list[Clip]] = defaultdict(list)
    for clip in corpus.clips:
        if clip.id not in reasons:
            same[facts[clip.id].sample_hash].append(clip)
    for group in same.values():
        reasons.update(_duplicates(group))
    new = tuple(Exclusion(clip.id, reasons[clip.id]) for clip in corpus.clips if clip.id in reasons)
    kept = tuple(clip for clip in corpus.clips if clip.id not in reasons)
    return replace(corpus, clips=kept, excluded=corpus.excluded + new)


def _duplicates(group: Sequence[Clip]) -> Iterator[tuple[str, str]]:
    first, *others = sorted(group, key=lambda clip: (clip.path.as_posix(), clip.start_s or 0.0, clip.id))
    for what, values in (("speakers", [c.speaker for c in group]), ("labels", [dict(c.labels) for c in group])):
        if any(value != values[0] for value in values):
            names = ", ".join(repr(clip.id) for clip in (first, *others)[:5])
            yield from ((c.id, f"the same samples stand with different {what} in {names}") for c in group)
            return
    yield from ((clip.id, f"the same samples, speaker and labels as {first.id!r}, which is kept") for clip in others)
