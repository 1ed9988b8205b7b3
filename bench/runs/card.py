"""The card of a corpus: what lies there, who speaks, what the labels are, and what is wrong with the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.corpora.corpus import Clip, Corpus, Target
from bench.decoders.decoder import NO_FILE
from bench.decoders.facts import ClipFacts
from bench.decoders.survey import exclude
from bench.runs.portion import Numbers, Part, part_of
from bench.runs.record import BADGES
from bench.runs.sound import Sound, sound_of


@dataclass(frozen=True)
class Division:
    """How clips divide over the values of something, such as sex, session, text or split.

    Attributes
    ----------
    what : str
    parts : tuple of Part
        By name.
    n_without : int
        Clips of which it is not known.
    of_speakers : bool
        Whether no speaker stands in two parts.
    """

    what: str
    parts: tuple[Part, ...]
    n_without: int
    of_speakers: bool


@dataclass(frozen=True)
class Speaker:
    """Who speaks, in how many clips, for how many seconds (None where there is no sound)."""

    name: str
    n_clips: int
    seconds: float | None


@dataclass(frozen=True)
class Labels:
    """The labels of one target.

    Attributes
    ----------
    target : Target
    badge : str
        What the labels are, in a word or two; "" where they are measured.
    n_clips : int
        Clips with a label.
    levels : tuple of Part
        In the order of the target, also those that no clip has; empty where it has scores only.
    scores : Numbers or None
        None where it has levels only, or no clip has a label.
    variants : tuple of str
        Other targets that read the same labels in another way.
    """

    target: Target
    badge: str
    n_clips: int
    levels: tuple[Part, ...]
    scores: Numbers | None
    variants: tuple[str, ...]


@dataclass(frozen=True)
class Measure:
    """A measure of how sure the labels are, over the clips that have it."""

    name: str
    numbers: Numbers


@dataclass(frozen=True)
class Listed:
    """Clips, or files, that share a reason."""

    reason: str
    clip_ids: tuple[str, ...]


@dataclass(frozen=True)
class Same:
    """Clips with the same samples, and whether the first of them is kept (else all are left out)."""

    clip_ids: tuple[str, ...]
    first_kept: bool


@dataclass(frozen=True)
class CorpusCard:
    """What is known of a corpus before anything is trained.

    Attributes
    ----------
    corpus : Corpus
        With the clips that can be used; where no recording is there at all, with every clip of the label files.
    n_read : int
        Clips that the reader gave.
    labels : tuple of Labels
        The targets that are no variants of another.
    confidence : tuple of Measure
    speakers : tuple of Speaker
        By name; empty where nobody knows.
    divisions : tuple of Division
        Traits first, then session, text and split; those that are not known are left out.
    sound : Sound or None
        None where no clip has sound that can be used.
    missing : tuple of str
        Clips whose recording is not there.
    broken : tuple of Listed
        Clips whose recording cannot be used, by reason, the commonest first.
    same : tuple of Same
    left_out : tuple of Listed
        What the reader itself excluded.
    """

    corpus: Corpus
    n_read: int
    labels: tuple[Labels, ...]
    confidence: tuple[Measure, ...]
    speakers: tuple[Speaker, ...]
    divisions: tuple[Division, ...]
    sound: Sound | None
    missing: tuple[str, ...]
    broken: tuple[Listed, ...]
    same: tuple[Same, ...]
    left_out: tuple[Listed, ...]

    @property
    def labels_alone(self) -> bool:
        """Whether not one recording is there, so that the card is of the label files."""
        return self.n_read > 0 and len(self.missing) == self.n_read


def make_card(corpus: Corpus, facts: Mapping[str, ClipFacts]) -> CorpusCard:
    """Describe a corpus.

    Parameters
    ----------
    corpus : Corpus
        As its reader gave it.
    facts : mapping of str to ClipFacts
        By clip id; every clip must have them.

    Returns
    -------
    CorpusCard
    """
    missing = tuple(clip.id for clip in corpus.clips if facts[clip.id].problem == NO_FILE)
    alone = len(missing) == len(corpus.clips)
    usable = corpus if alone else exclude(corpus, facts)
    return CorpusCard(
        corpus=usable,
        n_read=len(corpus.clips),
        labels=tuple(_labels(target, usable) for target in corpus.targets if not target.variant_of),
        confidence=_confidence(usable.clips),
        speakers=_speakers(usable.clips, None if alone else facts),
        divisions=_divisions(usable),
        sound=None if alone or not usable.clips else sound_of(usable.clips, facts),
        missing=missing,
        broken=_listed((clip.id, said) for clip in corpus.clips if (said := facts[clip.id].problem) and said != NO_FILE),
        same=_same(corpus, usable, facts),
        left_out=_listed((one.clip_id, one.reason) for one in corpus.excluded),
    )


def _labels(target: Target, corpus: Corpus) -> Labels:
    own = [(clip, clip.labels[target.name]) for clip in corpus.clips if target.name in clip.labels]
    levels = [
        part_of(name, [clip for clip, label in own if target.level(label) == place]) for place, name in enumerate(target.levels)
    ]
    scores = [float(label) for _, label in own] if target.scale else []
    variants = tuple(other.name for other in corpus.targets if other.variant_of == target.name)
    return Labels(target, BADGES[target.kind], len(own), tuple(levels), Numbers.of(scores) if scores else None, variants)


def _confidence(clips: Sequence[Clip]) -> tuple[Measure, ...]:
    values: dict[str, list[float]] = defaultdict(list)
    for clip in clips:
        for name, value in clip.confidence.items():
            values[name].append(value)
    return tuple(Measure(name, Numbers.of(found)) for name, found in values.items())


def _speakers(clips: Sequence[Clip], facts: Mapping[str, ClipFacts] | None) -> tuple[Speaker, ...]:
    own: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        if clip.speaker:
            own[clip.speaker].append(clip)
    return tuple(
        Speaker(name, len(own[name]), None if facts is None else sum(facts[clip.id].duration_s for clip in own[name]))
        for name in sorted(own)
    )


def _divisions(corpus: Corpus) -> tuple[Division, ...]:
    clips = corpus.clips
    targets = {target.name for target in corpus.targets}  # these stand among the labels
    traits = dict.fromkeys(name for clip in clips for name in clip.traits if name not in targets)
    values = {name: [clip.traits.get(name) for clip in clips] for name in traits}
    values |= {what: [getattr(clip, what) for clip in clips] for what in ("session", "text", "split")}
    return tuple(_division(what, clips, found) for what, found in values.items() if any(found))


def _division(what: str, clips: Sequence[Clip], values: Sequence[str | None]) -> Division:
    own: dict[str, list[Clip]] = defaultdict(list)
    for clip, value in zip(clips, values, strict=True):
        if value:
            own[value].append(clip)
    parts = tuple(part_of(name, own[name]) for name in sorted(own))
    n_known = sum(part.n_clips for part in parts)
    n_speakers = len({clip.speaker for found in own.values() for clip in found if clip.speaker})
    return Division(what, parts, len(clips) - n_known, 0 < n_speakers == sum(part.n_speakers for part in parts))


def _listed(reasons: Iterable[tuple[str, str]]) -> tuple[Listed, ...]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for clip_id, reason in reasons:
        by_reason[reason].append(clip_id)
    return tuple(Listed(reason, tuple(own)) for reason, own in sorted(by_reason.items(), key=lambda x: (-len(x[1]), x[0])))


def _same(corpus: Corpus, usable: Corpus, facts: Mapping[str, ClipFacts]) -> tuple[Same, ...]:
    by_hash: dict[str, list[Clip]] = defaultdict(list)
    for clip in corpus.clips:
        if facts[clip.id].problem is None:
            by_hash[facts[clip.id].sample_hash].append(clip)
    kept = {clip.id for clip in usable.clips}
    groups = [sorted(group, key=lambda clip: (clip.id not in kept, clip.id)) for group in by_hash.values() if len(group) > 1]
    found = [Same(tuple(clip.id for clip in group), group[0].id in kept) for group in groups]
    return tuple(sorted(found, key=lambda one: one.clip_ids))
