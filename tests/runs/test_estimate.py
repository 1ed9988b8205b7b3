"""The dry run: counts are exact, nothing is touched."""

import pytest

import bench.runs.estimate as room
from bench.models.recipe import MODELS, ModelRecipe
from bench.runs.estimate import estimate
from bench.runs.progress import Quiet
from bench.runs.run import run_study
from bench.runs.study import make_study
from tests.conftest import write_recordings


@pytest.fixture(autouse=True)
def steady(monkeypatch, registries):
    """A machine as fast as the one that the costs were measured on; the clock is what a test cannot check."""
    monkeypatch.setattr(room, "_pace", lambda: room.REFERENCE_S)


def study_of(recordings, folder, **more):
    given = {**recordings.keywords, "cache": folder / "cache", "reports": folder / "reports", "jobs": 1, "models": ["dummy"]}
    return make_study({**given, **more})


BASELINES = 2 * 4  # on the board of each form: constant, duration, loudness, permuted labels


def each(n_clips, **sets):
    """What is to be extracted, with the feature sets of the baselines."""
    return {**sets, "duration": n_clips, "loudness": n_clips}


def files_in(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_before_a_run_everything_is_to_be_done(recordings, tmp_path):
    found = estimate(study_of(recordings, tmp_path, models=["dummy", "linear"]))
    assert (found.clips, found.to_decode, found.to_extract) == (36, 36, each(36, zcr=36))
    assert (found.jobs, found.jobs_done) == (4 + BASELINES, 0)  # two models, each asked for scores and for levels
    assert found.disk_mb == pytest.approx(36 * (2 + 1 + 1) * 4 / 1e6)
    assert found.extract_s["zcr"] == pytest.approx(36 * 0.3 * 0.01)  # clips of 0.3 s at a hundredth of real time
    assert found.fit_s > 0
    assert found.total_s == pytest.approx(found.fit_s + sum(found.extract_s.values()) + room.STARTING_S)
    assert list((tmp_path / "cache" / "features").glob("*")) == []
    assert not (tmp_path / "reports").exists()


def test_after_a_run_nothing_is_left(recordings, tmp_path):
    study = study_of(recordings, tmp_path)
    run_study(study, Quiet())
    before = files_in(tmp_path)
    found = estimate(study)
    assert (found.clips, found.to_decode, found.to_extract) == (36, 0, each(0, zcr=0))
    assert (found.jobs, found.jobs_done) == (2 + BASELINES, 2 + BASELINES)
    assert (found.disk_mb, found.extract_s, found.fit_s, found.total_s) == (0, each(0, zcr=0), 0, 0)
    assert files_in(tmp_path) == before


def test_only_what_is_new_is_counted(recordings, tmp_path):
    run_study(study_of(recordings, tmp_path), Quiet())
    more = estimate(study_of(recordings, tmp_path, models=["dummy", "linear"]))
    assert (more.to_decode, more.to_extract, more.jobs, more.jobs_done) == (
        0,
        each(0, zcr=0),
        4 + BASELINES,
        BASELINES,
    )  # the controls are linear now
    assert more.fit_s > 0
    limited = estimate(study_of(recordings, tmp_path, limit=5))
    assert (limited.clips, limited.to_decode, limited.jobs, limited.jobs_done) == (30, 0, 2 + BASELINES, 0)
    other = write_recordings(tmp_path / "other", seed=9)
    (recordings.folder / "s0_1.wav").write_bytes((other.folder / "s0_1.wav").read_bytes())
    changed = estimate(study_of(recordings, tmp_path))
    assert (changed.to_decode, changed.to_extract, changed.jobs, changed.jobs_done) == (1, each(1, zcr=1), 2 + BASELINES, 0)
    assert changed.extract_s["zcr"] == pytest.approx(0.3 * 0.01)


def test_two_processes_take_less_time_than_one(recordings, tmp_path):
    one, two = (estimate(study_of(recordings, tmp_path, jobs=jobs)) for jobs in (1, 2))
    assert (two.fit_s, two.extract_s["zcr"]) == (
        pytest.approx(one.fit_s / (1 + room.TOGETHER)),
        pytest.approx(one.extract_s["zcr"] / (1 + room.TOGETHER)),
    )


class Counted(ModelRecipe):
    """A model whose fit takes a second a training clip."""

    name = "counted"
    version = "1"
    solves = ("score",)
    candidates: int = 0

    def grid(self, form):
        return tuple({"model__n": n} for n in range(self.candidates))

    def cost(self, form, n_clips, n_columns, n_levels):
        assert (n_columns, n_levels) == (2, 0)
        return float(n_clips)


@pytest.mark.parametrize(
    ("splitter", "model", "seconds"),
    [
        # Four inner folds train on three quarters of the clips, with every candidate and once more with the best.
        ("loso", "counted", 6 * (30 + 4 * 22)),
        ("grouped-3", "counted", 3 * (24 + 4 * 18)),
        ("fixed", "counted", 12 + 4 * 9),
        ("loso", "counted[candidates=5]", 6 * (30 + 4 * 5 * 22)),
    ],
)
def test_fitting_is_counted_by_the_clips_that_are_trained_on(recordings, tmp_path, splitter, model, seconds):
    MODELS.add(Counted)
    rows = (recordings.folder / "clips.csv").read_text().splitlines()
    parts = ["split", *(["train"] * 12 + ["test"] * 24)]
    (recordings.folder / "clips.csv").write_text(
        "\n".join(f"{row},{part}" for row, part in zip(rows, parts, strict=True)) + "\n"
    )
    found = estimate(study_of(recordings, tmp_path, models=[model], splitter=splitter, tasks=["tiny/kss/score"]))
    # Beside its own row, the control with permuted labels; the other baselines take next to nothing.
    assert found.fit_s == pytest.approx(2 * seconds, rel=0.01)


def test_layers_are_counted_with_the_jobs_that_choose_them(given, recordings, tmp_path):
    best = estimate(study_of(recordings, tmp_path, features=["layered"]))
    assert best.jobs == 2 * (1 + 3) + BASELINES
    assert best.disk_mb == pytest.approx(36 * (3 * 2 + 1 + 1) * 4 / 1e6)
    every = estimate(study_of(recordings, tmp_path, features=["layered", "layered@all"], models=["linear"]))
    assert every.jobs == 2 * (1 + 3) + BASELINES
    assert every.to_extract == each(36, layered=36)


def test_two_views_of_one_pass_are_extracted_once(recordings, tmp_path):
    one = estimate(study_of(recordings, tmp_path, features=["egemaps"]))
    two = estimate(study_of(recordings, tmp_path, features=["egemaps", "egemaps[only=F0*]"]))
    assert (two.to_extract, two.jobs) == (each(36, **{"egemaps": 36, "egemaps[only=F0*]": 0}), 4 + BASELINES)
    assert (two.disk_mb, sum(two.extract_s.values())) == pytest.approx((one.disk_mb, sum(one.extract_s.values())))
