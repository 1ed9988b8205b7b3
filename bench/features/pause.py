"""Where a clip sounds and where it pauses, from its intensity alone.

Everything is relative to the clip's own active level (the mean power of the frames that matter, after ITU-T P.56), so
neither a gain nor silence at the edges moves it. A frame of 20 ms sounds where it lies less than 30 dB below that level.
Where the quietest fifth of a second (digital silence, 70 dB below the level and lower, left out) shows a noise floor close to
that threshold, the threshold is raised to 4 dB above the floor, so that noise of 30 dB (and, less exactly, of 20 dB) below the
speech changes little; less than 12 dB below the level, it is speech and no floor.

Gaps under 0.15 s are bridged (they belong to stop consonants). Of what then stands alone, stretches whose peak lies 20 dB or
more below the active level are dropped however long (breath, a voice next door), and so are sounds under 0.05 s (clicks), if
anything longer is left. A silence of 0.2 s or longer between the first and the last sound that stay is a pause.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

HOP_S = 0.005
FRAME_HOPS = 4
BELOW_ACTIVE_DB = 30.0
SURE_BELOW_DB = 20.0
P56_MARGIN_DB = 15.9
ABOVE_FLOOR_DB = 4.0
LOUDEST_FLOOR_DB = 12.0  # a "floor" this close below the active level is continuous speech, not noise
FLOOR_HOPS = 40
SILENT_POWER = 1e-14  # -140 dBFS, far below one step of 16 bits: rounding errors, no sound
BRIDGED_S, CLICK_S, PAUSE_S = 0.15, 0.05, 0.2

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Speech:
    """The sounding stretches of a clip.

    Attributes
    ----------
    runs_s : float64 array, shape (n_runs, 2)
        Start and end of each stretch, in seconds; at least one.
    active_db : float
        The active level: dB relative to full scale, RMS.
    threshold_db : float
        What a frame must exceed to sound, on the same scale.
    """

    runs_s: Floats
    active_db: float
    threshold_db: float

    @property
    def start_s(self) -> float:
        """Where the first sound starts."""
        return float(self.runs_s[0, 0])

    @property
    def end_s(self) -> float:
        """Where the last sound ends."""
        return float(self.runs_s[-1, 1])

    @property
    def pauses_s(self) -> Floats:
        """Start and end of each internal silence of 0.2 s or longer, shape (n_pauses, 2)."""
        gaps = np.column_stack([self.runs_s[:-1, 1], self.runs_s[1:, 0]])
        return gaps[gaps[:, 1] - gaps[:, 0] >= PAUSE_S - 1e-9]


def find_speech(samples: npt.NDArray[np.float32], rate: int) -> Speech | None:
    """Find the sounding stretches of a clip.

    Parameters
    ----------
    samples : float32 array, shape (n_samples,)
    rate : int
        In Hz, a multiple of 200.

    Returns
    -------
    Speech or None
        None where nothing sounds (digital silence, or less than one frame of 20 ms).

    Examples
    --------
    >>> tone = np.sin(np.arange(16_000) * 0.2).astype("float32")
    >>> tone[6000:11200] = 0
    >>> find_speech(tone, 16_000).pauses_s.round(2).tolist()
    [[0.38, 0.7]]
    """
    power = _frame_power(samples, rate)
    if len(power) == 0 or power.max() < SILENT_POWER:
        return None
    decibel = 10 * np.log10(np.maximum(power, power.max() * 1e-12))
    active = _active_level(decibel)
    threshold = _threshold(power, active)
    sounding = _bridged(_stretches(decibel > threshold), round(BRIDGED_S / HOP_S))
    sure = np.array([decibel[start:end].max() > active - SURE_BELOW_DB for start, end in sounding])
    # Frame i covers hops i to i + 3, and a silence covers all of its frames: a sound starts where the silence before it ends.
    inner = np.array([FRAME_HOPS - 1, 0]) * ((sounding > 0) & (sounding < len(power)))
    runs = (sounding + inner) * HOP_S
    runs[sounding == len(power)] = len(samples) / rate
    wanted = sure & (runs[:, 1] - runs[:, 0] >= CLICK_S)
    runs = runs[wanted] if wanted.any() else runs[sure]
    return Speech(runs, float(active), float(threshold))


def speech_span(samples: npt.NDArray[np.float32], rate: int) -> tuple[float, float] | None:
    """Where the first sound starts and the last ends, in seconds; None where nothing sounds."""
    speech = find_speech(samples, rate)
    return None if speech is None else (speech.start_s, speech.end_s)


def centred(samples: npt.NDArray[np.float32], rate: int) -> Floats:
    """Take out rumble (below 60 Hz) and a constant offset, which carry no speech; float64, of the same length."""
    from scipy.signal import butter, sosfilt, sosfilt_zi

    if len(samples) == 0:
        return np.zeros(0)
    sections = butter(2, 60, "highpass", fs=rate, output="sos")
    # Starting from the steady state keeps the offset from clicking.
    return np.asarray(sosfilt(sections, samples.astype(np.float64), zi=sosfilt_zi(sections) * float(samples[0]))[0])


def _frame_power(samples: npt.NDArray[np.float32], rate: int) -> Floats:
    hop = round(rate * HOP_S)
    n_hops = len(samples) // hop
    if n_hops < FRAME_HOPS:
        return np.zeros(0)
    hops = np.square(centred(samples, rate)[: n_hops * hop]).reshape(n_hops, hop).mean(axis=1)
    power: Floats = np.convolve(hops, np.full(FRAME_HOPS, 1 / FRAME_HOPS), mode="valid")
    return np.maximum(power, 0)


def _active_level(decibel: Floats) -> float:
    """The highest level that is the mean power of the frames less than 15.9 dB below it."""
    # Frames louder than the loudest tenth of a second count as that loud, so that one click does not set the level.
    loud = np.sort(decibel)[-min(20, len(decibel))]
    capped = np.minimum(decibel, loud)
    level = float(loud)
    for _ in range(100):
        lower = float(10 * np.log10(np.mean(10 ** (capped[capped > level - P56_MARGIN_DB] / 10))))
        if lower >= level - 1e-6:
            break
        level = lower
    return level


def _threshold(power: Floats, active: float) -> float:
    wanted = active - BELOW_ACTIVE_DB
    alive = power[power > 10 ** ((active - 70) / 10)]
    if len(alive) < FLOOR_HOPS:
        return wanted
    sums = np.concatenate([[0.0], np.cumsum(alive)])
    floor = 10 * np.log10(max((sums[FLOOR_HOPS:] - sums[:-FLOOR_HOPS]).min() / FLOOR_HOPS, 1e-30))
    return max(wanted, floor + ABOVE_FLOOR_DB) if floor < active - LOUDEST_FLOOR_DB else wanted


def _stretches(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """First and past-the-last index of each unbroken stretch, shape (n, 2)."""
    return np.flatnonzero(np.diff(np.concatenate([[0], mask, [0]]).astype(np.int8))).reshape(-1, 2)


def _bridged(stretches: npt.NDArray[np.intp], shortest_gap: int) -> npt.NDArray[np.intp]:
    """Join stretches of frames; a gap of n silent frames is a silence of n + 3 hops."""
    gaps = stretches[1:, 0] - stretches[:-1, 1] + FRAME_HOPS - 1
    apart = np.flatnonzero(gaps >= shortest_gap)
    starts, ends = np.concatenate([[0], apart + 1]), np.concatenate([apart, [len(stretches) - 1]])
    return np.column_stack([stretches[starts, 0], stretches[ends, 1]])
