"""Acted emotions: the target that every corpus of actors has, and the labels of a clip."""

from __future__ import annotations

from collections.abc import Sequence

from bench.corpora.corpus import Label, Target
from bench.corpora.norm import emotions
from bench.corpora.proxy import proxy_labels


def emotion_target(levels: Sequence[str]) -> Target:
    """Which emotion was acted.

    Parameters
    ----------
    levels : sequence of str
        The emotions; they have no order.
    """
    about = "The emotion that the actor was asked to show."
    return Target(name="emotion", kind="acted", about=about, levels=tuple(levels), ordinal=False)


def emotion_labels(emotion: str) -> dict[str, Label]:
    """The acted emotion, and the fatigue proxy in every variant where norms know the emotion.

    Parameters
    ----------
    emotion : str
        A noun, as in "sadness".

    Examples
    --------
    >>> emotion_labels("amusement")
    {'emotion': 'amusement'}
    >>> emotion_labels("boredom")["fatigue-proxy"]
    0.7773
    """
    proxies = proxy_labels(emotion) if emotion in emotions() else {}
    return {**proxies, "emotion": emotion}
