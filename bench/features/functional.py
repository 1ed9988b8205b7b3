"""The openSMILE functionals: ``egemaps`` (eGeMAPSv02, 88) and ``compare`` (ComParE_2016, 6,373).

As published: mono, 16 kHz, level and edges untouched. Both depend on gain and on silence at the edges, so two variants are
offered: ``level`` brings every clip to one level, ``trim`` cuts the silence before and after the speech.

References
----------
F. Eyben et al., "The Geneva Minimalistic Acoustic Parameter Set (GeMAPS) for Voice Research and Affective Computing",
IEEE Transactions on Affective Computing 7 (2016). F. Weninger et al., "On the Acoustics of Emotion in Audio", Frontiers in
Psychology 4 (2013).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError, TooShort
from bench.decoders.waveform import Waveform
from bench.features.engine import RATE, engine
from bench.features.feature_set import FeatureSet, Partial, Values
from bench.features.functional_name import COMPARE_VOICED_LLDS, compare_names, egemaps_names
from bench.features.pause import speech_span

MIN_SAMPLES = 960  # 60 ms: openSMILE's longest frame; below it there is no value at all
TRIM_KEEP_S = 0.05
LARGEST = np.float32(32767 / 32768)  # +1.0 would become the most negative 16-bit value


class Functional(FeatureSet):
    """What both sets share.

    Parameters
    ----------
    level : float or None
        dBFS (RMS over the clip, after trimming) that the clip is brought to, below 0; None leaves it. Peaks beyond full
        scale are clipped, so -26 is a sensible value and -10 is not.
    trim : bool
        Cut to the speech: from 50 ms before the first to 50 ms after the last sounding frame, as ``bench.features.pause``
        finds them. A clip in which no frame sounds is left whole.
    only : str
        Which columns this view reads: shell patterns separated by ``|``. Not part of the identity.
    """

    configuration: ClassVar[str]
    views: ClassVar[tuple[str, ...]] = ("only",)
    level: float | None = None
    trim: bool = False
    only: str = "*"

    def __post_init__(self) -> None:
        if self.level is not None and not -100 <= self.level < 0:
            raise RequestError(
                f"{self.name}[level=...] got {self.level:g}. Expected is an RMS level in dBFS, from -100 to below 0. "
                "Give one such as -26."
            )

    @property
    def cost(self) -> float:
        """Rough seconds of one core for a second of audio."""
        return 0.015

    @property
    def kept(self) -> str:
        """The patterns of ``only``."""
        return self.only

    def untrusted(self, values: Values) -> dict[str, tuple[str, ...]]:
        """By reason: the columns whose values only say that openSMILE had nothing to measure."""
        raise NotImplementedError

    def extract(self, wave: Waveform) -> Values | Partial:
        """Compute the functionals of one clip.

        Parameters
        ----------
        wave : Waveform
            Mono float32 at 16 kHz.

        Returns
        -------
        float32 array, shape (88,) or (6373,), or Partial
            Partial where nothing sounds, or where openSMILE gives zeros because no frame was voiced (or unvoiced).

        Raises
        ------
        TooShort
            If the clip (after trimming) is shorter than 60 ms.
        ValueError
            If the waveform has another rate or holds NaN or infinity.

        Examples
        --------
        >>> tone = np.sin(np.arange(8000) * 0.06).astype("float32")
        >>> Egemaps().extract(Waveform(0.3 * tone, 16_000)).values.shape
        (88,)
        """
        samples = self._prepared(wave)
        if len(samples) < MIN_SAMPLES:
            trimmed = " after trimming" if self.trim else ""
            raise TooShort(
                f"The clip has {len(samples) / RATE * 1000:.0f} ms{trimmed}. {self.name} needs at least "
                f"{MIN_SAMPLES / RATE * 1000:.0f} ms. Its values are missing."
            )
        if not samples.any():
            return Partial(np.zeros(len(self.columns), np.float32), self.columns, "digital silence")
        values = engine(self.configuration, self.columns).run(samples)
        if values is None:
            raise TooShort(f"openSMILE gave no value for {len(samples) / RATE * 1000:.0f} ms. Its values are missing.")
        return self._judged(values)

    def _prepared(self, wave: Waveform) -> npt.NDArray[np.int16]:
        if wave.rate != RATE:
            raise ValueError(f"the waveform has {wave.rate} Hz, expected are {RATE} Hz; give wave.resampled({RATE})")
        samples = wave.samples
        if not np.isfinite(samples).all():
            raise ValueError("the waveform holds NaN or infinity; expected are finite samples; decode it again")
        if self.trim and (span := speech_span(samples, RATE)) is not None:
            start, end = (round(s * RATE) for s in (span[0] - TRIM_KEEP_S, span[1] + TRIM_KEEP_S))
            samples = samples[max(start, 0) : end]
        if self.level is not None and samples.any():
            now = np.sqrt(np.mean(np.square(samples, dtype=np.float64)))
            samples = (samples * (10 ** (self.level / 20) / now)).astype(np.float32)
        # Truncated towards zero, not rounded, because opensmile's own wrapper does so.
        clipped = np.clip(samples, np.float32(-1), LARGEST) * np.float32(32768)
        return clipped.astype(np.int16)

    def _judged(self, values: Values) -> Values | Partial:
        reasons = self.untrusted(values)
        broken = ~np.isfinite(values)
        if broken.any():
            values = np.where(broken, np.float32(0), values)
            reasons["not a finite number"] = tuple(name for name, bad in zip(self.columns, broken, strict=True) if bad)
        if not reasons:
            return values
        lost = {name for names in reasons.values() for name in names}
        return Partial(values, tuple(name for name in self.columns if name in lost), ", ".join(reasons))


class Egemaps(Functional):
    """The 88 functionals of eGeMAPSv02: pitch, loudness, voice quality, formants, spectral tilt, coarse timing.

    Where no frame is voiced, openSMILE gives zeros for all that is measured on voiced frames; these 58 columns are missing
    then (``VoicedSegmentsPerSec`` stays: it is truly 0). Where every frame is voiced, the same holds of the 5 ``UV`` columns.

    Examples
    --------
    >>> str(Egemaps(level=-26, only="F0*"))
    'egemaps[level=-26,only=F0*]'
    """

    name = "egemaps"
    version = "1"
    configuration: ClassVar[str] = "eGeMAPSv02"

    @property
    def columns(self) -> tuple[str, ...]:
        """The 88 names, as openSMILE gives them."""
        return egemaps_names()

    def untrusted(self, values: Values) -> dict[str, tuple[str, ...]]:
        """Columns on voiced frames where pitch is 0 throughout; columns on unvoiced frames where all five are 0."""
        found = dict(zip(self.columns, values, strict=True))
        unvoiced = tuple(name for name in found if "UV" in name)
        voiced = tuple(name for name in found if "_sma3nz_" in name and name not in unvoiced)
        reasons: dict[str, tuple[str, ...]] = {}
        if not any(found[name] for name in voiced if name.startswith("F0semitone")):
            reasons["no voiced frame"] = voiced
        if found["MeanVoicedSegmentLengthSec"] == 0:
            reasons["no voiced segment"] = ("MeanVoicedSegmentLengthSec", "StddevVoicedSegmentLengthSec")
        if not any(found[name] for name in unvoiced):
            reasons["no unvoiced frame"] = unvoiced
        return reasons


class Compare(Functional):
    """The 6,373 functionals of ComParE_2016: 65 low-level descriptors and their deltas.

    Where no frame is voiced, the 394 columns on pitch, jitter, shimmer, harmonicity and voiced segments are missing; the
    share of voiced frames (``F0final_sma_ff0_nnz``) stays: it is truly 0.
    """

    name = "compare"
    version = "1"
    configuration: ClassVar[str] = "ComParE_2016"

    @property
    def columns(self) -> tuple[str, ...]:
        """The 6,373 names, as openSMILE gives them."""
        return compare_names()

    def untrusted(self, values: Values) -> dict[str, tuple[str, ...]]:
        """Columns on voiced frames where the share of voiced frames is 0."""
        share = "F0final_sma_ff0_nnz"
        if values[self.columns.index(share)] != 0:
            return {}
        starts = tuple(f"{lld}_" for lld in COMPARE_VOICED_LLDS)
        return {"no voiced frame": tuple(name for name in self.columns if name.startswith(starts) and name != share)}
