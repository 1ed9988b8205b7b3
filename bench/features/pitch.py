"""Pitch: the fundamental frequency of each 10 ms, by autocorrelation and the best path through its candidates.

After P. Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled
sound", IFA Proceedings 17 (1993): the autocorrelation of each Hann-weighted 40 ms, divided by that of the weights, gives
candidates; a frame may also be unvoiced; the path with the highest sum of strengths less jumps is taken. A frame that lies
below the sounding threshold of ``bench.features.pause`` is unvoiced, so nothing depends on the absolute level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

HOP_S, WINDOW_S = 0.01, 0.04
LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
VOICED_STRENGTH = 0.5
OCTAVE_COST, JUMP_COST, SWITCH_COST = 0.02, 0.35, 0.14
N_CANDIDATES = 6
CHOICE_COST = 0.05  # an octave; keeps a high voice's first period, which falls between samples, among the candidates
SMOOTH_HZ = 4000.0
BLOCK = 1024

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PitchTrack:
    """The pitch of a clip, a frame each 10 ms.

    Attributes
    ----------
    times_s : float64 array, shape (n_frames,)
        The middle of each frame.
    pitch_hz : float64 array, shape (n_frames,)
        0 where the frame is unvoiced.
    level_db : float64 array, shape (n_frames,)
        Mean power of the Hann-weighted frame, in dB.
    """

    times_s: Floats
    pitch_hz: Floats
    level_db: Floats

    @property
    def voiced(self) -> npt.NDArray[np.bool_]:
        """Which frames are voiced."""
        return self.pitch_hz > 0

    def within(self, stretches_s: Floats) -> PitchTrack:
        """The same track with every frame unvoiced whose 10 ms do not lie in one of some stretches.

        Parameters
        ----------
        stretches_s : float64 array, shape (n_stretches, 2)
            Start and end of each, in seconds; in order, without overlap; as in ``Speech.runs_s``.

        Returns
        -------
        PitchTrack

        Examples
        --------
        >>> track = PitchTrack(np.array([0.02, 0.03, 0.04]), np.full(3, 120.0), np.full(3, -20.0))
        >>> track.within(np.array([[0.0, 0.03], [0.035, 0.5]])).pitch_hz.tolist()
        [120.0, 0.0, 120.0]
        """
        # The nanosecond is for rounding: the ends of frames and of stretches lie on one grid of 5 ms.
        n_begun = np.searchsorted(stretches_s[:, 0], self.times_s - HOP_S / 2 + 1e-9)
        ends_s = np.concatenate([[-np.inf], stretches_s[:, 1]])[n_begun]
        return replace(self, pitch_hz=np.where(self.times_s + HOP_S / 2 - 1e-9 < ends_s, self.pitch_hz, 0.0))

    def runs_s(self) -> Floats:
        """Lengths of the unbroken stretches of voiced frames, in seconds."""
        turns = np.flatnonzero(np.diff(np.concatenate([[False], self.voiced, [False]]).astype(np.int8)))
        return np.asarray((turns[1::2] - turns[::2]) * HOP_S, np.float64)


def frames(samples: Floats, rate: int) -> tuple[Floats, Floats]:
    """Cut a clip into frames of 40 ms, one each 10 ms, without weighting.

    Parameters
    ----------
    samples : float64 array, shape (n_samples,)
    rate : int
        In Hz.

    Returns
    -------
    times_s : float64 array, shape (n_frames,)
    pieces : float64 array, shape (n_frames, window)
        A view, not to be written to; empty for a clip under 40 ms.
    """
    window, hop = round(WINDOW_S * rate), round(HOP_S * rate)
    if len(samples) < window:
        return np.zeros(0), np.zeros((0, window))
    pieces = np.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
    return np.asarray((np.arange(len(pieces)) * hop + window / 2) / rate, np.float64), pieces


def track_pitch(samples: Floats, rate: int, threshold_db: float) -> PitchTrack:
    """Follow the pitch of a clip.

    Parameters
    ----------
    samples : float64 array, shape (n_samples,)
        Without rumble and offset (``bench.features.pause.centred``).
    rate : int
        In Hz.
    threshold_db : float
        Frames whose power is lower are unvoiced; as in ``Speech.threshold_db``.

    Returns
    -------
    PitchTrack

    Examples
    --------
    >>> pulses = np.zeros(16_000)
    >>> pulses[::100] = 0.5
    >>> track = track_pitch(pulses, 16_000, -60.0)
    >>> float(np.median(track.pitch_hz).round(1))
    160.0
    """
    times_s, pieces = frames(samples, rate)
    n = len(times_s)
    lags, heights = np.zeros((n, N_CANDIDATES)), np.full((n, N_CANDIDATES), -np.inf)
    level_db = np.zeros(n)
    for begin in range(0, n, BLOCK):
        part = slice(begin, begin + BLOCK)
        lags[part], heights[part], level_db[part] = _candidates(pieces[part], rate)
    heights[level_db < threshold_db] = -np.inf
    return PitchTrack(times_s, _best_path(rate / np.where(lags > 0, lags, 1.0), heights), level_db)


def _candidates(pieces: Floats, rate: int) -> tuple[Floats, Floats, Floats]:
    """The highest peaks of each frame's autocorrelation: lags in samples, heights up to about 1; and the level in dB."""
    window = pieces.shape[1]
    shortest, longest = int(rate / HIGHEST_HZ), int(np.ceil(rate / LOWEST_HZ))
    weights = np.hanning(window + 2)[1:-1]
    n_fft = 1 << (window + longest).bit_length()
    own = _autocorrelation(weights, n_fft, rate)[: longest + 2]
    found = _autocorrelation((pieces - pieces.mean(axis=1, keepdims=True)) * weights, n_fft, rate)[:, : longest + 2]
    power = (pieces**2) @ weights**2 / np.sum(weights**2)
    curve = found / np.maximum(found[:, :1], 1e-30) / (own / own[0])
    before, middle, after = curve[:, shortest - 1 : -2], curve[:, shortest:-1], curve[:, shortest + 1 :]
    peak = (middle > before) & (middle >= after) & (middle > 0.5 * VOICED_STRENGTH)
    worth = middle - CHOICE_COST * np.log2(np.arange(shortest, longest + 1))
    order = np.argpartition(np.where(peak, -worth, np.inf), N_CANDIDATES, axis=1)[:, :N_CANDIDATES]
    left, top, right = (np.take_along_axis(side, order, axis=1) for side in (before, middle, after))
    bend = np.where(left - 2 * top + right < 0, left - 2 * top + right, -1.0)
    shift = np.clip((left - right) / (2 * bend), -0.5, 0.5)
    height = np.minimum(top - (left - right) * shift / 4, 1.0)
    kept = np.take_along_axis(peak, order, axis=1)
    return np.where(kept, order + shortest + shift, 0), np.where(kept, height, -np.inf), 10 * np.log10(np.maximum(power, 1e-30))


def _autocorrelation(pieces: Floats, n_fft: int, rate: int) -> Floats:
    from scipy.fft import irfft, rfft

    spectrum = rfft(pieces, n_fft)
    # The soft low-pass makes the peaks round, so that a parabola through three samples finds their tops.
    soft = np.exp(-np.square(np.arange(spectrum.shape[-1]) * rate / n_fft / SMOOTH_HZ))
    return np.asarray(irfft((spectrum.real**2 + spectrum.imag**2) * soft, n_fft))


def _best_path(candidates_hz: Floats, heights: Floats) -> Floats:
    """Viterbi: state 0 is unvoiced, the others are the candidates."""
    n = len(heights)
    if n == 0:
        return np.zeros(0)
    octaves = np.log2(candidates_hz)
    strength = np.concatenate(
        [np.full((n, 1), VOICED_STRENGTH), heights + OCTAVE_COST * (octaves - np.log2(LOWEST_HZ))], axis=1
    )
    cost = np.full((n - 1, N_CANDIDATES + 1, N_CANDIDATES + 1), SWITCH_COST)
    cost[:, 0, 0] = 0
    cost[:, 1:, 1:] = JUMP_COST * np.abs(octaves[:-1, :, None] - octaves[1:, None, :])
    score, back = strength[0], np.zeros((n, N_CANDIDATES + 1), dtype=np.intp)
    for i in range(1, n):
        reached = score[:, None] - cost[i - 1]
        back[i] = reached.argmax(axis=0)
        score = reached.max(axis=0) + strength[i]
    pitch, state = np.zeros(n), int(score.argmax())
    for i in range(n - 1, -1, -1):
        pitch[i] = candidates_hz[i, state - 1] if state else 0.0
        state = int(back[i, state])
    return pitch
