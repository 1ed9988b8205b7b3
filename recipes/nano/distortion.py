"""What happens to speech on its way to a microphone: noise, a room, another microphone, a telephone.

Each crop of a batch is distorted anew at every step. Nothing is moved in time, so the targets of the clean speech stay true.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from recipes.nano.speech import RATE

NOISY, ROOM, MICROPHONE, TELEPHONE = 0.25, 0.15, 0.3, 0.1  # shares of the crops; two fifths stay as they are

Batch = npt.NDArray[np.float32]
_Spectrum = npt.NDArray[np.complexfloating]


def distort(crops: Batch, random: np.random.Generator) -> Batch:
    """Distort each crop on its own, in a way drawn from ``random``.

    Parameters
    ----------
    crops : float32 array, shape (n_crops, n_samples)
    random : numpy Generator

    Returns
    -------
    float32 array, shape (n_crops, n_samples)
        Of any level.
    """
    import scipy.fft

    n_samples = crops.shape[1]
    length = scipy.fft.next_fast_len(n_samples + RATE // 2, real=True)
    hz = np.fft.rfftfreq(length, 1 / RATE).astype(np.float32)
    spectra = scipy.fft.rfft(crops, length)
    rooms = scipy.fft.rfft(np.stack([_room(random) if random.random() < ROOM else _nothing() for _ in crops]), length)
    channels = np.stack([_channel(hz, random) for _ in crops])
    heard = scipy.fft.irfft(spectra * rooms * channels, length)[:, :n_samples]
    return np.asarray(heard + _noise(heard, hz, random), dtype=np.float32)


def _nothing() -> Batch:
    impulse = np.zeros(RATE // 2, dtype=np.float32)
    impulse[0] = 1
    return impulse


def _room(random: np.random.Generator) -> Batch:
    """The sound itself, then noise that decays by 60 dB in 0.15 to 0.7 s, together 0 to 15 dB below it."""
    t = np.arange(RATE // 2) / RATE
    tail = random.standard_normal(len(t)) * 10 ** (-3 * t / random.uniform(0.15, 0.7))
    tail[: RATE // 500] = 0
    response = tail * 10 ** (-random.uniform(0, 15) / 20) / np.sqrt((tail**2).sum())
    response[0] = 1
    return np.asarray(response, dtype=np.float32)


def _channel(hz: Batch, random: np.random.Generator) -> Batch:
    """A microphone's tilt and a bump, or the band of a telephone."""
    gain_db = np.zeros_like(hz)
    if random.random() < MICROPHONE:
        octaves = np.log2(np.maximum(hz, 50) / 1_000)
        gain_db += random.uniform(-3, 3) * octaves
        gain_db += random.uniform(-8, 8) * np.exp(-((octaves - random.uniform(-3, 2.5)) ** 2))
    if random.random() < TELEPHONE:
        gain_db += np.clip(-30 * np.log2(300 / np.maximum(hz, 20)), -60, 0)
        gain_db += np.clip(-60 * np.log2(np.maximum(hz, 20) / 3_400), -60, 0)
    return np.asarray(10 ** (gain_db / 20), dtype=np.float32)


def _noise(heard: Batch, hz: Batch, random: np.random.Generator) -> Batch:
    """Noise between white and brown, 0 to 30 dB below the speech, in some of the crops."""
    import scipy.fft

    white = scipy.fft.rfft(random.standard_normal((len(heard), 2 * (len(hz) - 1)), dtype=np.float32))
    slopes = random.uniform(-1, 0, (len(heard), 1)).astype(np.float32)
    noise = scipy.fft.irfft(white * np.maximum(hz, 50) ** slopes)[:, : heard.shape[1]]
    level = heard.std(axis=1, keepdims=True) / noise.std(axis=1, keepdims=True)
    ratio_db = random.uniform(0, 30, (len(heard), 1))
    present = random.random((len(heard), 1)) < NOISY
    return np.asarray(noise * level * 10 ** (-ratio_db / 20) * present, dtype=np.float32)
