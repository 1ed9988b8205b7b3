"""The probe: a fixed signal whose features tell whether a feature set still gives the numbers that are stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, TooShort
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FeatureSet, Unheard, Values
from bench.features.manifest import columns_declared
from bench.features.outcome import outcome_of
from bench.features.part import Row, Shape, matrix, read_part
from bench.features.shelf import probes_in

PROBE_S = 2.0
RELATIVE = 1e-4
NEAR_ZERO = 3e-5  # of the median size: values near zero differ in the last bits from one processor to the next


def probe_wave(rate: int) -> Waveform:
    """Two seconds of a voice-like buzz with syllables, a pause and a little noise; the same at every call.

    Examples
    --------
    >>> wave = probe_wave(16_000)
    >>> wave.duration_s, bool(abs(wave.samples).max() < 1)
    (2.0, True)
    """
    time_s = np.arange(round(PROBE_S * rate)) / rate
    pitch_hz = 120 + 20 * np.sin(2 * np.pi * 0.7 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / rate
    harmonics = range(1, max(2, min(20, int(rate / 2 / 150))))
    buzz = sum(np.sin(n * phase) / n for n in harmonics)
    syllables = np.clip(np.sin(2 * np.pi * 4 * time_s), 0, None) * ((time_s < 0.9) | (time_s > 1.25))
    noise = np.random.default_rng(20).standard_normal(len(time_s))
    return Waveform((0.2 * buzz * syllables + 0.003 * noise).astype(np.float32), rate)


def probe(feature_set: FeatureSet, shape: Shape) -> Row:
    """Run a feature set on the probe; a set that cannot do it gives missing values and says why.

    Raises
    ------
    BenchError
        If what it gives is not what it declares, or it raises one itself.
    """
    wave = probe_wave(feature_set.rate)
    found: object
    try:
        found = feature_set.extract(wave)
    except (TooShort, Unheard) as error:
        found = str(error)
    except BenchError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  # a stranger's set may fail on the probe and do well on recordings
        found = f"{type(error).__name__}: {error}"
    outcome = outcome_of(found, shape, columns_declared(feature_set))
    return Row("probe", outcome.values, outcome.note, 0.0, wave.duration_s)


def stored_probe(shelf: Path, shape: Shape) -> Values | None:
    """The values that the feature set gave for the probe when the shelf was made."""
    for path in probes_in(shelf):
        part = read_part(path)
        return np.stack([matrix(part, name, shape.width)[0] for name in shape.names]).reshape(shape.values_shape)
    return None


def moved(stored: npt.NDArray[np.float32], now: npt.NDArray[np.float32]) -> float:
    """By how much the probe's values have moved.

    Returns
    -------
    float
        The largest relative difference among the values that moved by more than 1e-4 of their size (with some leave for
        values near zero); 0 where none did; infinity where the shapes or the missing values differ.

    Examples
    --------
    >>> ones = np.ones(4, np.float32)
    >>> moved(ones, ones * np.float32(1.00001)), round(moved(ones, ones * np.float32(1.01)), 3)
    (0.0, 0.01)
    """
    if stored.shape != now.shape or not np.array_equal(np.isnan(stored), np.isnan(now)):
        return float("inf")
    finite = ~np.isnan(stored)
    old, new = stored[finite].astype(np.float64), now[finite].astype(np.float64)
    if not old.size:
        return 0.0
    size = np.maximum(np.abs(old), np.abs(new))
    apart = np.abs(old - new)
    beyond = apart > RELATIVE * size + NEAR_ZERO * np.median(np.abs(old))
    return float((apart[beyond] / size[beyond]).max()) if beyond.any() else 0.0
