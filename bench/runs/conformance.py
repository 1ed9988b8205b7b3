"""Conformance: what every feature set must keep to, ours and a stranger's alike; each check says why it matters."""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import TooShort
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FeatureSet, Partial, Values
from bench.features.probe import probe_wave

CLOSE = 1e-4
IDENTITY = """
import sys
from pathlib import Path
from typing import Any
from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS
from bench.runs.plugin import add_plugins
add_plugins([Path(file) for file in sys.argv[2:]])
print(FEATURE_SETS.make(parse(sys.argv[1])).identity)
"""


def signals(rate: int) -> dict[str, Waveform]:
    """The signals that a feature set is tried on, by name; the same at every call.

    Parameters
    ----------
    rate : int
        In Hz.

    Returns
    -------
    dict of str to Waveform
        A voice-like buzz, silence, noise and a click of 2 s each, and 50 ms of the buzz.
    """
    voice = probe_wave(rate)
    noise = 0.1 * np.random.default_rng(7).standard_normal(2 * rate)
    click = np.zeros(2 * rate)
    click[rate] = 0.9
    others: dict[str, npt.NDArray[Any]] = {
        "silence": np.zeros(2 * rate),
        "noise": noise,
        "a click": click,
        "50 ms": voice.samples[rate // 2 :][: rate // 20],
    }
    return {"speech": voice, **{name: Waveform(samples.astype(np.float32), rate) for name, samples in others.items()}}


def feature_set_faults(feature_set: FeatureSet, files: tuple[Path, ...] = ()) -> list[str]:
    """Try a feature set and say what is wrong with it.

    Parameters
    ----------
    feature_set : FeatureSet
    files : tuple of Path
        The plug-in files that another process needs in order to know it.

    Returns
    -------
    list of str
        A sentence a fault; empty if none was found.
    """
    faults: list[str] = []
    # Repeating comes early: a running maximum, say, is at rest once it has heard every signal.
    for look in (_declares, _shape, _repeats, _finite, _leaves_input, _batch, _short, _pickles):
        faults += _guarded(look, feature_set)
        if faults and look is _declares:
            return faults
    return faults + _guarded(_identity, feature_set, files)


def _guarded(look: Callable[..., Iterator[str]], feature_set: FeatureSet, *more: tuple[Path, ...]) -> list[str]:
    try:
        return list(look(feature_set, *more))
    except Exception as error:  # noqa: BLE001  # whatever a stranger's code raises is the fault to be told
        return [f"{look.__name__.strip('_')}: it raised {type(error).__name__}: {error}."]


def _values(found: Values | Partial) -> Values:
    return found.values if isinstance(found, Partial) else found


def _same(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    """Equal up to rounding; what is missing or endless on both sides is told elsewhere."""
    if one.shape != other.shape:
        return False
    size = float(np.abs(np.nan_to_num(one)).mean())
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE * (1e-9 + size), equal_nan=True))


def _declares(feature_set: FeatureSet) -> Iterator[str]:
    for name in ("name", "version"):
        if not isinstance(getattr(feature_set, name, None), str):
            yield f"`{name}` is missing or no text; it names what is stored. Set it on the class."
    try:
        columns = feature_set.columns
    except NotImplementedError:
        yield "`columns` is missing; it names the dimensions. Set it to a tuple of texts."
        return
    if not columns or len(set(columns)) != len(columns):
        yield f"`columns` has {len(columns)} names, {len(set(columns))} of them different. Give each a name of its own."


def _shape(feature_set: FeatureSet) -> Iterator[str]:
    values = _values(feature_set.extract(probe_wave(feature_set.rate)))
    width = len(feature_set.statistics) * len(feature_set.columns)
    expected = (width,) if feature_set.layers is None else (len(feature_set.layers), width)
    if not isinstance(values, np.ndarray) or values.dtype != np.float32:
        kind = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
        yield f"`extract` gave {kind}, and float32 is what is stored. Convert it."
    if np.shape(values) != expected:
        yield f"`extract` gave the shape {np.shape(values)}, and {expected} was declared. Make both agree."


def _finite(feature_set: FeatureSet) -> Iterator[str]:
    for name, wave in signals(feature_set.rate).items():
        try:
            values = _values(feature_set.extract(wave))
        except TooShort:
            continue
        wrong = int((~np.isfinite(values)).sum())
        if wrong:
            yield (
                f"On {name}, {wrong} of {np.size(values)} values are not finite; a model cannot read them. "
                "Give finite values, name the columns in a Partial, or raise TooShort."
            )


def _repeats(feature_set: FeatureSet) -> Iterator[str]:
    waves = signals(feature_set.rate)
    first = _values(feature_set.extract(waves["speech"])).copy()
    for name in ("noise", "a click"):
        with contextlib.suppress(TooShort):
            feature_set.extract(waves[name])
    if not np.array_equal(first, _values(feature_set.extract(waves["speech"])), equal_nan=True):
        yield "The same clip gave other values the second time; a cache would freeze one of them. Remove state and randomness."


def _leaves_input(feature_set: FeatureSet) -> Iterator[str]:
    samples = probe_wave(feature_set.rate).samples.copy()
    before = samples.copy()
    feature_set.extract(Waveform(samples, feature_set.rate))
    if not np.array_equal(samples, before):
        yield "It changed the samples that it was given; other feature sets see them too. Work on a copy."


def _batch(feature_set: FeatureSet) -> Iterator[str]:
    waves = signals(feature_set.rate)
    own = [waves["speech"], waves["noise"], Waveform(waves["speech"].samples[: feature_set.rate], feature_set.rate)]
    together = feature_set.extract_batch(own)
    if len(together) != len(own):
        yield f"`extract_batch` gave {len(together)} results for {len(own)} clips; one each is expected."
        return
    for wave, found in zip(own, together, strict=True):
        if isinstance(found, str) or not _same(_values(feature_set.extract(wave)), _values(found)):
            yield "A clip gave other values in a batch than alone; they would depend on its neighbours. Treat each on its own."
            return


def _short(feature_set: FeatureSet) -> Iterator[str]:
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are to be expected here
            feature_set.extract(Waveform(np.zeros(1, np.float32), feature_set.rate))
    except TooShort:
        return
    except Exception as error:  # noqa: BLE001
        yield f"On a single sample it raised {type(error).__name__}: {error}. Raise bench.TooShort, so that the clip is kept."


def _pickles(feature_set: FeatureSet) -> Iterator[str]:
    if pickle.loads(pickle.dumps(feature_set)) != feature_set:  # noqa: S301  # our own bytes
        yield "It does not survive being sent to another process. Keep only plain values in its fields."


def _identity(feature_set: FeatureSet, files: tuple[Path, ...]) -> Iterator[str]:
    command = [sys.executable, "-c", IDENTITY, str(feature_set), *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603  # this interpreter
    if answer.returncode:
        yield f"Another process cannot make it: {answer.stderr.strip().splitlines()[-1]}"
    elif answer.stdout.strip() != feature_set.identity:
        yield "Its identity differs from process to process, so nothing stored would be found again. Use only fixed values."
