"""The fatigue proxy: what an emotion says about low activation, where nobody rated fatigue.

Fatigue words lie at 257 degrees of the plane of valence and arousal, almost straight down (circular mean of three norm
sets). The proxy is the projection on that direction, scaled so that it runs from 0 (aroused) to 1 (drained)::

    F = 0.5 - 0.5 (0.19 valence + 0.81 arousal)          both within -1 to 1

Low activation that is pleasant is calm and no fatigue: with a valence above 0.25, F is at most 0.59. Other directions
are as defensible, so there are variants: a conclusion that hangs on one of them is none.

An emotion's place comes from norms of words and from rated speech (``norms.toml``). The default is the mean of its F over
all sources that know it; the variants take the mean place of the two norms of words, which have dominance too. Where every
clip was rated (IEMOCAP), its own ratings are its place.
"""

from __future__ import annotations

from typing import NamedTuple

from bench.corpora.corpus import Target
from bench.corpora.norm import Point, mean_point, points


class Weights(NamedTuple):
    """How much valence, arousal and dominance count; their sum is 1, so F stays within 0 to 1."""

    valence: float
    arousal: float
    dominance: float = 0.0


DEFAULT = "fatigue-proxy"
VARIANTS = {
    DEFAULT: Weights(0.19, 0.81),
    f"{DEFAULT}-circumplex": Weights(0.074, 0.926),
    f"{DEFAULT}-activation": Weights(0.0, 1.0),
    f"{DEFAULT}-pad": Weights(0.059, 0.586, 0.355),
    f"{DEFAULT}-energetic": Weights(0.5, 0.5),
}
DIRECTIONS = {
    DEFAULT: "along the mean direction of fatigue words (257 degrees)",
    f"{DEFAULT}-circumplex": "along the direction of droopy, tired and sleepy on Russell's circumplex (265 degrees)",
    f"{DEFAULT}-activation": "along low activation alone",
    f"{DEFAULT}-pad": "along the fatigue words of Russell and Mehrabian, dominance included",
    f"{DEFAULT}-energetic": "along low energetic arousal (225 degrees)",
}
PLEASANT_VALENCE = 0.25
PLEASANT_LIMIT = 0.59
DECIMALS = 4


def proxy_targets(source: str = "an acted emotion, by norms of the word for it,") -> tuple[Target, ...]:
    """The default proxy and its variants, as targets of an emotion corpus.

    Parameters
    ----------
    source : str
        What the label is made of, for the sentence that stands beside it.

    Examples
    --------
    >>> [target.name for target in proxy_targets()][:2]
    ['fatigue-proxy', 'fatigue-proxy-circumplex']
    """
    return tuple(
        Target(
            name=name,
            kind="proxy",
            about=(
                f"How near {source} lies to low activation, from 0 (aroused) to 1 (drained), {DIRECTIONS[name]}: a "
                "stand-in for fatigue. Nobody here was tired, or asked whether they were."
            ),
            levels=("alert", "neutral", "fatigued"),
            scale=(0.0, 1.0),
            cuts=(0.45, 0.60),
            variant_of="" if name == DEFAULT else DEFAULT,
        )
        for name in VARIANTS
    )


def proxy_labels(emotion: str) -> dict[str, float]:
    """The proxy of an emotion, in every variant.

    Parameters
    ----------
    emotion : str
        A noun, as in "sadness"; ``norm.emotions()`` has them all.

    Returns
    -------
    dict of str to float
        By the name of the target: 0 to 1, four decimals (with two, 0.597 would be lifted over the cut at 0.60).

    Raises
    ------
    RequestError
        If no source knows the emotion.

    Examples
    --------
    >>> proxy_labels("sadness")["fatigue-proxy"], proxy_labels("calm")["fatigue-proxy"]
    (0.6822, 0.59)
    """
    own = points(emotion).values()
    value = sum(_project(point, VARIANTS[DEFAULT]) for point in own) / len(own)
    valence = sum(point.valence for point in own) / len(own)
    place = mean_point(emotion)
    labels = {DEFAULT: _guarded(value, valence)}
    labels |= {name: _guarded(_project(place, VARIANTS[name]), place.valence) for name in VARIANTS if name != DEFAULT}
    return {name: round(value, DECIMALS) for name, value in labels.items()}


def rated_labels(valence: float, activation: float, dominance: float) -> dict[str, float]:
    """The proxy of a clip whose valence, activation and dominance were rated, in every variant.

    Parameters
    ----------
    valence, activation, dominance : float
        1 to 5.

    Returns
    -------
    dict of str to float
        By the name of the target: 0 to 1, four decimals.

    Examples
    --------
    >>> rated_labels(3.0, 2.0, 3.0)["fatigue-proxy-activation"]
    0.75
    """
    place = Point((valence - 3) / 2, (activation - 3) / 2, (dominance - 3) / 2)
    return {name: round(_guarded(_project(place, weights), place.valence), DECIMALS) for name, weights in VARIANTS.items()}


def _project(place: Point, weights: Weights) -> float:
    along = weights.valence * place.valence + weights.arousal * place.arousal
    return 0.5 - 0.5 * (along + weights.dominance * (place.dominance or 0.0))


def _guarded(value: float, valence: float) -> float:
    return min(value, PLEASANT_LIMIT) if valence > PLEASANT_VALENCE else value
