"""The fatigue proxy: what an acted emotion says about low activation, where nobody rated fatigue.

Fatigue words lie at 257 degrees of the plane of valence and arousal, almost straight down (circular mean of three norm
sets). The proxy is the projection on that direction, scaled so that it runs from 0 (awake, excited) to 1 (drained)::

    F = 0.5 - 0.095 valence - 0.405 arousal          both within -1 to 1

An emotion's valence and arousal come from norms of words and from rated speech; its F is the mean over the sources that
know it, to two decimals. Low activation that is pleasant is calm and no fatigue: with a mean valence above 0.25, F is
at most 0.59.

Sources: Russell and Mehrabian 1977, J. Research in Personality 11, 273-294; Warriner, Kuperman and Brysbaert 2013,
Behavior Research Methods 45, 1191-1207 (mean of noun and adjective where both stand there); means of the ratings of
IEMOCAP, Busso et al. 2008, Language Resources and Evaluation 42, 335-359.
"""

from __future__ import annotations

from bench.base.error import unknown_name
from bench.corpora.corpus import Target

# Valence and arousal as printed. Neutral is the origin of Russell and Mehrabian's space by its definition; "relaxed"
# stands for calm there. IEMOCAP has two turns of disgust only, so they do not count.
RUSSELL_MEHRABIAN = {  # -1 to 1
    "boredom": (-0.65, -0.62),
    "sadness": (-0.63, -0.27),
    "calm": (0.68, -0.46),
    "neutral": (0.0, 0.0),
    "disgust": (-0.60, 0.35),
    "frustration": (-0.64, 0.52),
    "fear": (-0.64, 0.60),
    "anger": (-0.51, 0.59),
    "surprise": (0.40, 0.67),
    "happiness": (0.81, 0.51),
    "excitement": (0.62, 0.75),
}
WARRINER = {  # 1 to 9
    "boredom": (2.86, 3.115),
    "sadness": (2.25, 3.15),
    "calm": (6.89, 1.67),
    "neutral": (5.50, 3.45),
    "disgust": (3.00, 4.945),
    "frustration": (2.55, 5.40),
    "fear": (2.795, 5.795),
    "anger": (2.515, 6.065),
    "surprise": (7.005, 6.26),
    "happiness": (8.475, 6.275),
    "excitement": (8.11, 6.43),
}
IEMOCAP = {  # 1 to 5
    "sadness": (2.25, 2.56),
    "neutral": (2.97, 2.73),
    "frustration": (2.26, 3.18),
    "fear": (2.50, 3.24),
    "anger": (1.91, 3.64),
    "surprise": (2.85, 3.22),
    "happiness": (3.95, 3.12),
    "excitement": (3.95, 3.58),
}
NORMS = ((RUSSELL_MEHRABIAN, 0.0, 1.0), (WARRINER, 5.0, 4.0), (IEMOCAP, 3.0, 2.0))  # with middle and half width

PLEASANT_VALENCE = 0.25
PLEASANT_LIMIT = 0.59

FATIGUE_PROXY = Target(
    name="fatigue-proxy",
    kind="proxy",
    about=(
        "How much an acted emotion sounds like low activation, from 0 (aroused) to 1 (drained): a stand-in for fatigue, "
        "worked out from the valence and arousal of emotion words. Nobody here was tired, or asked whether they were."
    ),
    levels=("alert", "neutral", "fatigued"),
    scale=(0.0, 1.0),
    cuts=(0.45, 0.60),
)


def fatigue_proxy(emotion: str) -> float:
    """The proxy of one emotion.

    Parameters
    ----------
    emotion : str
        A noun, as in "sadness"; ``RUSSELL_MEHRABIAN`` has them all.

    Returns
    -------
    float
        0 to 1, two decimals.

    Raises
    ------
    RequestError
        If no source knows the emotion.

    Examples
    --------
    >>> fatigue_proxy("sadness"), fatigue_proxy("calm"), fatigue_proxy("happiness")
    (0.68, 0.59, 0.31)
    """
    points = [
        ((table[emotion][0] - middle) / half, (table[emotion][1] - middle) / half)
        for table, middle, half in NORMS
        if emotion in table
    ]
    if not points:
        raise unknown_name("emotion of the fatigue proxy", emotion, RUSSELL_MEHRABIAN)
    value = sum(0.5 - 0.095 * valence - 0.405 * arousal for valence, arousal in points) / len(points)
    if sum(valence for valence, _ in points) / len(points) > PLEASANT_VALENCE:
        value = min(value, PLEASANT_LIMIT)
    return round(value, 2)
