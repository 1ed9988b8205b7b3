"""Conformance: what every feature set must keep to, ours and a stranger's alike; each check says why it matters."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, RequestError, TooShort
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FeatureSet, Partial, Values
from bench.features.manifest import columns_declared, shape_declared
from bench.features.outcome import outcome_of
from bench.features.probe import probe_wave
from bench.runs.elsewhere import elsewhere, identity_faults
from bench.runs.trial import Trial, faults_of, missing_method

CLOSE = 1e-4


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
    """Try a feature set in this process and say what is wrong with it; see `feature_set_trials`."""
    return faults_of(feature_set_trials(feature_set, files))


def feature_set_trials(feature_set: FeatureSet, files: tuple[Path, ...] = ()) -> list[Trial]:
    """What a feature set is tried on.

    Parameters
    ----------
    feature_set : FeatureSet
    files : tuple of Path
        The plug-in files that another process needs in order to know it.

    Returns
    -------
    list of Trial
    """
    tried = _Tried(feature_set, files)
    return [
        Trial("Asked for what it declares", tried.declares, stops=True),
        Trial("Asked for the values of a clip", tried.shape),
        # Repeating comes early: a running maximum, say, is at rest once it has heard every signal.
        Trial("Asked for the same clip twice", tried.repeats),
        Trial("Asked for silence, noise, a click and 50 ms", tried.finite),
        Trial("Lent a clip that is not to be changed", tried.leaves_input),
        Trial("Asked for several clips at once", tried.batch),
        Trial("Asked for a single sample", tried.short),
        Trial("Sent to another process", tried.pickles),
        Trial("Made in another process", tried.elsewhere, ours=True),
    ]


def speech_last(feature_set: FeatureSet) -> Values:
    """The values of speech after noise and a click; what comes from the order of clips shows."""
    waves = signals(feature_set.rate)
    for name in ("noise", "a click"):
        with contextlib.suppress(TooShort):
            feature_set.extract(waves[name])
    return _values(feature_set.extract(waves["speech"]))


def _values(found: Values | Partial) -> Values:
    return found.values if isinstance(found, Partial) else found


def _same(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> bool:
    """Equal up to rounding; what is missing or endless on both sides is told elsewhere."""
    if one.shape != other.shape:
        return False
    size = float(np.abs(np.nan_to_num(one)).mean())
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE * (1e-9 + size), equal_nan=True))


@dataclass
class _Tried:
    """A feature set under trial.

    Attributes
    ----------
    known : float32 array or None
        What it gives for speech, where that is the same every time in this process.
    misfit : bool
        Whether the shape or the kind of its values was told already.
    """

    feature_set: FeatureSet
    files: tuple[Path, ...]
    known: Values | None = None
    misfit: bool = False

    def declares(self) -> Iterator[str]:
        for name in ("name", "version"):
            if not isinstance(getattr(self.feature_set, name, None), str):
                yield f"`{name}` is missing or no text; it names what is stored. Set it on the class."
        missing = missing_method(self.feature_set, FeatureSet, "extract")
        if missing:
            yield missing
        try:
            columns = columns_declared(self.feature_set)
        except NotImplementedError:
            yield "`columns` is missing; it names the dimensions. Set it to a tuple of texts."
            return
        except RequestError as error:
            yield str(error)
            return
        if not columns or len(set(columns)) != len(columns):
            yield f"`columns` has {len(columns)} names, {len(set(columns))} of them different. Give each a name of its own."

    def refusal(self, found: object) -> str:
        """Why a run would not take what it gave for a clip; "" where it would, or where that was told already."""
        if not self.misfit:
            try:
                outcome_of(found, shape_declared(self.feature_set), columns_declared(self.feature_set))
            except BenchError as error:
                return str(error)
        return ""

    def shape(self) -> Iterator[str]:
        values = _values(self.feature_set.extract(probe_wave(self.feature_set.rate)))
        expected = shape_declared(self.feature_set).values_shape
        if not isinstance(values, np.ndarray) or values.dtype != np.float32:
            kind = values.dtype if isinstance(values, np.ndarray) else type(values).__name__
            self.misfit = True
            yield f"`extract` gave {kind}, and float32 is what is stored. Convert it."
        if np.shape(values) != expected:
            self.misfit = True
            yield f"`extract` gave the shape {np.shape(values)}, and {expected} was declared. Make both agree."

    def finite(self) -> Iterator[str]:
        broken: dict[int, list[str]] = {}
        refused: dict[str, list[str]] = {}
        waves, size = signals(self.feature_set.rate), 0
        for name, wave in waves.items():
            try:
                found = self.feature_set.extract(wave)
            except TooShort:
                continue
            values = _values(found)
            size = np.size(values)
            wrong = int((~np.isfinite(values)).sum())
            if wrong:
                broken.setdefault(wrong, []).append(name)
            elif refusal := self.refusal(found):
                refused.setdefault(refusal, []).append(name)
        for wrong, names in broken.items():
            yield (
                f"On {_which(names, waves)}, {wrong} of {size} values are not finite; a model cannot read them. "
                "Give finite values, name the columns in a Partial, or raise TooShort."
            )
        for refusal, names in refused.items():
            yield f"On {_which(names, waves)}, {refusal}; a run refuses that. Give what is declared."

    def repeats(self) -> Iterator[str]:
        first = _values(self.feature_set.extract(probe_wave(self.feature_set.rate))).copy()
        if np.array_equal(first, speech_last(self.feature_set), equal_nan=True):
            self.known = first
        else:
            yield (
                "The same clip gave other values the second time; a cache would freeze one of them. "
                "Remove state and randomness."
            )

    def leaves_input(self) -> Iterator[str]:
        samples = probe_wave(self.feature_set.rate).samples.copy()
        before = samples.copy()
        self.feature_set.extract(Waveform(samples, self.feature_set.rate))
        if not np.array_equal(samples, before):
            yield "It changed the samples that it was given; other feature sets see them too. Work on a copy."

    def batch(self) -> Iterator[str]:
        waves = signals(self.feature_set.rate)
        own = [
            waves["speech"],
            waves["noise"],
            Waveform(waves["speech"].samples[: self.feature_set.rate], self.feature_set.rate),
        ]
        together = self.feature_set.extract_batch(own)
        if len(together) != len(own):
            yield f"`extract_batch` gave {len(together)} results for {len(own)} clips; one each is expected."
            return
        arrays = [found.values if isinstance(found, Partial) else found for found in together]
        kept = [one for one in arrays if isinstance(one, np.ndarray)]
        if any(np.shares_memory(one, other) for one, other in itertools.combinations(kept, 2)):
            yield "`extract_batch` gave the same array for two clips, so one has the values of the other. Give each its own."
            return
        refusal = next(filter(None, map(self.refusal, together)), "")
        alone = [_alone(self.feature_set, wave) for wave in own]
        if refusal and not any(map(self.refusal, alone)):
            yield f"In a batch, {refusal}; a run refuses that. Give what `extract` gives."
            return
        if not all(_alike(one, found) for one, found in zip(alone, together, strict=True)):
            yield "A clip gave other values in a batch than alone; they would depend on its neighbours. Treat each on its own."

    def short(self) -> Iterator[str]:
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # means of nothing are to be expected here
                found = self.feature_set.extract(Waveform(np.zeros(1, np.float32), self.feature_set.rate))
        except TooShort:
            return
        except Exception as error:  # noqa: BLE001
            wrong = f"it raised {type(error).__name__}: {error}"
        else:  # the mean of nothing is let pass: no recording is that short
            wrong = self.refusal(found) if np.isfinite(_values(found)).all() else ""
        if wrong:
            yield f"On a single sample {wrong}. Raise bench.TooShort, so that the clip is kept."

    def pickles(self) -> Iterator[str]:
        if pickle.loads(pickle.dumps(self.feature_set)) != self.feature_set:  # noqa: S301  # our own bytes
            yield "It does not survive being sent to another process. Keep only plain values in its fields."

    def elsewhere(self) -> Iterator[str]:
        told = elsewhere(self.feature_set, self.files, f"{__name__}:{speech_last.__name__}")
        yield from identity_faults(self.feature_set, told)
        if not told.identity or self.known is None:
            return
        if told.values is None:
            yield f"In another process it cannot hear a clip: {told.why}"
        elif not _same(self.known, np.asarray(told.values, np.float32)):
            yield (
                "The same clip gave other values in another process, which had heard other clips before; what is stored would "
                "hang on the order of a run. Keep nothing from clip to clip, and take nothing from the order of a set."
            )


def _which(names: list[str], waves: dict[str, Waveform]) -> str:
    return f"all {len(waves)} sounds" if len(names) == len(waves) else ", ".join(names)


def _alone(feature_set: FeatureSet, wave: Waveform) -> Values | Partial | str:
    (found,) = FeatureSet.extract_batch(feature_set, [wave])
    return found


def _alike(alone: Values | Partial | str, found: Values | Partial | str) -> bool:
    if isinstance(alone, str) or isinstance(found, str):
        return isinstance(alone, str) and isinstance(found, str)
    return _same(_values(alone), _values(found))
