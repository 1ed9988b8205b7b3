"""Smoothed cepstral peak prominence (CPPS): how far the voice's periodicity stands out, in dB.

After J. Hillenbrand and R. A. Houde, "Acoustic correlates of breathy vocal quality: dysphonic voices and continuous speech",
Journal of Speech and Hearing Research 39 (1996). Breathy and rough voices have low values. For each frame of 40 ms (Hann
weighted, one each 10 ms) the power of the spectrum of the log-power spectrum is taken, averaged over 5 frames and over 0.56 ms
of quefrency, and put in dB; the prominence is the height of the highest point between 1/330 s and 1/60 s over the straight
line fitted from 1 ms to 1/60 s. Values of other programs differ by an offset: windows, smoothing and lines differ.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.features.pitch import frames

N_FFT = 1024
SMOOTH_FRAMES, SMOOTH_BINS = 5, 9
PEAK_HZ = (60.0, 330.0)
LINE_FROM_S = 0.001
BLOCK = 1024

Floats = npt.NDArray[np.float64]


def cepstral_prominence(samples: Floats, rate: int) -> Floats:
    """Compute the smoothed cepstral peak prominence of each 10 ms.

    Parameters
    ----------
    samples : float64 array, shape (n_samples,)
    rate : int
        In Hz; 16,000 or less.

    Returns
    -------
    float64 array, shape (n_frames,)
        In dB, for the frames of ``bench.features.pitch``; meant for voiced frames only.

    Examples
    --------
    >>> buzz = np.zeros(16_000)
    >>> buzz[::100] = 0.5
    >>> noise = 0.1 * np.random.default_rng(0).standard_normal(16_000)
    >>> clear, hoarse = (cepstral_prominence(x, 16_000).mean() for x in (buzz + 0.1 * noise, buzz + noise))
    >>> bool(clear > hoarse + 3)
    True
    """
    from scipy.ndimage import uniform_filter

    _, pieces = frames(samples, rate)
    if len(pieces) == 0:
        return np.zeros(0)
    n, margin = len(pieces), SMOOTH_FRAMES // 2
    n_bins = int(np.ceil(rate / PEAK_HZ[0])) + SMOOTH_BINS
    found = np.zeros(n)
    # In blocks, so that an hour needs no more memory than ten seconds; the margins make the blocks seamless.
    for begin in range(0, n, BLOCK):
        first, last = max(0, begin - margin), min(n, begin + BLOCK + margin)
        power = uniform_filter(_cepstral_power(pieces[first:last])[:, :n_bins], (SMOOTH_FRAMES, SMOOTH_BINS), mode="nearest")
        decibel = 10 * np.log10(np.maximum(power[begin - first : begin - first + BLOCK], 1e-30))
        found[begin : begin + BLOCK] = _prominence(decibel, rate)
    return found


def _cepstral_power(pieces: Floats) -> Floats:
    from scipy.fft import irfft, rfft

    spectrum = rfft(pieces * np.hanning(pieces.shape[1] + 2)[1:-1], N_FFT)
    power = spectrum.real**2 + spectrum.imag**2
    # A bin that the quantisation left empty must not pull the logarithm to minus infinity.
    floor = np.maximum(power.max(axis=1, keepdims=True) * 1e-10, 1e-30)
    return np.asarray(np.square(irfft(10 * np.log10(np.maximum(power, floor)), N_FFT)))


def _prominence(decibel: Floats, rate: int) -> Floats:
    shortest, longest = int(np.ceil(rate / PEAK_HZ[1])), int(rate / PEAK_HZ[0])
    first = round(LINE_FROM_S * rate)
    quefrency = np.arange(first, longest + 1) - (first + longest) / 2
    part = decibel[:, first : longest + 1]
    middle = part.mean(axis=1)
    slope = part @ quefrency / np.sum(quefrency**2)
    peak = shortest + decibel[:, shortest : longest + 1].argmax(axis=1)
    line = middle + slope * (peak - (first + longest) / 2)
    return np.asarray(decibel[np.arange(len(decibel)), peak] - line)
