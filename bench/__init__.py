"""Fatigue Benchmark: which speech representation and which model rate the fatigue of an unheard speaker, and how sure are we.

Names are imported on first use, so that ``import bench`` stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bench.base.error import BenchError, RequestError, TooShort
    from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
    from bench.corpora.reader import CorpusReader
    from bench.decoders.waveform import Waveform
    from bench.features.feature_set import FeatureSet, Partial
    from bench.features.function import feature_function
    from bench.features.table import FeatureTable
    from bench.models.recipe import ModelRecipe
    from bench.runs.check import check
    from bench.runs.measure import features_of
    from bench.runs.rating import rate
    from bench.runs.run import run
    from bench.runs.source import read_corpus
    from bench.views.report import report

_HOMES = {
    "BenchError": "bench.base.error",
    "RequestError": "bench.base.error",
    "TooShort": "bench.base.error",
    "Clip": "bench.corpora.corpus",
    "Corpus": "bench.corpora.corpus",
    "Exclusion": "bench.corpora.corpus",
    "Target": "bench.corpora.corpus",
    "CorpusReader": "bench.corpora.reader",
    "Waveform": "bench.decoders.waveform",
    "FeatureSet": "bench.features.feature_set",
    "Partial": "bench.features.feature_set",
    "FeatureTable": "bench.features.table",
    "ModelRecipe": "bench.models.recipe",
    "feature_function": "bench.features.function",
    "check": "bench.runs.check",
    "features_of": "bench.runs.measure",
    "rate": "bench.runs.rating",
    "read_corpus": "bench.runs.source",
    "report": "bench.views.report",
    "run": "bench.runs.run",
}

__all__ = [
    "BenchError",
    "Clip",
    "Corpus",
    "CorpusReader",
    "Exclusion",
    "FeatureSet",
    "FeatureTable",
    "ModelRecipe",
    "Partial",
    "RequestError",
    "Target",
    "TooShort",
    "Waveform",
    "check",
    "feature_function",
    "features_of",
    "rate",
    "read_corpus",
    "report",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bench' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
