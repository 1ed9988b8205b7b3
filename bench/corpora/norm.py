"""Norms: where emotions lie in the space of valence, arousal and dominance, from a data file with its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bench.base.error import unknown_name

FILE = Path(__file__).with_name("norms.toml")
WORDS = ("russell-mehrabian", "warriner")  # sources that rate words; the ratings of IEMOCAP are of speech


class Point(NamedTuple):
    """Valence, arousal and dominance, each -1 to 1; dominance is None where no source gives one."""

    valence: float
    arousal: float
    dominance: float | None


@cache
def norms() -> dict[str, Any]:
    """The data file as it stands: ``sources``, ``emotions`` and ``fatigue``."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def emotions() -> tuple[str, ...]:
    """The emotions that have a place, as nouns.

    Examples
    --------
    >>> "boredom" in emotions()
    True
    """
    return tuple(norms()["emotions"])


def points(emotion: str) -> dict[str, Point]:
    """Where each source puts an emotion.

    Raises
    ------
    RequestError
        If no source knows the emotion.

    Examples
    --------
    >>> points("anger")["russell-mehrabian"]
    Point(valence=-0.51, arousal=0.59, dominance=0.25)
    """
    known = norms()["emotions"]
    if emotion not in known:
        raise unknown_name("emotion of the fatigue proxy", emotion, known)
    return {source: _mean([_word(source, word) for word in words]) for source, words in known[emotion].items()}


def mean_point(emotion: str, sources: Sequence[str] = WORDS) -> Point:
    """The mean of the named sources that know an emotion.

    Examples
    --------
    >>> mean_point("boredom").arousal == (-0.62 + ((3.65 + 2.58) / 2 - 5) / 4) / 2
    True
    """
    found = points(emotion)
    return _mean([found[source] for source in sources if source in found])


def _word(source: str, word: str) -> Point:
    table = norms()["sources"][source]
    low, high = table["scale"]
    middle, half = (low + high) / 2, (high - low) / 2
    place = [(value - middle) / half for value in table["words"][word]]
    return Point(place[0], place[1], place[2] if len(place) > 2 else None)


def _mean(found: Sequence[Point]) -> Point:
    rated = [point.dominance for point in found if point.dominance is not None]
    return Point(
        sum(point.valence for point in found) / len(found),
        sum(point.arousal for point in found) / len(found),
        sum(rated) / len(rated) if rated else None,
    )
