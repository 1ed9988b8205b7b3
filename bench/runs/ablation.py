"""The ablation: the study that takes an encoder apart by layer, pooling and model; a run like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.base.spelling import Spelling, parse
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.features.speech_encoder import POOLINGS, SpeechEncoder
from bench.features.wav2vec2 import Wav2vec2
from bench.runs.plugin import add_plugins
from bench.runs.study import Study, make_study

MODELS = ("linear", "svm")
POOLING, USUAL = "pooling", "mean"
LINEAR, WEIGHING = "linear", "head"
REFERENCE = "egemaps"
NO_CONTROL = "none"
LEAST_LAYERS = 3


def make_ablation(
    encoder: str, given: Mapping[str, Any], *, poolings: Sequence[str] | None = None, control: str | None = None
) -> Study:
    """Make the study that takes an encoder apart.

    For each pooling every single layer; for the usual one also ``@best``, ``@mean``, ``@concat`` and ``@weighted`` (with
    ``head``), and with ``linear`` the means of layers 0 to k and of all but one. Beside them stand an untrained encoder of the
    same shape and openSMILE's eGeMAPS.

    Parameters
    ----------
    encoder : str
        A checkpoint (a folder, or a name on the hub), or a feature set with layers as spelled.
    given : mapping
        Keywords of ``Study``; ``features`` and ``sweep`` are made here. None means not given. Without ``tasks`` and ``corpora``
        it is the embedded corpus; ``models`` are linear and svm where none are given.
    poolings : sequence of str or None
        All that the encoder has where None.
    control : str or None
        A feature set; ``none`` for no control. None: of a checkpoint, an untrained encoder of its sizes; of an untrained one,
        none, because it is a control itself.

    Returns
    -------
    Study

    Raises
    ------
    RequestError
        If the encoder has fewer than three layers, or something else cannot be.

    Examples
    --------
    >>> study = make_ablation("untrained[size=base]", {"models": ["linear"]}, poolings=["mean", "max"])
    >>> study.features[0], study.features[-2], study.features[-1]
    ('untrained[size=base]@all', 'untrained[pooling=max,size=base]@all', 'egemaps')
    """
    study = make_study({**given, "models": given.get("models") or MODELS, "features": [REFERENCE]})
    add_plugins(study.plugin)
    whole = _encoder(encoder)
    views = _poolings(whole, poolings)
    main = views[0]
    features = [f"{main}@{layer}" for layer in ("all", "best", "mean", "concat")]
    features.append(f"{main}@weighted with {WEIGHING}")
    if LINEAR in study.models:  # what they are held against has this model
        features += [f"{main}@cumulative with {LINEAR}", f"{main}@drop-one with {LINEAR}"]
    features += [f"{view}@all" for view in views[1:]]
    features += [f"{beside}@all" for beside in _controls(main, control)]
    return replace(study, features=(*features, REFERENCE), sweep=())


def _encoder(text: str) -> FeatureSet:
    known = text.split("[")[0].split("@")[0].strip() in FEATURE_SETS.names()
    if not known and ("/" in text or Path(text).is_dir()):
        feature_set: FeatureSet = Wav2vec2(checkpoint=text)
    else:
        feature_set = _whole(text)
    n_layers = len(feature_set.layers or ())
    if n_layers < LEAST_LAYERS:
        raise RequestError(
            f"{feature_set} has {n_layers or 'no'} layers, so there is nothing to take apart. "
            f"Expected is an encoder with at least {LEAST_LAYERS}. Give a checkpoint, or a feature set with layers."
        )
    return feature_set


def _whole(text: str) -> FeatureSet:
    """A feature set with all of its layers.

    Raises
    ------
    RequestError
        If the spelling names a layer.
    """
    spelling = parse(text)
    feature_set = FEATURE_SETS.make(spelling)
    if spelling.layer:
        raise RequestError(f"{text!r} names a layer, and an ablation takes all of them. Write {str(feature_set)!r}.")
    return feature_set


def _pooling(feature_set: FeatureSet) -> str:
    return str(parse(str(feature_set)).values.get(POOLING, USUAL))


def _pools(feature_set: FeatureSet) -> bool:
    return POOLING in {field.name for field in fields(feature_set)}


def _pooled(feature_set: FeatureSet, pooling: str) -> FeatureSet:
    own = parse(str(feature_set))
    return FEATURE_SETS.make(Spelling(own.name, {**own.values, POOLING: pooling}))


def _poolings(feature_set: FeatureSet, asked: Sequence[str] | None) -> list[FeatureSet]:
    """The feature set under each pooling, its own first, else the usual one."""
    if not _pools(feature_set):
        if asked:
            raise RequestError(f"{feature_set} has no poolings to choose from. Leave out `--poolings`.")
        return [feature_set]
    own = _pooling(feature_set)
    if asked and own != USUAL and own not in asked:
        raise RequestError(f"{feature_set} names a pooling, and `--poolings` others ({', '.join(asked)}). Leave one out.")
    names = sorted(dict.fromkeys(asked or POOLINGS), key=lambda name: (name != own, name != USUAL))
    return [_pooled(feature_set, name) for name in names]


def _controls(feature_set: FeatureSet, asked: str | None) -> list[FeatureSet]:
    """The control, under the pooling of what it is a control of; none where there is none."""
    if asked == NO_CONTROL:
        return []
    own = feature_set.control if isinstance(feature_set, SpeechEncoder) else None
    other = _whole(asked) if asked is not None else own
    if other is None:
        return []
    if not other.layers:
        raise RequestError(f"`--control` is {asked!r}, which has no layers. Expected is an encoder, or {NO_CONTROL!r}.")
    if str(other) == str(feature_set):
        raise RequestError(f"`--control` is {asked!r}, the encoder itself. Expected is another one, or {NO_CONTROL!r}.")
    if not (_pools(feature_set) and _pools(other)):
        return [other]
    if _pooling(other) not in (USUAL, _pooling(feature_set)):
        raise RequestError(f"`--control` is {asked!r}, and it is pooled as {feature_set} is. Leave out its pooling.")
    return [_pooled(other, _pooling(feature_set))]
