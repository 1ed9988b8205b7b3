"""Syllable nuclei: peaks of the intensity that stand out from the dips on both sides and are voiced.

After N. H. de Jong and T. Wempe, "Praat script to detect syllable nuclei and measure speech rate automatically", Behavior
Research Methods 41 (2009): a nucleus is a peak of the smoothed intensity that sounds, rises at least 2 dB above the dips
beside it, and is voiced.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bench.features.pitch import PitchTrack

HOP_S = 0.005
SMOOTH_S = 0.08
DIP_DB = 2.0
BAND_HZ = (350.0, 3000.0)

Floats = npt.NDArray[np.float64]


def find_nuclei(samples: Floats, rate: int, track: PitchTrack, threshold_db: float) -> Floats:
    """Find the syllable nuclei of a clip.

    Parameters
    ----------
    samples : float64 array, shape (n_samples,)
        Without rumble and offset (``bench.features.pause.centred``).
    rate : int
        In Hz.
    track : PitchTrack
    threshold_db : float
        A peak must exceed it; as in ``Speech.threshold_db``.

    Returns
    -------
    float64 array, shape (n_nuclei,)
        Their times, in seconds.
    """
    from scipy.signal import find_peaks

    if not track.voiced.any():
        return np.zeros(0)
    contour_db = np.maximum(intensity_db(samples, rate), threshold_db)
    padded_db = np.concatenate([[threshold_db], contour_db, [threshold_db]])
    peaks, _ = find_peaks(padded_db, prominence=DIP_DB)
    times_s = (peaks - 1 + 0.5) * HOP_S
    nearest = np.searchsorted((track.times_s[1:] + track.times_s[:-1]) / 2, times_s)
    voiced = track.voiced[nearest]
    return np.asarray(times_s[voiced][_parted(padded_db, peaks[voiced])])


def _parted(contour_db: Floats, peaks: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Which peaks are parted from the one before by a dip of 2 dB."""
    # A prominence reaches over peaks of exactly the same height: in a vowel that repeats itself bit by bit, each is prominent.
    # Of peaks that differ, the lower one's prominence has seen to the dip.
    dips_db = np.minimum.reduceat(contour_db, peaks)[:-1]
    lower_db = np.minimum(contour_db[peaks[:-1]], contour_db[peaks[1:]])
    return np.concatenate([[True], lower_db - dips_db >= DIP_DB])[: len(peaks)]


def intensity_db(samples: Floats, rate: int) -> Floats:
    """Smoothed power in the band of the vowels, in dB, a value each 5 ms."""
    from scipy.signal import butter, sosfilt

    hop = round(HOP_S * rate)
    sections = butter(2, BAND_HZ, "bandpass", fs=rate, output="sos")
    banded = np.square(sosfilt(sections, samples)[: len(samples) // hop * hop]).reshape(-1, hop).mean(axis=1)
    weights = np.hanning(round(SMOOTH_S / HOP_S) + 3)[1:-1]
    return np.asarray(10 * np.log10(np.maximum(np.convolve(banded, weights / weights.sum(), "same"), 1e-30)))
