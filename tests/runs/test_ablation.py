"""The ablation: which study takes an encoder apart, and that what it asks for can be run."""

import json
import shlex
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS
from bench.runs.ablation import make_ablation
from bench.runs.grid import make_entries, make_jobs
from bench.runs.progress import Quiet
from bench.runs.run import run_study
from bench.runs.study import make_study
from tests.runs.conftest import make_run

CONFIG = {"model_type": "hubert", "hidden_size": 32, "num_hidden_layers": 3, "num_attention_heads": 2, "conv_dim": [16] * 7}


@pytest.fixture
def checkpoint(tmp_path):
    """What of a checkpoint is read before anything is extracted."""
    folder = tmp_path / "my checkpoint"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "preprocessor_config.json").write_text('{"sampling_rate": 16000, "do_normalize": true}')
    (folder / "pytorch_model.bin").write_bytes(b"no weights")
    return folder


def rows_of(study, form="level"):
    jobs = make_jobs(study, make_entries(study.features), [make_run(form)])
    return [job for job in jobs if job.shown and not job.baseline]


def test_what_is_asked_of_an_untrained_encoder():
    study = make_ablation("untrained[size=base]", {})
    assert (study.tasks, study.splitter, study.sweep) == (("synthetic/fatigue",), "grouped-6", ())
    assert study.models == ("linear", "svm")
    rows = Counter((job.feature_set, job.layer, str(job.model)) for job in rows_of(study))
    assert set(rows.values()) == {1}
    singles = {
        (f"untrained[{inner}size=base]", str(layer), model)
        for inner in ("", "pooling=std,", "pooling=mean_std,", "pooling=max,", "pooling=voiced,")
        for layer in range(13)
        for model in ("linear", "svm")
    }
    own = "untrained[size=base]"
    together = {(own, layer, model) for layer in ("best", "mean", "concat") for model in ("linear", "svm")}
    means = {(own, f"0-{k}", "linear") for k in range(1, 12)} | {(own, f"without-{k}", "linear") for k in range(13)}
    reference = {("egemaps", "", model) for model in ("linear", "svm")}
    assert set(rows) == singles | together | means | reference | {(own, "weighted", "head")}


def test_means_over_layers_are_asked_of_the_model_whose_layers_they_are_held_against():
    for models, asked in ((["svm"], False), (["svm", "linear"], True)):
        features = make_ablation("untrained[size=base]", {"models": models}).features
        assert any("@cumulative with linear" in text for text in features) is asked
        assert any("@drop-one with linear" in text for text in features) is asked


def test_one_pass_serves_every_row_of_an_encoder():
    entries = make_entries(make_ablation("untrained", {}).features)
    sets = {feature_set.identity for entry in entries for feature_set in entry.feature_sets}
    expected = {FEATURE_SETS.make(parse(text)).identity for text in ("untrained", "egemaps")}
    assert sets == expected


def test_a_checkpoint_has_an_untrained_encoder_of_its_sizes_beside_it(checkpoint):
    study = make_ablation(str(checkpoint), {"models": ["svm"]}, poolings=["max"])
    trained, control = f"wav2vec2[pooling=max,checkpoint={checkpoint}]", f"untrained[pooling=max,like={checkpoint}]"
    assert study.features[0] == f"{trained}@all"
    assert study.features[-2:] == (f"{control}@all", "egemaps")
    layers = Counter(job.feature_set for job in rows_of(study) if job.layer.isdigit())
    assert layers == {trained: 4, control: 4}


def test_the_printed_command_is_the_same_study(checkpoint):
    study = make_ablation(
        f"wav2vec2[checkpoint={checkpoint}]",
        {"tasks": ["ravdess/fatigue-proxy/level"], "corpora": ["ravdess=/data/my ravdess"], "seed": 3, "splitter": "loso"},
    )
    words = shlex.split(study.command())
    given = {}
    for flag, word in zip(words[2::2], words[3::2], strict=True):
        given.setdefault(flag.removeprefix("--"), []).append(word)
    single = {"splitter": str, "seed": int}
    keywords = {key: single[key](found[0]) if key in single else found for key, found in given.items()}
    again = make_study({**keywords, "jobs": study.jobs})
    assert again == study
    assert study.corpora == {"ravdess": Path("/data/my ravdess")}


@pytest.mark.parametrize(
    ("control", "features"),
    [(None, ("egemaps",)), ("none", ("egemaps",)), ("untrained[seed=7]", ("untrained[seed=7]@all", "egemaps"))],
)
def test_the_control_can_be_another_or_none(control, features):
    study = make_ablation("untrained", {"models": "linear"}, poolings=["mean"], control=control)
    assert study.features[-len(features) :] == features
    assert study.features[-len(features) - 1] == "untrained@drop-one with linear"


def test_a_pooling_that_is_named_is_that_of_every_row_and_of_the_control():
    study = make_ablation("untrained[pooling=max]", {"models": "linear"}, control="untrained[seed=7]")
    assert study.features[0] == "untrained[pooling=max]@all"
    assert study.features[6] == "untrained[pooling=max]@drop-one with linear"
    assert "untrained@all" in study.features[7:]
    assert study.features[-2:] == ("untrained[pooling=max,seed=7]@all", "egemaps")


def test_a_layered_set_of_ones_own_has_neither_poolings_nor_a_control(plugin_file, registries):
    study = make_ablation("layered", {"plugin": [plugin_file], "models": ["linear"]})
    assert study.features == (
        *(f"layered@{layer}" for layer in ("all", "best", "mean", "concat")),
        "layered@weighted with head",
        "layered@cumulative with linear",
        "layered@drop-one with linear",
        "egemaps",
    )
    with pytest.raises(RequestError, match="layered has no poolings to choose from"):
        make_ablation("layered", {"plugin": [plugin_file]}, poolings=["max"])


@pytest.mark.parametrize(
    ("encoder", "more", "sentence"),
    [
        ("egemaps", {}, "egemaps has no layers, so there is nothing to take apart"),
        ("untrained@3", {}, r"names a layer, and an ablation takes all of them\. Write 'untrained'"),
        ("untraine", {}, "Did you mean 'untrained'"),
        ("/no/such/folder", {}, "'/no/such/folder' does not exist"),
        ("untrained", {"poolings": ["meen"]}, "Did you mean 'mean'"),
        ("untrained", {"control": "untrind"}, "Did you mean 'untrained'"),
        ("untrained", {"control": "untrained[seed=7]@3"}, "names a layer, and an ablation takes all of them"),
        ("untrained", {"control": "egemaps"}, "`--control` is 'egemaps', which has no layers"),
        ("untrained", {"control": "untrained"}, "the encoder itself"),
        ("untrained", {"control": "untrained[pooling=max,seed=7]"}, "Leave out its pooling"),
        ("untrained[pooling=max]", {"poolings": ["std"]}, r"names a pooling, and `--poolings` others \(std\)"),
    ],
)
def test_what_cannot_be_is_told(encoder, more, sentence):
    with pytest.raises(RequestError, match=sentence):
        make_ablation(encoder, {}, **more)


LAYERED = '''
import numpy as np

import bench


class Brightness(bench.FeatureSet):
    """The share of what changes from sample to sample; layer 1 hears it, the others hear noise."""

    name = "brightness"
    version = "1"
    columns = ("share", "drawn")
    layers = (0, 1, 2)

    def extract(self, wave):
        samples = wave.samples.astype("float64")
        share = np.square(np.diff(samples)).mean() / np.square(samples).mean()
        drawn = np.random.default_rng(int(1e9 * abs(samples).sum())).normal(size=(3, 2))
        drawn[1, 0] = share
        return drawn.astype("float32")
'''


def test_a_run_of_it_shows_the_layer_that_hears(recordings, registries, tmp_path):
    (tmp_path / "brightness.py").write_text(LAYERED)
    given = {"corpora": {"folder": recordings.folder}, "tasks": "tiny/kss/score", "plugin": [tmp_path / "brightness.py"]}
    places = {"cache": tmp_path / "cache", "reports": tmp_path / "reports", "jobs": 1, "seeds": 1}
    study = make_ablation("brightness", {**given, **places, "models": "linear"})
    slow = ("brightness@weighted with head", "egemaps")  # the one to fit, the other to extract
    study = replace(study, features=tuple(text for text in study.features if text not in slow))
    board = run_study(study, Quiet())
    assert board.jobs_failed == 0
    assert board.command == study.command()
    (task,) = board.tasks
    (layers,) = task.layers
    (sweep,) = layers.sweeps
    expected = {"0", "1", "2", "0-1", "without-0", "without-1", "without-2", "best", "mean", "concat"}
    assert set(sweep.values) == expected
    assert max(sweep.points, key=lambda point: point[1].value)[0] == 1
    assert sweep.chosen == (1,) * 6
    assert sweep.values["best"] == sweep.values["1"]
    # single layers and best, mean, concat with each other; 0-1 and three without-k with the mean; egemaps with single layers
    assert sweep.n_pairs == 15 + 4 + 3 * sum(row.feature_set == "egemaps" and not row.baseline for row in task.rows)
    assert {row.layer for row in task.rows if row.point} == expected - {"best", "mean", "concat"}
    assert {row.layer for row in task.rows if row.tier and row.feature_set == sweep.feature_set} == {"best", "mean", "concat"}
    again = run_study(study, Quiet())
    assert again.tasks[0].layers == task.layers
