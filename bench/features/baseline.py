"""The two trivial sets: ``duration`` and ``loudness``, one column each.

They are rows to compare with. A set that cannot beat the length of the clip, or how loud it was recorded, has told nothing
about the voice.
"""

from __future__ import annotations

import numpy as np

from bench.decoders.waveform import Waveform
from bench.features.feature_set import FeatureSet, Values

FLOOR_DB = -120.0


class Duration(FeatureSet):
    """How long the clip is, in seconds, silence at its edges included.

    Attributes
    ----------
    duration_s
        Samples of the clip over its rate. Resampling moves it by less than one sample.

    Examples
    --------
    >>> Duration().extract(Waveform(np.zeros(24_000, np.float32), 16_000))
    array([1.5], dtype=float32)
    """

    name = "duration"
    version = "1"
    columns = ("duration_s",)

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio."""
        return 1e-5

    def extract(self, wave: Waveform) -> Values:
        """Measure one clip.

        Parameters
        ----------
        wave : Waveform
            Of any rate and any length.

        Returns
        -------
        float32 array, shape (1,)
            In seconds, 0 or more.
        """
        return np.array([wave.duration_s], dtype=np.float32)


class Loudness(FeatureSet):
    """How loud the clip is as recorded: the level of its mean power, in dBFS.

    It hangs on the microphone as much as on the voice, and so it is a baseline. Silence inside the clip and at its edges
    counts. Nothing is weighted by hearing; the loudness of eGeMAPS is.

    Attributes
    ----------
    level_db
        ``10 log10(mean of the squared samples)``: 0 where every sample is at full scale, about -3 for a full-scale sine, and
        never below -120, which digital silence gets.

    Examples
    --------
    >>> Loudness().extract(Waveform(np.full(16_000, 0.1, np.float32), 16_000)).round(3)
    array([-20.], dtype=float32)
    """

    name = "loudness"
    version = "1"
    columns = ("level_db",)

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio."""
        return 1e-4

    def extract(self, wave: Waveform) -> Values:
        """Measure one clip.

        Parameters
        ----------
        wave : Waveform
            Of any rate and any length.

        Returns
        -------
        float32 array, shape (1,)
            In dBFS, -120 or more.

        Raises
        ------
        ValueError
            If the waveform holds NaN or infinity.
        """
        if not np.isfinite(wave.samples).all():
            raise ValueError("the waveform holds NaN or infinity; expected are finite samples; decode it again")
        power = float(np.square(wave.samples, dtype=np.float64).sum()) / max(len(wave.samples), 1)
        return np.array([10 * np.log10(max(power, 10 ** (FLOOR_DB / 10)))], dtype=np.float32)
