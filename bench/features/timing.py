"""The ``timing`` set: the cues on pace, pauses and voice that eGeMAPS lacks.

Everything is relative to the clip itself: a gain changes nothing, and silence before the first and after the last sound does
not count. "Utterance" is the time from the first sound to the last. What ``bench.features.pause`` takes for no speech (a faint
sound on its own, a click) counts as silence everywhere: it holds no voice and no syllable.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bench.base.error import TooShort
from bench.decoders.waveform import Waveform
from bench.features.cepstrum import cepstral_prominence
from bench.features.feature_set import FeatureSet, Partial, Values
from bench.features.nucleus import find_nuclei
from bench.features.pause import Speech, centred, find_speech
from bench.features.pitch import PitchTrack, track_pitch

MIN_S = 0.25
MIN_SLOPE_S = 0.2

PAUSES = ("pause_count_per_min", "pause_mean_s", "pause_longest_s", "pause_sd_s", "pause_share")
PACE = ("phonation_ratio", "speech_rate_hz", "articulation_rate_hz")
RUNS = ("voiced_run_mean_s", "voiced_run_median_s", "voiced_run_p90_s")
SLOPES = ("pitch_slope_st_per_s", "loudness_slope_db_per_s")
PERIODICITY = ("cpps_mean_db", "cpps_sd_db")


class Timing(FeatureSet):
    """Pauses, pace, voiced runs, declination and cepstral peak prominence: 15 columns.

    Attributes
    ----------
    pause_count_per_min, pause_mean_s, pause_longest_s, pause_sd_s, pause_share
        Silences of 0.2 s or longer inside the utterance: how many a minute of utterance, their lengths, and their share of
        it (0 to 1). Without a pause all five are 0; with one, the spread is.
    phonation_ratio
        Share of the utterance that is voiced, 0 to 1.
    speech_rate_hz, articulation_rate_hz
        Syllable nuclei a second of utterance, and a second of utterance without its pauses. Missing where no frame is voiced,
        as in a whisper: only voiced nuclei are counted, so 0 would stand for very slow speech.
    voiced_run_mean_s, voiced_run_median_s, voiced_run_p90_s
        Lengths of the unbroken voiced stretches. Missing where no frame is voiced.
    pitch_slope_st_per_s, loudness_slope_db_per_s
        Declination: the straight line through the pitch (semitones) and the level (dB) of the voiced frames over the
        utterance. Missing where the voiced frames span less than 0.2 s.
    cpps_mean_db, cpps_sd_db
        Smoothed cepstral peak prominence over the voiced frames. Missing where no frame is voiced.
    only : str
        Which columns this view reads: shell patterns separated by ``|``. Not part of the identity.

    Examples
    --------
    >>> len(Timing().columns), str(Timing(only="pause*"))
    (15, 'timing[only=pause*]')
    """

    name = "timing"
    version = "2"
    views: ClassVar[tuple[str, ...]] = ("only",)
    only: str = "*"

    @property
    def columns(self) -> tuple[str, ...]:
        """The 15 names, with their units."""
        return (*PAUSES, *PACE, *RUNS, *SLOPES, *PERIODICITY)

    @property
    def kept(self) -> str:
        """The patterns of ``only``."""
        return self.only

    def extract(self, wave: Waveform) -> Values | Partial:
        """Measure one clip.

        Parameters
        ----------
        wave : Waveform
            Mono float32 at 16 kHz.

        Returns
        -------
        float32 array, shape (15,), or Partial
            Partial where nothing sounds, no frame is voiced, or too little is voiced for a slope.

        Raises
        ------
        TooShort
            Under 0.25 s.
        ValueError
            If the waveform has another rate or holds NaN or infinity.
        """
        if wave.rate != self.rate:
            raise ValueError(f"the waveform has {wave.rate} Hz, expected are {self.rate} Hz; resample it first")
        if not np.isfinite(wave.samples).all():
            raise ValueError("the waveform holds NaN or infinity; expected are finite samples; decode it again")
        if wave.duration_s < MIN_S:
            raise TooShort(
                f"The clip has {wave.duration_s * 1000:.0f} ms. timing needs at least {MIN_S * 1000:.0f} ms. "
                "Its values are missing."
            )
        speech = find_speech(wave.samples, wave.rate)
        if speech is None:
            return Partial(np.zeros(len(self.columns), np.float32), self.columns, "nothing sounds")
        samples = centred(wave.samples, wave.rate)
        # The shares and rates are of the utterance, so voice and nuclei are counted where it sounds, not in the whole clip.
        track = track_pitch(samples, wave.rate, speech.threshold_db).within(speech.runs_s)
        nuclei_s = find_nuclei(samples, wave.rate, track, speech.threshold_db)
        found = _pauses(speech) | _pace(speech, track, nuclei_s)
        found |= _runs(track) | _slopes(track) | _periodicity(track, cepstral_prominence(samples, wave.rate))
        return self._assembled(found, bool(track.voiced.any()))

    def _assembled(self, found: dict[str, float], voiced: bool) -> Values | Partial:
        values = np.array([found.get(name, 0.0) for name in self.columns], dtype=np.float32)
        missing = tuple(name for name in self.columns if name not in found)
        if not missing:
            return values
        return Partial(values, missing, "too little voice for a slope" if voiced else "no voiced frame")


def _pauses(speech: Speech) -> dict[str, float]:
    lengths = np.diff(speech.pauses_s, axis=1)[:, 0]
    utterance_s = speech.end_s - speech.start_s
    if len(lengths) == 0:
        return dict.fromkeys(PAUSES, 0.0)
    numbers = (60 * len(lengths) / utterance_s, lengths.mean(), lengths.max(), lengths.std(), lengths.sum() / utterance_s)
    return dict(zip(PAUSES, map(float, numbers), strict=True))


def _pace(speech: Speech, track: PitchTrack, nuclei_s: npt.NDArray[np.float64]) -> dict[str, float]:
    utterance_s = speech.end_s - speech.start_s
    paused_s = float(np.diff(speech.pauses_s, axis=1).sum())
    voiced_s = float(track.runs_s().sum())
    if voiced_s == 0:
        return {"phonation_ratio": 0.0}
    numbers = (voiced_s / utterance_s, len(nuclei_s) / utterance_s, len(nuclei_s) / (utterance_s - paused_s))
    return dict(zip(PACE, numbers, strict=True))


def _runs(track: PitchTrack) -> dict[str, float]:
    lengths = track.runs_s()
    if len(lengths) == 0:
        return {}
    return dict(zip(RUNS, (float(lengths.mean()), *map(float, np.percentile(lengths, [50, 90]))), strict=True))


def _slopes(track: PitchTrack) -> dict[str, float]:
    times_s = track.times_s[track.voiced]
    if len(times_s) == 0 or times_s[-1] - times_s[0] < MIN_SLOPE_S:
        return {}
    curves = (12 * np.log2(track.pitch_hz[track.voiced]), track.level_db[track.voiced])
    return {name: float(np.polyfit(times_s, curve, 1)[0]) for name, curve in zip(SLOPES, curves, strict=True)}


def _periodicity(track: PitchTrack, prominence_db: npt.NDArray[np.float64]) -> dict[str, float]:
    inside = prominence_db[track.voiced]
    if len(inside) == 0:
        return {}
    return dict(zip(PERIODICITY, (float(inside.mean()), float(inside.std())), strict=True))
