"""Pools: several corpora as one, for asking whether what was learnt in one holds in another.

``a:b`` is trained on a and tested on b, ``a+b:c`` on a and b and tested on c; ``a+b+c`` leaves out one corpus after the
other. Speakers, texts, sessions and clips of equal name in different corpora are different ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bench.base.error import RequestError
from bench.base.spelling import split_outside
from bench.corpora.corpus import DEVEL, Clip, Corpus, Exclusion, Target

ONE_AFTER_THE_OTHER, AS_NAMED = "corpora", "fixed"


class Mix(NamedTuple):
    """Which corpora are trained on, and which are tested (none: each in its turn)."""

    train: tuple[str, ...]
    test: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """All of them, those that are trained on first."""
        return (*self.train, *self.test)


def parse_mix(name: str) -> Mix:
    """Read the name of a corpus, or of several.

    Raises
    ------
    RequestError
        If a corpus stands twice, or the name is none.

    Examples
    --------
    >>> parse_mix("ravdess[channel=both]+tess:emodb")
    Mix(train=('ravdess[channel=both]', 'tess'), test=('emodb',))
    >>> parse_mix("ravdess").parts
    ('ravdess',)
    """
    sides = [tuple(split_outside(side, "+")) for side in split_outside(name, ":")]
    mix = Mix(sides[0], sides[1] if len(sides) > 1 else ())
    if len(sides) > 2 or not all(mix.parts):
        raise RequestError(
            f"{name!r} names no corpora. Expected is A, TRAIN:TEST, A+B:TEST or A+B+C (each left out in its turn). Correct it."
        )
    if len(set(mix.parts)) != len(mix.parts):
        raise RequestError(f"{name!r} names a corpus twice. What is tested must not be trained on. Name each once.")
    return mix


def check_meaning(corpora: Mapping[str, Corpus], target: str) -> None:
    """Make sure that a target means the same in several corpora.

    Raises
    ------
    RequestError
        If a corpus does not have it, or it is another kind of label, on another scale, or cut into other levels.
    """
    (first, known), *others = corpora.items()
    for name, corpus in ((first, known), *others):
        if target not in [own.name for own in corpus.targets]:
            there = ", ".join(f"{own.name} ({own.kind}{_scale(own)})" for own in corpus.targets if not own.variant_of)
            asked = next((c.target(target) for c in corpora.values() if target in [own.name for own in c.targets]), None)
            kind = f" a label of the kind {asked.kind}{_scale(asked)}" if asked else ""
            raise RequestError(
                f"{target!r} is{kind or ' asked for'}, and {name} has no such label: it has {there}. Across corpora, only "
                "labels that mean the same can be compared. Ask for a target that all of them have."
            )
    mine = known.target(target)
    for name, corpus in others:
        difference = _difference(mine, corpus.target(target))
        if difference:
            raise RequestError(
                f"{target!r} does not mean the same in {first} and in {name}: {difference}. Across corpora, only labels that "
                "mean the same can be compared. Ask for another target."
            )


def pool(name: str, corpora: Mapping[str, Corpus]) -> Corpus:
    """Several corpora as one; it has the targets that mean the same in all of them.

    Parameters
    ----------
    name : str
        As ``parse_mix`` reads it.
    corpora : mapping of str to Corpus
        At least its parts, by name.

    Returns
    -------
    Corpus
        Ids, speakers, sessions and texts begin with the corpus' name; each clip has the trait ``corpus``, and, where the name
        says what is tested, the split ``train`` or ``test``. Where a corpus that is trained on comes with a devel part to tune
        on (its own splitter is ``fixed``, or nobody knows who speaks), that part stays ``devel``.
    """
    mix = parse_mix(name)
    parts = {part: corpora[part] for part in mix.parts}
    for part, corpus in parts.items():
        if not corpus.clips:
            why = f", the first because {corpus.excluded[0].reason}" if corpus.excluded else ""
            raise RequestError(
                f"{part} has no clip that can be used: {len(corpus.excluded)} are excluded{why}. Across corpora, each needs "
                f"some. Look at it with `fatigue-bench card`, or leave it out of {name!r}."
            )
    first, *others = parts.values()
    shared = [target for target in first.targets if all(_has_same(other, target) for other in others)]
    names = {target.name for target in shared}
    known = all(corpus.speakers == "known" for corpus in parts.values())
    return Corpus(
        name=name,
        version="1",
        targets=tuple(shared),
        clips=tuple(
            replace(_clip(part, clip, names, known), split=_split(part, corpus, clip, mix))
            for part, corpus in parts.items()
            for clip in corpus.clips
        ),
        excluded=tuple(
            Exclusion(f"{part}:{gone.clip_id}", gone.reason) for part, corpus in parts.items() for gone in corpus.excluded
        ),
        about=_each(parts, "about"),
        licence=_each(parts, "licence"),
        citation=_each(parts, "citation"),
        published=_each(parts, "published"),
        source=_each(parts, "source"),
        notes=tuple(f"{part}: {note}" for part, corpus in parts.items() for note in corpus.notes),
        caution=_each(parts, "caution"),
        splitter=AS_NAMED if mix.test else ONE_AFTER_THE_OTHER,
        speakers="known" if known else "unknown",
    )


def _split(part: str, corpus: Corpus, clip: Clip, mix: Mix) -> str | None:
    if not mix.test:
        return clip.split
    if part in mix.test:
        return "test"
    tuned = corpus.splitter == AS_NAMED or corpus.speakers == "unknown"
    return "devel" if tuned and (clip.split or "").lower() in DEVEL else "train"


def _clip(part: str, clip: Clip, targets: set[str], known: bool) -> Clip:
    return replace(
        clip,
        id=f"{part}:{clip.id}",
        speaker=f"{part}:{clip.speaker}" if known else "",
        session=clip.session and f"{part}:{clip.session}",
        text=clip.text and f"{part}:{clip.text}",
        labels={name: label for name, label in clip.labels.items() if name in targets},
        traits={**clip.traits, "corpus": part},
    )


def _each(parts: Mapping[str, Corpus], field: str) -> str:
    said = {part: getattr(corpus, field) for part, corpus in parts.items()}
    return " ".join(f"{part}: {text}" for part, text in said.items() if text)


def _has_same(corpus: Corpus, target: Target) -> bool:
    return any(own.name == target.name and not _difference(target, own) for own in corpus.targets)


def _difference(one: Target, other: Target) -> str:
    """How two targets of one name differ in meaning, as a phrase; "" where they do not."""
    pairs: Sequence[tuple[str, object, object]] = (
        ("the kind of label", one.kind, other.kind),
        ("the scale", one.scale and list(one.scale), other.scale and list(other.scale)),
        ("the unit", one.unit, other.unit),
        ("the levels", list(one.levels), list(other.levels)),
        ("the cuts", list(one.cuts), list(other.cuts)),
        ("whether levels are ordered", one.ordinal, other.ordinal),
    )
    return "; ".join(f"{what}: {here} and {there}" for what, here, there in pairs if here != there)


def _scale(target: Target) -> str:
    if target.scale is None:
        return f", {len(target.levels)} levels"
    return f", {target.scale[0]:g} to {target.scale[1]:g}" + (f" {target.unit}" if target.unit else "")
