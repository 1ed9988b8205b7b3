"""Keeping raters, without pickle: a folder each under ``reports/raters``, used until something that it hangs on has changed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from bench.base.durable import make_folder, write_whole
from bench.base.error import BenchError
from bench.base.spelling import parse
from bench.features.cue import read_cues
from bench.features.feature_set import FEATURE_SETS
from bench.features.manifest import made_with
from bench.features.view import View
from bench.models.kept import Arrays, Unkeepable, freeze, thaw
from bench.models.recipe import MODELS
from bench.runs.domain import Domain
from bench.runs.fitted import Ensemble, Fitted
from bench.runs.rater import Rater, cue_sets
from bench.runs.record import source_of, versions
from bench.runs.standout import CueRange

FORMAT = 4
MORE = ("n_clips", "n_speakers", "shares", "notes", "heard")
FOLDER, STRUCTURE, ARRAYS = "raters", "rater.json", "arrays.npz"
DAMAGE = (  # what reading damaged files raises
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
    BenchError,
)


def keep(rater: Rater, fingerprint: str, reports: Path) -> None:
    """Keep a rater.

    Parameters
    ----------
    rater : Rater
    fingerprint : str
        Of the job of its row.
    reports : Path
        It goes to ``raters/FINGERPRINT`` below.

    Raises
    ------
    Unkeepable
        If a model holds something that cannot be kept without pickle.
    BenchError
        If it cannot be written.
    """
    arrays: Arrays = {}
    state = freeze(_state(rater), arrays)
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    document = {
        "format": FORMAT,
        "stamp": _stamp(rater.views, rater.model),
        "arrays": _digest(stream.getvalue()),
        "rater": state,
    }
    folder = reports / FOLDER / fingerprint
    make_folder(folder)
    write_whole(folder / ARRAYS, stream.getvalue())
    write_whole(folder / STRUCTURE, json.dumps(document, allow_nan=False).encode())


def kept(fingerprint: str, reports: Path) -> Rater | None:
    """The rater of a row.

    Returns
    -------
    Rater or None
        None where none is kept, it is damaged, or versions of libraries, the model's source, feature sets (also those of the
        cues), their source or checkpoints are others now: then it is to be fitted again.
    """
    folder = reports / FOLDER / fingerprint
    try:
        document = json.loads((folder / STRUCTURE).read_text(encoding="utf-8"))
        data = (folder / ARRAYS).read_bytes()
        if document["format"] != FORMAT or document["arrays"] != _digest(data):
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        views = tuple(View.of(text) for text in document["stamp"]["views"])
        model = document["stamp"]["model"][0]
        if document["stamp"] != _stamp(views, model):
            return None
        return _rater(thaw(document["rater"], arrays), views, model)
    except DAMAGE:
        return None


def _stamp(views: tuple[View, ...], model: str) -> dict[str, Any]:
    """What a kept rater hangs on, beside the job; the source too, as a feature set may change under an unchanged version."""
    sets = [*(view.feature_set for view in views), *(FEATURE_SETS.make(parse(text)) for text in cue_sets())]
    return {
        "model": [model, source_of(MODELS.make(parse(model)))],
        "views": [str(view) for view in views],
        "feature_sets": [[str(one), one.identity, made_with(type(one))] for one in sets],
        "cues": [cue.name for cue in read_cues()],
        "versions": versions(),
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _state(rater: Rater) -> dict[str, Any]:
    """Plain dictionaries in place of our nouns."""
    ensemble, cues = rater.ensemble, rater.cues
    return {
        "parts": [{item.name: getattr(part, item.name) for item in fields(Fitted)} for part in ensemble.parts],
        "ensemble": {item.name: getattr(ensemble, item.name) for item in fields(Ensemble) if item.name != "parts"},
        "domain": {item.name: getattr(rater.domain, item.name) for item in fields(Domain)},
        "cues": {"names": [cue.name for cue in cues.cues], "means": cues.means, "clips": cues.clips, "counts": cues.counts},
        "more": {name: getattr(rater, name) for name in MORE},
    }


def _rater(state: dict[str, Any], views: tuple[View, ...], model: str) -> Rater:
    cues = {cue.name: cue for cue in read_cues()}
    if any(isinstance(state[name], list) is not (name == "parts") for name in ("parts", "ensemble", "domain", "cues", "more")):
        raise Unkeepable("A kept rater is damaged. Delete it; it is fitted again.")
    return Rater(
        views=views,
        model=model,
        ensemble=Ensemble(parts=tuple(Fitted(**part) for part in state["parts"]), **state["ensemble"]),
        domain=Domain(**state["domain"]),
        cues=CueRange(tuple(cues[name] for name in state["cues"].pop("names")), **state["cues"]),
        **state["more"],
    )
