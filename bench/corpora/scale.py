"""Scales of fatigue and sleepiness that people rate themselves on, with the levels that we cut them into.

The publishers' scales have no levels; the cuts are ours, but for those whose source is named. KSS stands for the Karolinska
Sleepiness Scale: Akerstedt T, Gillberg M (1990), Int. J. Neuroscience 52, 29-37. Stanford Sleepiness Scale: Hoddes E et al.
(1973), Psychophysiology 10, 431-436. Samn-Perelli: Samn SW, Perelli LP (1982), USAF report SAM-TR-82-21.
"""

from __future__ import annotations

from typing import NamedTuple

from bench.base.error import unknown_name


class Scale(NamedTuple):
    """A published scale.

    Attributes
    ----------
    about : str
    bounds : tuple of float
        Lowest and highest.
    unit : str
    levels : tuple of str
    cuts : tuple of float
        A rating belongs to level i where i cuts are at or below it.
    """

    about: str
    bounds: tuple[float, float]
    unit: str
    levels: tuple[str, ...]
    cuts: tuple[float, ...]


SCALES = {
    "kss": Scale(
        "Karolinska Sleepiness Scale, 1 (extremely alert) to 9 (extremely sleepy): alert is 1 to 3, sleepy 7 to 9.",
        (1, 9),
        "KSS",
        ("alert", "neither", "sleepy"),
        (3.5, 6.5),
    ),
    "kss-10": Scale(
        "Karolinska Sleepiness Scale with a tenth step, 1 to 10: sleepy is above 7.5, as in the Interspeech 2011 challenge.",
        (1, 10),
        "KSS",
        ("not sleepy", "sleepy"),
        (7.5 + 1e-9,),  # a level begins at its cut, and a mean rating of 7.5 is not above it
    ),
    "stanford": Scale(
        "Stanford Sleepiness Scale, 1 (vital, wide awake) to 7 (sleep onset soon): sleepy is 4 and above.",
        (1, 7),
        "SSS",
        ("awake", "sleepy"),
        (4.0,),
    ),
    "samn-perelli": Scale(
        "Samn-Perelli fatigue scale, 1 (fully alert) to 7 (completely exhausted): alert is 1 to 3, fatigued 5 to 7.",
        (1, 7),
        "SP",
        ("alert", "a little tired", "fatigued"),
        (3.5, 4.5),
    ),
}


def scale(name: str) -> Scale:
    """The scale of that name.

    Raises
    ------
    RequestError
        If there is none.

    Examples
    --------
    >>> scale("stanford").bounds
    (1, 7)
    """
    if name not in SCALES:
        raise unknown_name("scale", name, SCALES, "Any other one is given as [lowest, highest].")
    return SCALES[name]
