"""A small house of the tests' own: a corpus without audio, feature sets whose values a test puts in the store, and models."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from bench.corpora.corpus import Clip, Corpus, Target
from bench.decoders.facts import ClipFacts
from bench.features.part import Row
from bench.features.store import FeatureStore
from bench.protocols.task import make_tasks, parse_task
from bench.runs.fit import Split, Work
from bench.runs.job import TaskRun
from bench.runs.matrix import Source
from bench.runs.plugin import REGISTRIES, add_plugins

KSS = Target("kss", "measured", "How sleepy.", ("alert", "neither", "sleepy"), (1, 9), "KSS", (3.5, 6.5))
SCORES = (1.0, 2.0, 4.0, 6.0, 8.0, 9.0)

PLUGIN = '''
"""What the tests of the runs plug in; what the feature sets extract themselves is the probe's and never read by a test."""
import numpy as np

import bench


class Given(bench.FeatureSet):
    name = "given"
    version = "1"
    width: int = 3

    @property
    def columns(self):
        return tuple(f"c{n}" for n in range(self.width))

    def extract(self, wave):
        return np.zeros(self.width, np.float32)


class Layered(bench.FeatureSet):
    name = "layered"
    version = "1"
    columns = ("a", "b")
    layers = (0, 1, 2)

    def extract(self, wave):
        return np.zeros((3, 2), np.float32)


def _pipeline(model):
    from sklearn.pipeline import Pipeline

    return Pipeline([("model", model)])


class Watching(bench.ModelRecipe):
    """Writes down the first column of whatever it is given."""

    name = "watching"
    version = "1"
    weighs_layers = True
    log = []

    def grid(self, form):
        return ({"model__size": 1}, {"model__size": 2})

    def build(self, form, seed, n_layers=1):
        from sklearn.base import BaseEstimator

        log = self.log

        class Watch(BaseEstimator):
            def __init__(self, size=0):
                self.size = size

            def fit(self, X, y):
                self.fitted_ = X[:, 0].tolist()
                self.guess_ = float(np.mean(y)) if form == "score" else 0
                return self

            def predict(self, X):
                log.append((self.fitted_, X[:, 0].tolist(), X.shape[1], n_layers))
                return np.full(len(X), self.guess_)

        return _pipeline(Watch())


class Failing(bench.ModelRecipe):
    name = "failing"
    version = "1"
    how: str = "raise"

    def build(self, form, seed, n_layers=1):
        from sklearn.base import BaseEstimator

        how = self.how

        class Fail(BaseEstimator):
            def fit(self, X, y):
                if how == "raise":
                    raise ZeroDivisionError("nothing to divide")
                if how == "told":
                    raise bench.BenchError("There is nothing to learn here. Bring labels.")
                self.fitted_ = True
                return self

            def predict(self, X):
                return np.full(len(X), {"nan": np.nan, "half": 0.5, "high": 7}[how])

        return _pipeline(Fail())


class Hasty(bench.ModelRecipe):
    name = "hasty"
    version = "1"
    solves = ("level",)

    def build(self, form, seed, n_layers=1):
        from sklearn.linear_model import LogisticRegression

        return _pipeline(LogisticRegression(max_iter=1))
'''


@pytest.fixture(scope="session")
def plugin_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("plugin") / "given.py"
    path.write_text(PLUGIN)
    return path


@pytest.fixture
def registries(monkeypatch):
    """What a test adds to the registries is gone after it."""
    for registry in REGISTRIES:
        monkeypatch.setattr(registry, "_added", dict(registry._added))


@pytest.fixture
def given(plugin_file, registries):
    """The module of the plug-in file above, its classes registered."""
    kinds = add_plugins([plugin_file])
    return sys.modules[kinds[0].__module__]


def make_corpus(n_speakers=6, scores=SCORES, **more):
    clips = tuple(
        Clip(f"s{s}-{n}", f"s{s}", Path(f"s{s}-{n}.wav"), {"kss": float(score)})
        for s in range(n_speakers)
        for n, score in enumerate(scores)
    )
    return Corpus("tiny", "1", (KSS,), clips, **more)


def make_run(form="score", track="open", corpus=None, splitter="auto"):
    """A task on a track; the key of a clip is its id behind a `k`."""
    corpus = corpus or make_corpus()
    (task,) = make_tasks(corpus, parse_task(f"tiny/kss/{form}"), splitter)
    return TaskRun(task, track, {clip_id: f"k{clip_id}" for clip_id in task.clip_ids})


def make_facts(corpus):
    return {
        clip.id: ClipFacts(f"k{clip.id}", None, sample_hash=f"h{clip.id}", duration_s=1.5, rate=16_000, channels=1)
        for clip in corpus.clips
    }


def signal(speakers, y, n_columns=3, noise=0.6, seed=0):
    """Columns of which the first follows y, with an offset a speaker."""
    rng = np.random.default_rng(seed)
    X = rng.normal(0, 1, (len(y), n_columns))
    own = {speaker: rng.normal(0, 0.5) for speaker in sorted(set(speakers))}
    X[:, 0] = (np.asarray(y) - np.mean(y)) / np.std(y) + noise * X[:, 0] + [own[s] for s in speakers]
    return X.astype(np.float32)


def make_work(root, feature_set, values, run, model="linear", notes=(), layer="", fold_layers=(), **more):
    """A work on values that are put into a store of its own; `notes` says of some rows why they lack values."""
    store, task = FeatureStore(root), run.task
    place = {clip_id: row for row, clip_id in enumerate(task.clip_ids)}
    rows = [Row(f"k{clip_id}", values[n], dict(notes).get(n), 0.1, 1.5) for n, clip_id in enumerate(task.clip_ids)]
    store.put(feature_set, rows)
    keywords = {
        "job": "j",
        "store": root,
        "plugins": (),
        "sources": (Source(f"{feature_set}@{layer}" if layer else str(feature_set), feature_set.identity, fold_layers),),
        "fusion": "",
        "model": model,
        "form": task.form,
        "n_levels": 3 if task.form == "level" else 0,
        "track": run.track,
        "seed": 0,
        "clip_ids": task.clip_ids,
        "keys": run.keys,
        "speakers": tuple(task.speakers().tolist()),
        "y": task.y(),
        "folds": tuple(Split(f.name, [place[c] for c in f.train], [place[c] for c in f.test], []) for f in task.folds),
    }
    return Work(**{**keywords, **more})
