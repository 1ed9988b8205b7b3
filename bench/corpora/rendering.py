"""From a plan to samples: espeak-ng's phrases, pauses of known length between them, breath, jitter, level and a room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.corpora.espeak import RATE as ESPEAK_RATE
from bench.corpora.espeak import speak
from bench.corpora.plan import ClipPlan

RATE = 16_000  # what every feature set wants, so that nothing is resampled twice; half of the files' size as well

_FRAME = 80  # 5 ms
_EDGE_DB = -34.0  # quieter ends of a phrase belong to the silence around it
Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Rendering:
    """Speech of which the answer is known.

    Attributes
    ----------
    samples : float32 array, shape (n_samples,)
        Mono, within -1 to 1.
    rate : int
        16,000 Hz.
    syllables : int
        How many are spoken.
    pauses : tuple of (float, float)
        Start and end of each silence between words, in seconds; the edges are not among them.
    """

    samples: npt.NDArray[np.float32]
    rate: int
    syllables: int
    pauses: tuple[tuple[float, float], ...]


def render(plan: ClipPlan) -> Rendering:
    """Make the samples of a plan; the same on one machine each time.

    Raises
    ------
    RequestError
        If espeak-ng is not installed.

    Examples
    --------
    >>> from bench.corpora.plan import plan_clips
    >>> plan = plan_clips()[8]
    >>> speech = render(plan)
    >>> speech.rate, speech.syllables == plan.sentence.syllables, len(speech.pauses) == len(plan.pauses_s)
    (16000, True, True)
    """
    random = np.random.Generator(np.random.PCG64(plan.noise_seed))
    spoken = zip(speak(plan.phrases, plan.manner), plan.phrase_gains_db, strict=True)
    phrases = [_trimmed(_resampled(phrase)) * 10 ** (gain_db / 20) for phrase, gain_db in spoken]
    speech, pauses = _joined(phrases, plan)
    speech = _jittered(speech, plan.jitter_us, random)
    speech = _levelled(_breathy(speech, plan.breath_db, random), plan.level_dbfs)
    samples = speech + 10 ** (plan.floor_dbfs / 20) * random.standard_normal(len(speech))
    return Rendering(samples.astype(np.float32), RATE, plan.sentence.syllables, pauses)


def _resampled(phrase: npt.NDArray[np.float32]) -> Samples:
    import soxr

    return np.asarray(soxr.resample(phrase.astype(np.float64), ESPEAK_RATE, RATE, "HQ"))


def _trimmed(phrase: Samples) -> Samples:
    """Cut off espeak-ng's own silence, and fade the cut ends over 5 ms."""
    level = _frame_rms(phrase)
    loud = np.flatnonzero(level > level.max() * 10 ** (_EDGE_DB / 20))
    kept = phrase[loud[0] * _FRAME : (loud[-1] + 1) * _FRAME].copy()
    fade = np.linspace(0, 1, _FRAME)
    kept[:_FRAME] *= fade
    kept[-_FRAME:] *= fade[::-1]
    return kept


def _joined(phrases: list[Samples], plan: ClipPlan) -> tuple[Samples, tuple[tuple[float, float], ...]]:
    before, after = (round(edge * RATE) for edge in plan.edges_s)
    parts, pauses, at = [np.zeros(before), phrases[0]], [], before + len(phrases[0])
    for phrase, pause_s in zip(phrases[1:], plan.pauses_s, strict=True):
        silence = round(pause_s * RATE)
        pauses.append((at / RATE, (at + silence) / RATE))
        parts += [np.zeros(silence), phrase]
        at += silence + len(phrase)
    return np.concatenate([*parts, np.zeros(after)]), tuple(pauses)


def _jittered(speech: Samples, jitter_us: float, random: np.random.Generator) -> Samples:
    """Read the samples at times that wander from cycle to cycle."""
    from scipy.interpolate import CubicSpline

    step = RATE // 200  # knots 5 ms apart: as fast as a voice's cycles, too slow to be heard as noise
    knots = np.arange(0, len(speech) + 2 * step, step)
    shift = CubicSpline(knots, random.standard_normal(len(knots)) * jitter_us * 1e-6 * RATE)
    times = np.arange(len(speech), dtype=np.float64)
    read_at = np.clip(times + shift(times), 0, len(speech) - 1)
    return np.asarray(CubicSpline(times, speech)(read_at))


def _breathy(speech: Samples, breath_db: float, random: np.random.Generator) -> Samples:
    """Add noise of 1 to 6 kHz that is as loud as the speech wants it at each moment."""
    n_samples = -(-len(speech) // RATE) * RATE  # whole seconds: other lengths may transform ten times slower
    hz = np.fft.rfftfreq(n_samples, 1 / RATE)
    spectrum = np.fft.rfft(random.standard_normal(n_samples)) * ((hz > 1_000) & (hz < 6_000))
    noise = np.fft.irfft(spectrum, n_samples)[: len(speech)]
    noise /= np.sqrt(np.mean(noise**2))
    level = _frame_rms(speech)
    centres = (np.arange(len(level)) + 0.5) * _FRAME
    envelope = np.interp(np.arange(len(speech)), centres, np.convolve(level, np.ones(4) / 4, "same"))
    return np.asarray(speech + 10 ** (breath_db / 20) * envelope * noise)


def _levelled(speech: Samples, level_dbfs: float) -> Samples:
    level = _frame_rms(speech)
    spoken = level[level > level.max() * 10 ** (_EDGE_DB / 20)]
    return np.asarray(speech * (10 ** (level_dbfs / 20) / np.sqrt(np.mean(spoken**2))))


def _frame_rms(samples: Samples) -> Samples:
    whole = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)))
