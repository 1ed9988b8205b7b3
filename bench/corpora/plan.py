"""What is to be said and how: the parameters of each synthetic clip, the same on every machine.

A draw is a pure function of its name and the seed, so that no order, process count or library version changes it, and so
that the same noise stands behind every ``effect``.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from bench.corpora.espeak import Manner
from bench.corpora.sentence import VARIANTS, Sentence, sentences
from bench.corpora.voice import VOICES, Voice

KSS = range(1, 10)
SHORTEST_PAUSE_S = 0.22
_LONGEST_PAUSE_S = 1.2
# A pause hardly ever follows these.
_LEADING_WORDS = frozenset(
    ("a", "and", "as", "at", "before", "beside", "by", "for", "from", "his", "if", "in", "into", "my", "of", "on", "out", "the")
)


@dataclass(frozen=True)
class Depth:
    """How far a speaker is moved at full fatigue (KSS 9), by cue; drawn once a speaker.

    Attributes
    ----------
    rate : float
        Logarithm of the slowing.
    pause_count, pause_length : float
        Added pauses a word boundary, and logarithm of the lengthening.
    pitch, pitch_range : float
        espeak-ng's units, 0 to 100.
    level_db, breath_db, jitter_percent : float
    """

    rate: float
    pause_count: float
    pause_length: float
    pitch: float
    pitch_range: float
    level_db: float
    breath_db: float
    jitter_percent: float


@dataclass(frozen=True)
class ClipPlan:
    """Everything that a clip is made of.

    Attributes
    ----------
    clip_id, speaker : str
    kss : int
        1 to 9.
    sentence : Sentence
    manner : Manner
    pause_words : tuple of int
        Each pause comes after that many words of the sentence; rising.
    pauses_s : tuple of float
        Their lengths.
    edges_s : tuple of float
        Silence before and after the speech.
    level_dbfs, floor_dbfs : float
        RMS of the speech alone, and of the room.
    phrase_gains_db : tuple of float
        How much louder each phrase is than the level.
    breath_db : float
        Aspiration noise against the speech.
    jitter_us : float
        Standard deviation of the shift of a cycle, in microseconds.
    noise_seed : int
    """

    clip_id: str
    speaker: str
    kss: int
    sentence: Sentence
    manner: Manner
    pause_words: tuple[int, ...]
    pauses_s: tuple[float, ...]
    edges_s: tuple[float, float]
    level_dbfs: float
    phrase_gains_db: tuple[float, ...]
    floor_dbfs: float
    breath_db: float
    jitter_us: float
    noise_seed: int

    @property
    def phrases(self) -> tuple[str, ...]:
        """The sentence cut at its pauses, with the punctuation that keeps the melody up until the end."""
        words = self.sentence.words
        bounds = [0, *self.pause_words, len(words)]
        pieces = [" ".join(words[a:b]) for a, b in itertools.pairwise(bounds)]
        return (*(f"{piece}," for piece in pieces[:-1]), f"{pieces[-1]}.")

    def as_json(self) -> dict[str, Any]:
        """The plan as a JSON object (tuples become lists)."""
        return asdict(self) | {"phrases": list(self.phrases)}


def plan_clips(effect: float = 1.0, seed: int = 0) -> tuple[ClipPlan, ...]:
    """Plan the corpus: 24 voices, each at nine levels of fatigue.

    Parameters
    ----------
    effect : float
        How much fatigue changes the speech; 0 leaves it alone.
    seed : int
        Chooses sentences, noise, and how much each speaker shows.

    Returns
    -------
    tuple of ClipPlan
        216, by voice and then by KSS.

    Examples
    --------
    >>> plans = plan_clips()
    >>> len(plans), plans[10].clip_id
    (216, 'v02_kss2')
    """
    spoken = sentences()
    plans = []
    for number, voice in enumerate(VOICES):
        depth = _depth(seed, voice.id)
        for kss in KSS:
            sentence = spoken[_sentence_index(seed, number, kss)]
            plans.append(_plan_clip(seed, voice, depth, kss, effect, sentence))
    return tuple(plans)


def _plan_clip(seed: int, voice: Voice, depth: Depth, kss: int, effect: float, sentence: Sentence) -> ClipPlan:
    fatigue = effect * (kss - 1) / 8
    key = (seed, voice.id, kss)
    pause_words = _pause_words(key, sentence, 0.10 + depth.pause_count * fatigue)
    lengths = [
        voice.pause_s * math.exp(depth.pause_length * fatigue + 0.25 * _normal(*key, "pause", word)) for word in pause_words
    ]
    level_dbfs = voice.level_dbfs + depth.level_db * fatigue + 4.0 * _normal(*key, "level")
    cycle_us = 5_000 if voice.sex == "female" else 9_000
    jitter_percent = (voice.jitter_percent + depth.jitter_percent * fatigue) * math.exp(0.2 * _normal(*key, "jitter"))
    return ClipPlan(
        clip_id=f"{voice.id}_kss{kss}",
        speaker=voice.id,
        kss=kss,
        sentence=sentence,
        manner=Manner(
            voice.espeak,
            round(voice.words_per_minute * math.exp(-depth.rate * fatigue + 0.09 * _normal(*key, "rate"))),
            round(_within(15, 95, voice.pitch + depth.pitch * fatigue + 4.0 * _normal(*key, "pitch"))),
            round(_within(5, 95, voice.pitch_range + depth.pitch_range * fatigue + 8.0 * _normal(*key, "range"))),
        ),
        pause_words=pause_words,
        pauses_s=tuple(round(_within(SHORTEST_PAUSE_S, _LONGEST_PAUSE_S, length), 4) for length in lengths),
        edges_s=(round(0.05 + 0.75 * _uniform(*key, "before"), 4), round(0.05 + 0.75 * _uniform(*key, "after"), 4)),
        level_dbfs=round(level_dbfs, 3),
        phrase_gains_db=tuple(
            round(_within(-5, 5, 4.0 * _normal(*key, "gain", part)), 3) for part in range(len(pause_words) + 1)
        ),
        floor_dbfs=round(level_dbfs - _within(26, 50, 36 + 5 * _normal(seed, voice.id, "room") + 4 * _normal(*key, "room")), 3),
        breath_db=round(voice.breath_db + depth.breath_db * fatigue + 1.5 * _normal(*key, "breath"), 3),
        jitter_us=round(max(0.05, jitter_percent) / 100 * cycle_us, 3),
        noise_seed=_word(*key, "noise"),
    )


def _depth(seed: int, speaker: str) -> Depth:
    def draw(cue: str, mean: float, spread: float) -> float:
        return mean + spread * _normal(seed, speaker, "depth", cue)

    return Depth(
        rate=max(0.05, draw("rate", 0.18, 0.07)),
        pause_count=max(0.02, draw("pause_count", 0.20, 0.06)),
        pause_length=max(0.10, draw("pause_length", 0.85, 0.20)),
        pitch=draw("pitch", -6.0, 6.0),
        pitch_range=draw("pitch_range", -12.0, 10.0),
        level_db=draw("level", -2.0, 2.0),
        breath_db=draw("breath", 3.0, 2.5),
        jitter_percent=draw("jitter", 0.4, 0.3),
    )


def _sentence_index(seed: int, speaker_number: int, kss: int) -> int:
    """Which sentence; over each nine speakers, every KSS meets every length once, so length says nothing about KSS."""
    group = speaker_number // len(KSS)
    order = sorted(range(len(KSS)), key=lambda length: _uniform(seed, "lengths", group, length))
    length = order[(kss - 1 + speaker_number) % len(KSS)]
    ranks = sorted(range(len(VOICES)), key=lambda number: _uniform(seed, "variants", length, number))
    return VARIANTS * length + ranks.index(speaker_number) % VARIANTS


def _pause_words(key: tuple[int, str, int], sentence: Sentence, share: float) -> tuple[int, ...]:
    """Choose the word boundaries that get a pause: at least one, two words apart, none after an article or its like."""
    words = sentence.words
    open_places = [n for n in range(2, len(words) - 1) if words[n - 1].lower() not in _LEADING_WORDS]
    wanted = max(1, round(share * len(words) + 0.5 * _normal(*key, "pause_count")))
    chosen: list[int] = []
    for place in sorted(open_places, key=lambda n: _uniform(*key, "place", n)):
        if len(chosen) < wanted and all(abs(place - other) > 1 for other in chosen):
            chosen.append(place)
    return tuple(sorted(chosen))


def _within(low: float, high: float, value: float) -> float:
    return min(high, max(low, value))


def _word(*name: int | str) -> int:
    """A whole number of 48 bits that depends on the name alone."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, name)).encode()).digest()[:6], "big")


def _uniform(*name: int | str) -> float:
    return (_word(*name) + 0.5) / 2**48


def _normal(*name: int | str) -> float:
    # Rounded, so that the last bits of a machine's logarithm cannot tip a rounding further on.
    return round(NormalDist().inv_cdf(_uniform(*name)), 6)
