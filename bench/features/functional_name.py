"""Names of the openSMILE functionals, so that columns are known without loading openSMILE.

The engine compares them with what the library itself says before the first clip. Both sets are products of low-level
descriptors (LLDs) and functionals, in the order in which openSMILE gives them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

_SHAPE = [
    "amean",
    "stddevNorm",
    "percentile20.0",
    "percentile50.0",
    "percentile80.0",
    "pctlrange0-2",
    "meanRisingSlope",
    "stddevRisingSlope",
    "meanFallingSlope",
    "stddevFallingSlope",
]
_MOMENTS = ("amean", "stddevNorm")
_MFCC = tuple(f"mfcc{i}" for i in range(1, 5))


def _product(llds: Iterable[str], functionals: Iterable[str]) -> list[str]:
    functionals = tuple(functionals)
    return [f"{lld}_{functional}" for lld in llds for functional in functionals]


@functools.cache
def egemaps_names() -> tuple[str, ...]:
    """The 88 functionals of eGeMAPSv02.

    Examples
    --------
    >>> len(egemaps_names()), egemaps_names()[0]
    (88, 'F0semitoneFrom27.5Hz_sma3nz_amean')
    """
    formants = [f"F{i}{what}" for i in (1, 2, 3) for what in ("frequency", "bandwidth", "amplitudeLogRelF0")]
    quality = ["jitterLocal", "shimmerLocaldB", "HNRdBACF", "logRelF0-H1-H2", "logRelF0-H1-A3", *formants]
    tilt = ("alphaRatio{}", "hammarbergIndex{}", "slope{}0-500", "slope{}500-1500", "spectralFlux{}")
    voiced = [pattern.format("V") for pattern in tilt] + [f"{name}V" for name in _MFCC]
    return (
        *_product(["F0semitoneFrom27.5Hz_sma3nz", "loudness_sma3"], _SHAPE),
        *_product([f"{name}_sma3" for name in ("spectralFlux", *_MFCC)], _MOMENTS),
        *_product([f"{name}_sma3nz" for name in (*quality, *voiced)], _MOMENTS),
        *_product([pattern.format("UV") + "_sma3nz" for pattern in tilt], ["amean"]),
        *("loudnessPeaksPerSec", "VoicedSegmentsPerSec", "MeanVoicedSegmentLengthSec", "StddevVoicedSegmentLengthSec"),
        *("MeanUnvoicedSegmentLength", "StddevUnvoicedSegmentLength", "equivalentSoundLevel_dBp"),
    )


_PERCENTILES = [
    "quartile1",
    "quartile2",
    "quartile3",
    "iqr1-2",
    "iqr2-3",
    "iqr1-3",
    "percentile1.0",
    "percentile99.0",
    "pctlrange0-1",
    "stddev",
    "skewness",
    "kurtosis",
]
_LEVELS = [
    "upleveltime25",
    "upleveltime50",
    "upleveltime75",
    "upleveltime90",
    "risetime",
    "leftctime",
    "lpgain",
    "lpc0",
    "lpc1",
    "lpc2",
    "lpc3",
    "lpc4",
]
_RUNS = ["meanSegLen", "maxSegLen", "minSegLen", "segLenStddev"]
_REGRESSION = ["linregc1", "linregc2", "linregerrQ", "qregc1", "qregc2", "qregc3", "qregerrQ", "centroid"]
_PEAKS = [
    "meanPeakDist",
    "peakDistStddev",
    "peakRangeAbs",
    "peakRangeRel",
    "peakMeanAbs",
    "peakMeanMeanDist",
    "peakMeanRel",
    "minRangeRel",
    "meanRisingSlope",
    "stddevRisingSlope",
    "meanFallingSlope",
    "stddevFallingSlope",
]
_RANGE = ("range", "maxPos", "minPos")
_SPECTRAL = [
    "fband250-650",
    "fband1000-4000",
    "spectralRollOff25.0",
    "spectralRollOff50.0",
    "spectralRollOff75.0",
    "spectralRollOff90.0",
    "spectralFlux",
    "spectralCentroid",
    "spectralEntropy",
    "spectralVariance",
    "spectralSkewness",
    "spectralKurtosis",
    "spectralSlope",
    "psySharpness",
    "spectralHarmonicity",
]
COMPARE_VOICED_LLDS = tuple(
    f"{name}_{smoothed}"
    for smoothed in ("sma", "sma_de")
    for name in ("F0final", "jitterLocal", "jitterDDP", "shimmerLocal", "logHNR")
)


@functools.cache
def compare_names() -> tuple[str, ...]:
    """The 6,373 functionals of ComParE_2016.

    Examples
    --------
    >>> len(compare_names()), compare_names()[-1]
    (6373, 'mfcc_sma_de[14]_stddevFallingSlope')
    """

    def energy(end: str) -> list[str]:
        return [f"{name}_{end}" for name in ("audspec_lengthL1norm", "audspecRasta_lengthL1norm", "pcm_RMSenergy", "pcm_zcr")]

    def spectral(end: str) -> list[str]:
        bands = [f"audSpec_Rfilt_{end}[{i}]" for i in range(26)]
        return [*bands, *(f"pcm_fftMag_{name}_{end}" for name in _SPECTRAL), *(f"mfcc_{end}[{i}]" for i in range(1, 15))]

    def voice(end: str) -> list[str]:
        names = ("F0final", "voicingFinalUnclipped", "jitterLocal", "jitterDDP", "shimmerLocal", "logHNR")
        return [f"{name}_{end}" for name in names]

    static, delta = energy("sma") + spectral("sma"), energy("sma_de") + spectral("sma_de")
    both = energy("sma") + energy("sma_de") + spectral("sma") + spectral("sma_de")
    mean = ("amean", "flatness", "posamean", "rqmean")
    return (
        *_product(both, [*_RANGE, *_PERCENTILES, *_RUNS, *_LEVELS]),
        *_product(voice("sma") + voice("sma_de"), [*mean, *_RANGE, *_REGRESSION, *_PERCENTILES, *_LEVELS]),
        *_product(["F0final_sma_ff0"], ["nnz", *_RUNS]),
        *_product(static, ["amean", "flatness", "rqmean", *_PEAKS, *_REGRESSION]),
        *_product(delta, ["flatness", "posamean", "rqmean", *_PEAKS]),
    )
