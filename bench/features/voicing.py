"""Voicing: which frames hold a voice, decided from periodicity and relative loudness alone.

A frame is voiced where the normalised autocorrelation of the 40 ms around its middle has a peak of at least 0.5 at a lag of
1/400 to 1/60 s (Boersma 1993: the autocorrelation of the Hann-weighted piece over that of the weights), and where the piece
is at most 30 dB below the loud frames of the recording (their 95th percentile). Both are ratios, so a gain changes nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

WINDOW_S = 0.04
PITCH_HZ = (60.0, 400.0)
PERIODICITY = 0.5
FLOOR_DB = -30.0
BLOCK = 512
SILENCE = 1e-7


def voiced_frames(samples: npt.NDArray[np.float32], rate: int, hop: int, length: int) -> npt.NDArray[np.bool_]:
    """Decide for each frame of a recording whether it is voiced.

    Parameters
    ----------
    samples : float32 array, shape (n_samples,)
        The recording.
    rate : int
        Samples a second, in Hz.
    hop, length : int
        Frame ``i`` lies at ``i * hop`` to ``i * hop + length``, in samples; only whole frames count.

    Returns
    -------
    bool array, shape (n_frames,)

    Examples
    --------
    >>> time_s = np.arange(16_000) / 16_000
    >>> buzz = np.sign(np.sin(2 * np.pi * 120 * time_s)).astype("float32")
    >>> bool(voiced_frames(buzz, 16_000, 320, 400).all()), bool(voiced_frames(0 * buzz, 16_000, 320, 400).any())
    (True, False)
    """
    n_frames = max(0, (len(samples) - length) // hop + 1)
    size = round(WINDOW_S * rate)
    # A frame at the edge has no 40 ms around it: its piece is moved inwards, and a whole clip shorter than that is padded.
    padded = np.pad(samples, (0, max(0, size - len(samples))))
    starts = np.clip(np.arange(n_frames) * hop + (length - size) // 2, 0, len(padded) - size)
    pieces = np.lib.stride_tricks.sliding_window_view(padded, size)
    level, periodicity = np.zeros(n_frames), np.zeros(n_frames)
    for begin in range(0, n_frames, BLOCK):
        block = pieces[starts[begin : begin + BLOCK]]
        block = block - block.mean(axis=1, keepdims=True)
        level[begin : begin + BLOCK] = np.sqrt((block**2).mean(axis=1))
        periodicity[begin : begin + BLOCK] = _periodicity(block, rate)
    loud = np.percentile(level, 95) if n_frames else 0.0
    floor = max(loud * 10 ** (FLOOR_DB / 20), SILENCE)
    return np.asarray((level >= floor) & (periodicity >= PERIODICITY))


def _periodicity(pieces: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float32]:
    """Height of the best peak of each piece's normalised autocorrelation among the lags of a voice."""
    size = pieces.shape[1]
    shortest, longest = int(rate / PITCH_HZ[1]), int(np.ceil(rate / PITCH_HZ[0]))
    n_fft = 1 << (size + longest).bit_length()
    weights = np.hanning(size + 2)[1:-1].astype(np.float32)
    own = _autocorrelation(weights, n_fft, longest + 2)
    found = _autocorrelation(pieces * weights, n_fft, longest + 2)
    curve = found / np.maximum(found[:, :1], np.finfo(np.float32).tiny) / (own / own[0])
    # A slow rumble is high at short lags without a peak there, so only local maxima count.
    middle = curve[:, shortest : longest + 1]
    peak = (middle > curve[:, shortest - 1 : longest]) & (middle >= curve[:, shortest + 1 : longest + 2])
    return np.asarray(np.where(peak, middle, 0).max(axis=1))


def _autocorrelation(pieces: npt.NDArray[np.float32], n_fft: int, n_lags: int) -> npt.NDArray[np.float32]:
    # SciPy's transform is three times as fast as NumPy's on many short float32 rows; importing it is left to who needs it.
    from scipy.fft import irfft, rfft

    return np.asarray(irfft(np.abs(rfft(pieces, n_fft)) ** 2, n_fft)[..., :n_lags])
