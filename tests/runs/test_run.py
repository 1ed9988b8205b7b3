import csv
import json
import os
import shlex
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import bench
from tests.conftest import MODELS, ROOT, ZCR, fatigue_bench, words, write_recordings

SECONDS = ("extract_seconds", "fit_seconds")


def board_of(folder):
    """The rows of the CSV, without what a clock says."""
    with (folder / "reports" / "leaderboard.csv").open(newline="") as stream:
        return [{key: value for key, value in row.items() if key not in SECONDS} for row in csv.DictReader(stream)]


def run(recordings, folder, **more):
    keywords = {
        **recordings.keywords,
        "splitter": "grouped-3",
        "models": MODELS,
        "cache": folder / "cache",
        "reports": folder / "reports",
        "jobs": 1,
    }
    return bench.run(**{**keywords, **more})


def test_a_run_gives_a_board_with_both_forms(recordings, tmp_path):
    board = run(recordings, tmp_path, splitter="loso")
    assert [task.name for task in board.tasks] == ["tiny/kss/score", "tiny/kss/level"]
    assert board.jobs_done == 2 * (2 + 4)
    score, level = board.tasks
    assert score.rows[0].model == "linear"
    assert score.rows[0].metrics["spearman"].low > 0
    assert level.rows[0].metrics["uar"].value > level.chance == pytest.approx(1 / 3)
    constant = next(row for row in level.rows if row.baseline == "constant")
    assert constant.metrics["uar"].value == pytest.approx(level.chance)
    assert "FB004" not in {finding.code for finding in constant.findings}  # so by definition, and no news
    assert {row.baseline for row in level.rows} == {"", "constant", "duration", "loudness", "permuted"}
    assert all(row.null.low - 1e-9 <= row.null.value <= row.null.high + 1e-9 for row in level.rows)
    assert level.rows[0].null.high < level.rows[0].metrics["uar"].value
    assert level.n_folds == level.n_speakers == 6


def test_values_on_the_board_can_be_recomputed_from_the_predictions_table(recordings, tmp_path):
    import pandas as pd
    from scipy.stats import spearmanr
    from sklearn.metrics import recall_score

    board = run(recordings, tmp_path)
    table = pd.read_parquet(tmp_path / "reports" / "predictions.parquet")
    for task in board.tasks:
        for row in task.rows:
            own = table[table["job"] == row.fingerprint]
            assert len(own) == 36
            if task.form == "level":
                expected = recall_score(own["truth_level"], own["guess_level"], average="macro")
                assert row.metrics["uar"].value == pytest.approx(expected)
            elif own["guess"].nunique() > 1:
                assert row.metrics["spearman"].value == pytest.approx(spearmanr(own["truth"], own["guess"]).statistic)


def test_running_again_does_nothing(whole):
    reports = whole.folder / "reports"
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_size) for path in reports.iterdir() if path.is_file()}
    stored = sorted(path.name for path in (whole.folder / "cache").rglob("*"))
    again = fatigue_bench(*words(whole.recordings, whole.folder), cwd=whole.folder)
    assert again.returncode == 0
    assert again.stdout == whole.answer.stdout
    assert {p.name: (p.stat().st_mtime_ns, p.stat().st_size) for p in reports.iterdir() if p.is_file()} == before
    assert sorted(path.name for path in (whole.folder / "cache").rglob("*")) == stored


def test_an_unchanged_run_imports_nothing_heavy(whole):
    heavy = ("torch", "transformers", "opensmile", "sklearn", "xgboost", "seaborn", "matplotlib", "librosa", "pandas")
    code = (
        "import sys; from bench.__main__ import app\n"
        "try: app()\nexcept SystemExit: pass\n"
        f"print(sorted(set({heavy!r}) & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, *map(str, words(whole.recordings, whole.folder))]
    answer = subprocess.run(
        command, cwd=whole.folder, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert answer.stdout.splitlines()[-1] == "[]"


def test_numbers_are_bit_equal_whatever_the_number_of_processes(recordings, tmp_path):
    one = run(recordings, tmp_path / "one", cache=tmp_path / "cache", models=("linear", "svm"))
    two = run(recordings, tmp_path / "two", cache=tmp_path / "cache", models=("linear", "svm"), jobs=2)
    for a, b in zip(one.tasks, two.tasks, strict=True):
        assert [(r.fingerprint, r.metrics, r.chosen) for r in a.rows] == [(r.fingerprint, r.metrics, r.chosen) for r in b.rows]


def test_the_printed_command_reproduces_the_board_from_a_fresh_cache(whole, tmp_path):
    page = (whole.folder / "reports" / "leaderboard.md").read_text()
    command = next(line for line in page.splitlines() if line.strip().startswith("fatigue-bench run"))
    typed = shlex.split(command)
    again = fatigue_bench(
        *typed[1:], "--cache", tmp_path / "b" / "cache", "--reports", tmp_path / "b" / "reports", cwd=tmp_path
    )
    assert again.returncode == 0, again.stderr
    assert board_of(whole.folder) == board_of(tmp_path / "b")


# Forks of a process that has imported everything, so that a kill strikes at the work and not at the imports.
KILLER = """
import os, random, signal, sys, time
import bench.runs.run, bench.views.report, bench.views.leaderboard, bench.views.figure
import sklearn.dummy, sklearn.linear_model, sklearn.feature_selection, soundfile, seaborn
from bench.__main__ import app

rng = random.Random(0)
killed = whole = 0
while killed < 20 or not whole:
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1), os.dup2(null, 2)
        try:
            app(sys.argv[1:])
        except SystemExit as end:
            os._exit(end.code or 0)
        os._exit(3)
    if killed < 20:
        time.sleep(rng.uniform(0.02, 0.8))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    killed += os.WIFSIGNALED(status)
    whole += os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
print(killed)
"""


def test_killed_at_20_random_moments_a_run_resumes_to_the_same_board(recordings, whole, tmp_path):
    command = [sys.executable, "-c", KILLER, *map(str, words(recordings, tmp_path / "broken"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    killer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)
    assert killer.stdout.strip() == "20", killer.stderr
    pairs = zip(board_of(tmp_path / "broken"), board_of(whole.folder), strict=True)
    assert not {key: (one[key], other[key]) for one, other in pairs for key in one if one[key] != other[key]}


def test_two_runs_at_once_on_one_fresh_cache_give_the_board_of_one(recordings, whole, tmp_path):
    command = [sys.executable, "-m", "bench", *map(str, words(recordings, tmp_path / "two"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pair = [subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in pair] == [0, 0]
    one, two = board_of(whole.folder), board_of(tmp_path / "two")
    for row in (*one, *two):
        del row["cache_mb"]  # both may store a clip before either sees the other's; what lies twice is equal, and counts twice
    assert two == one


def test_ctrl_c_leaves_a_usable_partial_board(recordings, tmp_path):
    command = [sys.executable, "-m", "bench", *map(str, words(recordings, tmp_path, "--models", "svm"))]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True
    )
    ledger = tmp_path / "reports" / "ledger.jsonl"
    for _ in range(1200):
        if ledger.exists() and '"kind":"result"' in ledger.read_text():
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "goes on from there" in errors
    page = (tmp_path / "reports" / "leaderboard.html").read_text()
    assert "jobs are not done yet" in page


INTERRUPTED = """
import bench
class Interrupted(bench.FeatureSet):
    name = "interrupted"
    version = "1"
    columns = ("a",)
    def extract(self, wave):
        raise KeyboardInterrupt
"""


def test_ctrl_c_before_the_first_fit_shows_no_board_of_another_run(recordings, tmp_path):
    run(recordings, tmp_path, models=["dummy"])
    (tmp_path / "interrupted.py").write_text(INTERRUPTED)
    more = ("--plugin", tmp_path / "interrupted.py", "--features", "interrupted")
    answer = fatigue_bench(*words(recordings, tmp_path, *more), cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == "Interrupted; what was finished is kept, and the same command goes on from there.\n"


FAILING = """
import bench
class Failing(bench.FeatureSet):
    name = "failing"
    version = "1"
    columns = ("a",)
    def extract(self, wave):
        raise ZeroDivisionError("nothing to divide")
"""


def test_a_failed_job_is_a_row_with_its_sentence(recordings, tmp_path):
    (tmp_path / "failing.py").write_text(FAILING)
    more = ("--plugin", tmp_path / "failing.py", "--features", "failing")
    answer = fatigue_bench(*words(recordings, tmp_path, *more), cwd=tmp_path)
    assert answer.returncode == 1
    assert answer.stderr.count("failed: tiny/kss") == 4
    assert "nothing to divide" in answer.stderr
    rows = board_of(tmp_path)
    assert {row["status"] for row in rows if row["feature_set"] == "zcr"} == {"done"}
    assert {row["status"] for row in rows if row["feature_set"] == "failing"} == {"failed"}


def test_a_plugin_that_leaves_python_is_a_failed_row_too(recordings, tmp_path):
    (tmp_path / "leaving.py").write_text(
        FAILING.replace("failing", "leaving")
        .replace("Failing", "Leaving")
        .replace('raise ZeroDivisionError("nothing to divide")', "raise SystemExit")
    )
    more = ("--plugin", tmp_path / "leaving.py", "--features", "leaving", "--jobs", 2)
    answer = fatigue_bench(*words(recordings, tmp_path, *more), cwd=tmp_path)
    assert answer.returncode == 1
    assert "SystemExit: " in answer.stderr
    assert {row["status"] for row in board_of(tmp_path) if row["feature_set"] == "zcr"} == {"done"}


def test_the_first_speakers_only_make_a_board_that_says_partial(recordings, tmp_path):
    board = run(recordings, tmp_path, limit=5)
    assert board.partial == "the first 5 speakers only"
    assert {task.n_speakers for task in board.tasks} == {5}


def test_permuted_labels_are_another_task_and_say_so(recordings, tmp_path):
    plain = run(recordings, tmp_path)
    permuted = run(recordings, tmp_path, permute=1)
    assert "FB016" in {finding.code for finding in permuted.tasks[0].findings}
    assert plain.tasks[0].rows[0].metrics["spearman"].value > permuted.tasks[0].rows[0].metrics["spearman"].value
    assert permuted.tasks[0].fold_hash == plain.tasks[0].fold_hash


def test_the_speaker_track_is_a_board_of_its_own(recordings, tmp_path):
    board = run(recordings, tmp_path, tracks=("open", "speaker"))
    assert [(task.name, task.track) for task in board.tasks] == [
        ("tiny/kss/score", "open"),
        ("tiny/kss/score", "speaker"),
        ("tiny/kss/level", "open"),
        ("tiny/kss/level", "speaker"),
    ]


def test_one_changed_recording_is_extracted_again_and_its_jobs_fitted_again(recordings, tmp_path):
    first = run(recordings, tmp_path)
    other = write_recordings(tmp_path / "other", seed=9)
    (recordings.folder / "s0_1.wav").write_bytes((other.folder / "s0_1.wav").read_bytes())
    second = run(recordings, tmp_path)
    stored = tmp_path / "cache" / "features"
    import pyarrow.dataset as ds

    (folder,) = [path for path in stored.iterdir() if path.name.startswith("zcr")]
    keys = (
        ds.dataset([path for path in folder.glob("*.parquet") if not path.name.startswith("probe")])
        .to_table(columns=["key"])["key"]
        .to_pylist()
    )
    assert len(set(keys)) == len(keys) == 37
    assert not {r.fingerprint for t in first.tasks for r in t.rows} & {r.fingerprint for t in second.tasks for r in t.rows}


def test_a_recording_that_cannot_be_read_is_listed_and_the_rest_is_scored(recordings, tmp_path):
    (recordings.folder / "s1_4.wav").write_bytes(b"")
    board = run(recordings, tmp_path)
    assert {task.n_clips for task in board.tasks} == {35}
    assert [(e.clip_id, "empty" in e.reason) for e in board.tasks[0].excluded] == [("s1_4", True)]


def test_folds_that_were_written_are_read_again(recordings, tmp_path):
    answer = fatigue_bench(
        "folds", *recordings.flags[:4], "--splitter", "grouped-3", "--cache", tmp_path / "cache", cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert len(document["folds"]) == 3
    (tmp_path / "folds.json").write_text(answer.stdout)
    board = run(recordings, tmp_path, splitter=str(tmp_path / "folds.json"))
    assert {task.fold_hash for task in board.tasks} == {document["hash"]}


def test_a_leaking_fold_list_stops_the_run(recordings, tmp_path):
    answer = fatigue_bench("folds", *recordings.flags[:4], "--cache", tmp_path / "cache", cwd=tmp_path)
    document = json.loads(answer.stdout)
    moved = document["folds"][0]["test"].pop()
    document["folds"][0]["train"].append(moved)
    document.pop("hash")
    (tmp_path / "folds.json").write_text(json.dumps(document))
    with pytest.raises(bench.RequestError, match=r"FB001|hash"):
        run(recordings, tmp_path, splitter=str(tmp_path / "folds.json"))


def test_the_dry_run_counts_and_starts_nothing(recordings, tmp_path):
    answer = fatigue_bench(*words(recordings, tmp_path, "--dry-run"), cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "36" in answer.stdout
    assert not (tmp_path / "reports").exists()
    assert not (tmp_path / "cache" / "features").exists()


def test_the_speaker_track_scales_without_a_label():
    from bench.runs.matrix import within_speaker

    values = np.random.default_rng(0).normal(5, 3, (40, 3)).astype(np.float32)
    values[3, 1] = np.nan
    speakers = tuple("ab"[n % 2] for n in range(40))
    scaled = within_speaker(values, speakers)
    rows = np.asarray(speakers) == "a"
    expected = (values[rows] - np.nanmean(values[rows], axis=0)) / np.nanstd(values[rows], axis=0)
    np.testing.assert_allclose(scaled[rows], expected, rtol=1e-4, atol=1e-5)


def test_the_plug_in_of_the_design_document_works_as_it_stands(tmp_path):
    answer = fatigue_bench("check", ZCR, cwd=tmp_path)
    assert answer.returncode == 0, answer.stdout
