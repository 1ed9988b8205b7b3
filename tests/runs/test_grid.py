"""The grid: which jobs a study asks for, and in which order."""

from collections import Counter

import pytest

from bench.base.error import RequestError
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.grid import choosers, make_entries, make_jobs, make_models
from bench.runs.study import Study
from tests.runs.conftest import make_run


def jobs_of(features, models=("dummy",), sweep=(), runs=None, seed=0, baselines=False):
    study = Study(tasks=("tiny/kss",), features=tuple(features), models=tuple(models), sweep=tuple(sweep), seed=seed)
    jobs = make_jobs(study, make_entries(study.features), runs or [make_run()])
    return [job for job in jobs if baselines or not job.baseline]


def names(jobs, shown=True):
    return [f"{job.feature_set}@{job.layer} {job.model}" for job in jobs if job.shown is shown]


def test_a_set_without_layers_has_one_job_a_model(given):
    jobs = jobs_of(["given", "given[width=2]"], ["dummy", "linear"])
    assert names(jobs) == ["given@ dummy", "given@ linear", "given[width=2]@ dummy", "given[width=2]@ linear"]
    assert names(jobs, shown=False) == []


def test_every_task_and_track_has_its_own(given):
    runs = [make_run("score"), make_run("level"), make_run("level", "speaker")]
    jobs = jobs_of(["given"], runs=runs)
    assert [job.of for job in jobs] == runs
    assert len({job.fingerprint for job in jobs}) == 3


def test_all_is_a_row_a_layer(given):
    jobs = jobs_of(["layered@all"], ["dummy", "svm"])
    assert names(jobs) == [f"layered@{layer} {model}" for layer in (0, 1, 2) for model in ("dummy", "svm")]
    assert names(jobs, shown=False) == []


def test_one_layer_is_one_row(given):
    assert names(jobs_of(["layered@1"])) == ["layered@1 dummy"]


@pytest.mark.parametrize("spelled", ["layered", "layered@best"])
def test_a_bare_set_with_layers_means_best_chosen_by_linear_on_every_layer(given, spelled):
    jobs = jobs_of([spelled], ["svm"])
    assert names(jobs) == ["layered@best svm"]
    assert names(jobs, shown=False) == ["layered@0 linear", "layered@1 linear", "layered@2 linear"]


def test_a_chooser_that_is_asked_for_anyway_stands_once_and_is_shown(given):
    for features in (["layered", "layered@all"], ["layered@all", "layered"]):
        jobs = jobs_of(features, ["linear", "svm"])
        fingerprints = Counter(job.fingerprint for job in jobs)
        assert set(fingerprints.values()) == {1}
        assert names(jobs, shown=False) == []
        assert Counter(names(jobs)) == Counter(f"layered@{layer} {m}" for layer in ("best", 0, 1, 2) for m in ("linear", "svm"))


def test_some_layers_shown_and_the_others_hidden(given):
    jobs = jobs_of(["layered", "layered@1"], ["linear"])
    assert names(jobs) == ["layered@best linear", "layered@1 linear"]
    assert names(jobs, shown=False) == ["layered@0 linear", "layered@2 linear"]


def test_the_choosers_of_a_best_job_are_the_hidden_jobs_of_its_study(given):
    jobs = jobs_of(["layered"], ["svm"])
    best = next(job for job in jobs if job.layer == "best")
    assert [job.fingerprint for job in choosers(best)] == [job.fingerprint for job in jobs if not job.shown]
    assert choosers(next(job for job in jobs if job.layer == "0")) == []


@pytest.mark.parametrize(
    ("fusion", "chosen_with"),
    [
        ("given+layered", ["given+layered@0", "given+layered@1", "given+layered@2"]),
        ("mean[given+layered]", ["layered@0", "layered@1", "layered@2"]),
        ("stack[layered+given]", ["layered@0", "layered@1", "layered@2"]),
        ("layered+given+given[width=2]", [f"given+given[width=2]+layered@{layer}" for layer in range(3)]),
        ("layered@1+layered", ["layered@1+layered@0", "layered@1", "layered@1+layered@2"]),
        ("layered@1+given", []),
    ],
)
def test_a_layer_is_chosen_beside_the_columns_that_it_stands_beside(given, fusion, chosen_with):
    job = next(job for job in jobs_of([fusion], ["svm"]) if job.representation.fused)
    assert [str(other.representation) for other in choosers(job)] == chosen_with
    assert all((str(other.model), other.shown) == ("linear", False) for other in choosers(job))


def test_the_same_set_spelled_twice_stands_once(given):
    assert names(jobs_of(["layered", "layered@best"])) == ["layered@best dummy"]


def test_weighted_is_for_models_that_weigh_layers(given):
    jobs = jobs_of(["layered@weighted", "layered@0"], ["dummy", "head"])
    assert names(jobs) == ["layered@weighted head", "layered@0 dummy", "layered@0 head"]
    with pytest.raises(RequestError, match=r"@weighted needs a model that weighs layers.*--models head"):
        jobs_of(["layered@weighted"], ["dummy", "linear"])


@pytest.mark.parametrize(("spelled", "rows"), [("layered", ["best"]), ("layered@all", [0, 1, 2])])
def test_a_sweep_runs_on_every_layer_beside_the_rows(given, spelled, rows):
    jobs = jobs_of([spelled, "given"], ["svm"], sweep=["linear"])
    swept = ["layered@0 linear", "layered@1 linear", "layered@2 linear"]
    assert names(jobs) == [*(f"layered@{layer} svm" for layer in rows), *swept, "given@ svm"]
    assert [name for job, name in zip(jobs, names(jobs), strict=True) if not job.named and name in swept] == swept


@pytest.mark.parametrize("layer", ["2", "0-1", "without-1", "mean", "concat"])
def test_a_layer_that_is_spelled_out_is_not_swept(given, layer):
    (job,) = jobs_of([f"layered@{layer}"], ["linear"], sweep=["linear"])
    assert (job.layer, job.named) == (layer, True)


def test_a_layer_that_is_asked_for_beside_a_sweep_keeps_its_name(given):
    for features in (["layered", "layered@1"], ["layered@1", "layered@all"]):
        jobs = jobs_of(features, ["linear"], sweep=["linear"])
        assert {job.layer: job.named for job in jobs if job.layer != "best"} == {"0": False, "1": True, "2": False}
    assert [job.named for job in jobs_of(["layered@cumulative"])] == [False]  # of three layers, one row
    assert [job.named for job in jobs_of(["layered@0-1", "layered@cumulative"])] == [True]


def test_a_sweep_makes_the_choosers_visible(given):
    jobs = jobs_of(["layered"], ["svm"], sweep=["linear"])
    assert names(jobs, shown=False) == []
    assert len(jobs) == 4


def test_a_model_is_only_given_the_forms_that_it_solves(given):
    jobs = jobs_of(["given"], ["hasty", "dummy"], runs=[make_run("score"), make_run("level")])
    assert [(job.of.task.form, str(job.model)) for job in jobs] == [("score", "dummy"), ("level", "hasty"), ("level", "dummy")]


def test_the_seed_goes_to_every_job_hidden_ones_too(given):
    assert {job.seed for job in jobs_of(["layered"], seed=7)} == {7}


@pytest.mark.parametrize(
    ("spelled", "sentence"),
    [
        ("layered@3", r"layered has no layer '3'\. It has 0 to 2, and best, weighted, mean"),
        ("layered@01", "has no layer '01'"),
        ("layered@-1", "has no layer '-1'"),
        ("given@0", r"given has no layers, so 'given@0' cannot be\. Write 'given'"),
        ("given[width=2]@best", r"Write 'given\[width=2\]'"),
        ("layred", "Did you mean 'layered'"),
        ("given[wide=2]", "Did you mean 'width'"),
        ("given[width=two]", "'two'"),
    ],
)
def test_what_cannot_be_is_told(given, spelled, sentence):
    with pytest.raises(RequestError, match=sentence):
        make_entries([spelled])


def test_an_unknown_model_is_told():
    with pytest.raises(RequestError, match="Did you mean 'linear'"):
        make_models(["linaer"])


class OnlyLevels(ModelRecipe):
    name = "only-levels"
    version = "1"
    solves = ("level",)


def test_a_form_that_no_model_solves_is_told(given, registries):
    MODELS.add(OnlyLevels)
    assert names(jobs_of(["given"], ["only-levels"], runs=[make_run("level")])) == ["given@ only-levels"]
    with pytest.raises(RequestError, match=r"No model of the study solves '.*/score'"):
        jobs_of(["given"], ["only-levels"], runs=[make_run("score")])


def test_every_board_has_its_baselines_and_a_row_with_permuted_labels(given):
    runs = [make_run("score"), make_run("level")]
    jobs = jobs_of(["layered", "given"], ["svm"], runs=runs, baselines=True)
    own = [(job.baseline, str(job.feature_set), job.layer, str(job.model)) for job in jobs if job.baseline]
    assert own == 2 * [
        ("constant", "duration", "", "dummy"),
        ("duration", "duration", "", "linear"),
        ("loudness", "loudness", "", "linear"),
        ("permuted", "layered", "1", "svm"),
    ]
    control = next(job for job in jobs if job.baseline == "permuted")
    assert control.board is runs[0]
    assert control.of.task.folds == runs[0].task.folds
    assert control.of.fingerprint != runs[0].fingerprint
    labels = [[clip.labels["kss"] for clip in task.clips] for task in (control.of.task, runs[0].task)]
    assert labels[0] != labels[1]
    assert sorted(labels[0]) == sorted(labels[1])


def test_the_control_is_linear_where_there_is_one_and_none_where_all_labels_are_permuted(given):
    jobs = jobs_of(["given"], ["svm", "linear"], baselines=True)
    assert [str(job.model) for job in jobs if job.baseline == "permuted"] == ["linear"]
    study = Study(tasks=("tiny/kss",), features=("given",), models=("linear",), permute=3)
    jobs = make_jobs(study, make_entries(study.features), [make_run()])
    assert "permuted" not in [job.baseline for job in jobs]


def test_a_baseline_that_is_asked_for_anyway_stands_once_as_a_baseline(given):
    jobs = jobs_of(["duration"], ["linear"], baselines=True)
    assert [job.baseline for job in jobs] == ["duration", "constant", "loudness", "permuted"]


def test_a_text_with_a_model_is_for_this_model_alone(given):
    jobs = jobs_of(["layered@1 with svm", "given", "layered@cumulative with linear"], ["dummy"])
    assert names(jobs) == ["layered@1 svm", "given@ dummy", "layered@0-1 linear"]


def test_weighted_with_a_model_of_its_own_needs_no_other(given):
    assert "layered@weighted watching" in names(jobs_of(["layered@weighted with watching", "given"], ["dummy"]))
    with pytest.raises(RequestError, match="Add `--models head`"):
        jobs_of(["layered@weighted with linear"], ["watching"])


def test_dropping_one_layer_in_turn(given):
    assert names(jobs_of(["layered@drop-one"], ["dummy"])) == [f"layered@without-{n} dummy" for n in range(3)]


def test_the_word_with_may_stand_in_a_path_and_a_wrong_model_is_told(tmp_path):
    with pytest.raises(RequestError, match="me with you"):
        make_entries(["wav2vec2[checkpoint=/nowhere/me with you]@best"])
    with pytest.raises(RequestError, match=r"No model is called 'linea'\. Did you mean 'linear'"):
        make_entries(["timing with linea"])


def test_the_same_features_with_and_without_a_model_are_two(given):
    jobs = jobs_of(["layered@1", "layered@1 with svm"], ["dummy", "svm"])
    assert names(jobs) == ["layered@1 dummy", "layered@1 svm"]


def test_a_row_for_one_model_alone_that_cannot_solve_the_form_is_told(given, registries):
    MODELS.add(OnlyLevels)
    both = [make_run("score"), make_run("level")]
    assert "given@ only-levels" in names(jobs_of(["given with only-levels"], ["dummy"], runs=both))
    with pytest.raises(
        RequestError, match="'given with only-levels' has no row, because only-levels does not solve the score form"
    ):
        jobs_of(["given with only-levels"], ["dummy"], runs=[make_run("score")])
