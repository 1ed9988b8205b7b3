"""Rating from a finished run to the words, on recordings of noise whose brightness is the label."""

import dataclasses
import hashlib
import json
import shutil

import numpy as np
import pytest
import soundfile

import bench
from bench.base.error import BenchError, RequestError
from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS
from bench.features.manifest import made_with
from bench.features.timing import Timing
from bench.runs import rater as refitting
from bench.runs.keep import kept
from bench.runs.prediction import PredictionStore
from bench.runs.recall import study_of
from bench.runs.row import Value
from bench.views.rating import render_rating, render_rating_json, who
from tests.conftest import ZCR, fatigue_bench, write_recordings


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of both forms with two rows, and three recordings that it has not seen."""
    folder = tmp_path_factory.mktemp("rated")
    asked = write_recordings(folder / "tiny")
    places = {"reports": folder / "reports", "cache": folder / "cache", "jobs": 1}
    board = bench.run(**asked.keywords, models=["linear", "svm"], **places)
    unseen = write_recordings(folder / "unseen", n_speakers=1, seed=5)
    soundfile.write(folder / "silence.wav", np.zeros(4800), 16_000)
    soundfile.write(folder / "long.wav", 0.1 * np.random.default_rng(0).standard_normal(40_000), 16_000)
    files = [unseen.folder / "s0_1.wav", unseen.folder / "s0_9.wav", folder / "long.wav", folder / "silence.wav"]
    return folder, places, board, files


@pytest.fixture(scope="module")
def sheet(finished):
    _, places, _, files = finished
    return bench.rate(files, **places)


def test_scores_follow_what_is_heard_and_levels_have_probabilities(sheet):
    alert, sleepy, *_ = sheet.ratings
    assert alert.score < sleepy.score
    for rating in (alert, sleepy):
        assert 1 <= rating.low <= rating.score <= rating.high <= 9
        assert sum(rating.probabilities.values()) == pytest.approx(1)
        assert rating.level in sheet.target.levels
        assert list(rating.probabilities) == ["alert", "neither", "sleepy"]
    assert sheet.n_failed == 1
    assert "digital silence" in sheet.ratings[3].problem
    assert [used.task.form for used in sheet.used] == ["score", "level"]
    assert all(used.n_speakers == 6 and used.n_clips == 36 for used in sheet.used)


def test_a_long_recording_is_rated_as_a_whole_and_called_outside(sheet):
    assert any("lasts 2.5 s" in reason and "rated as a whole" in reason for reason in sheet.ratings[2].outside)
    assert sheet.ratings[2].score is not None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Value(0.5, 0.1, 0.8), "Guessing gives 0.000."),
        (Value(0.1, -0.2, 0.4), "Its interval reaches chance (0.000): it may know nothing."),
        (Value(-0.5, -0.8, -0.1), "Its interval lies below chance (0.000): it is worse than guessing."),
        (Value(-0.5), "That is no better than chance (0.000)."),
    ],
)
def test_how_the_row_stands_to_chance_is_told(sheet, value, said):
    used = sheet.used[0]
    row = dataclasses.replace(used.row, metrics={**used.row.metrics, used.task.metric: value})
    assert said in who(dataclasses.replace(used, row=row))


def test_a_later_call_fits_nothing_and_says_the_same(finished, sheet, monkeypatch):
    _, places, _, files = finished
    monkeypatch.setattr("bench.runs.rating.fit_rater", None)
    again = bench.rate(files[:2], **places)
    assert again.ratings == sheet.ratings[:2]


def test_nothing_of_the_recordings_is_left_behind(finished, sheet):
    folder = finished[0]
    stored = b"".join(path.read_bytes() for path in folder.joinpath("cache").rglob("*") if path.is_file())
    assert b"unseen" not in stored
    names = {path.name for path in (folder / "reports" / "raters").rglob("*") if path.is_file()}
    assert names == {"rater.json", "arrays.npz"}


def test_what_is_kept_is_used_only_while_nothing_has_changed(finished, sheet, monkeypatch):
    places = finished[1]
    fingerprint = sheet.used[0].row.fingerprint
    assert kept(fingerprint, places["reports"]) is not None
    assert kept("another", places["reports"]) is None
    monkeypatch.setattr("bench.runs.keep.versions", lambda: {"numpy": "0"})
    assert kept(fingerprint, places["reports"]) is None
    monkeypatch.undo()
    file = places["reports"] / "raters" / fingerprint / "rater.json"
    whole = file.read_bytes()
    deep = b"[" * 100_000 + b"]" * 100_000
    cues = whole.replace(b'"cues": {"dict"', b'"cues": {"tuple"')
    for broken in (whole[:-40], whole.replace(b'"kind": "Pipeline"', b'"kind": "Popen"'), deep, b"[]", cues):
        assert broken != whole
        file.write_bytes(broken)
        assert kept(fingerprint, places["reports"]) is None
    file.write_bytes(whole)
    assert kept(fingerprint, places["reports"]) is not None


def test_damaged_arrays_are_not_used(finished, sheet):
    """Neither damaged ones, even where their digest says otherwise, nor whole ones of another rater."""
    places = finished[1]
    own, other = (places["reports"] / "raters" / used.row.fingerprint for used in sheet.used)
    arrays, structure = (own / "arrays.npz").read_bytes(), (own / "rater.json").read_bytes()
    flipped = bytearray(arrays)
    flipped[60:90] = bytes(30)
    said = json.loads(structure)
    for broken in (b"", arrays[:-30], arrays[:200], bytes(flipped), (other / "arrays.npz").read_bytes()):
        (own / "arrays.npz").write_bytes(broken)
        assert kept(own.name, places["reports"]) is None
    for broken in (b"", arrays[:-30], arrays[:200], bytes(flipped)):
        (own / "arrays.npz").write_bytes(broken)
        said["arrays"] = hashlib.sha256(broken).hexdigest()
        (own / "rater.json").write_text(json.dumps(said))
        assert kept(own.name, places["reports"]) is None
    (own / "arrays.npz").write_bytes(arrays)
    (own / "rater.json").write_bytes(structure)
    assert kept(own.name, places["reports"]) is not None


def test_a_changed_source_is_not_rated_with_what_was_kept_of_the_old_one(finished, sheet, monkeypatch):
    """Of a view, and of a feature set of cues."""
    places = finished[1]
    fingerprint = sheet.used[0].row.fingerprint
    for kind in ("ZeroCrossings", "Timing"):
        monkeypatch.setattr("bench.runs.keep.made_with", lambda one, kind=kind: {} if one.__name__ == kind else made_with(one))
        assert kept(fingerprint, places["reports"]) is None
    monkeypatch.undo()
    assert kept(fingerprint, places["reports"]) is not None


def test_a_plugin_edited_under_an_unchanged_version_is_refused(tmp_path):
    asked = write_recordings(tmp_path / "tiny")
    plugin = tmp_path / "zcr.py"
    shutil.copy(ZCR, plugin)
    other = {str(ZCR): str(plugin), "tiny/kss": "tiny/kss/score"}
    flags = [other.get(word, word) for word in asked.flags]
    ran = fatigue_bench("run", *flags, "--models", "linear", "--jobs", 1, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    rate = ("rate", asked.folder / "s0_1.wav", "--task", "tiny/kss/score", "--jobs", 1)
    first = fatigue_bench(*rate, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    plugin.write_text(plugin.read_text().replace("np.array([np.mean(rates)", "np.array([-3 * np.mean(rates)"))
    again = fatigue_bench(*rate, cwd=tmp_path)
    assert again.returncode != 0
    assert "'zcr' no longer gives the numbers that are stored" in again.stderr
    board = fatigue_bench("run", *flags, "--models", "linear", "--jobs", 1, cwd=tmp_path)
    assert board.returncode == 1  # nor does the finished row stand there as if nothing had happened
    assert "'zcr' no longer gives the numbers that are stored" in board.stderr


def test_a_model_edited_after_the_run_is_refused_and_what_was_kept_of_it_is_not_used(finished, sheet, monkeypatch):
    _, places, _, files = finished
    fingerprint = sheet.used[0].row.fingerprint
    monkeypatch.setattr("bench.runs.keep.source_of", lambda model: "edited")
    assert kept(fingerprint, places["reports"]) is None
    monkeypatch.undo()
    assert kept(fingerprint, places["reports"]) is not None
    monkeypatch.setattr("bench.runs.rating.source_of", lambda model: "edited")
    with pytest.raises(RequestError, match=r"The file of the model '\w+' was changed since the run"):
        bench.rate(files[:1], **places)


@pytest.mark.parametrize(
    ("n_speakers", "said"), [(4, "it was fitted on 4."), (0, "nobody knows who speaks in its training clips.")]
)
def test_of_few_or_unknown_speakers_no_cue_is_said_to_stand_out(sheet, n_speakers, said):
    notes = tuple(refitting._too_few(200, n_speakers))
    assert notes[-1] == f"Which cues stand out can be told from 5 training speakers on, and {said}"
    assert ("like the training ones can be told from two" in notes[0]) is (n_speakers == 0)
    assert tuple(refitting._too_few(200, 5)) == ()


def test_cues_of_few_speakers_are_not_counted_in_the_text(finished, tmp_path):
    folder = finished[0]
    asked = write_recordings(tmp_path / "tiny", n_speakers=4)
    places = {"reports": tmp_path / "reports", "cache": tmp_path / "cache", "jobs": 1}
    bench.run(**asked.keywords, models=["linear"], **places)
    few = bench.rate(folder / "long.wav", task="tiny/kss/score", **places)
    assert (few.used[0].n_cues, few.ratings[0].cues) == (0, ())
    text = " ".join(render_rating(few, 100).split())
    assert "Which cues stand out can be told from 5 training speakers on, and it was fitted on 4." in text
    assert "cues:" not in text


def test_missing_features_are_told_with_their_share(finished, sheet, monkeypatch):
    _, places, _, files = finished
    kind = type(FEATURE_SETS.make(parse("zcr")))
    monkeypatch.setattr(kind, "extract", partial_of(kind.extract))
    (rating,) = bench.rate(files[0], **places).ratings
    assert "50% of its features could not be measured" in rating.outside
    note = "1 of its 2 values of zcr (50.0%) could not be measured; the model was given the training means in their place."
    assert rating.notes.count(note) == 1


def test_a_voice_that_nobody_looked_for_is_not_absent(finished, sheet, monkeypatch):
    _, places, _, files = finished

    def fail(self, wave):
        raise ZeroDivisionError("no luck")

    monkeypatch.setattr(Timing, "extract", fail)
    (rating,) = bench.rate(files[0], **places).ratings
    assert not any("voice" in reason for reason in rating.outside)
    assert any(
        note.startswith("The cues of timing are left out, and how much of the recording is voiced") for note in rating.notes
    )


def partial_of(extract):
    return lambda self, wave: bench.Partial(extract(self, wave), ("zcr_std",), "no luck")


def test_a_rater_says_what_the_run_said_of_a_held_out_speaker(finished):
    """Fitted on all but one speaker, it is that fold: the same scores, the same intervals."""
    _, places, board, _ = finished
    study = study_of(board.command, places["cache"], places["reports"])
    task = next(one for one in board.tasks if one.form == "score")
    prepared_row = task.rows[[row.feature_set == "zcr" for row in task.rows].index(True)]
    said = PredictionStore(places["reports"]).get([prepared_row.fingerprint])[prepared_row.fingerprint]
    one = next(run for run in _runs(study) if run.task.form == "score")
    fold = one.task.folds[0]
    recipe = refitting.MODELS.make(refitting.parse(prepared_row.model))
    X = refitting._values(refitting.View.of("zcr"), one, refitting.FeatureStore(places["cache"] / "features"))
    place = {clip_id: row for row, clip_id in enumerate(one.task.clip_ids)}
    train, test = ([place[clip] for clip in side] for side in (fold.train, fold.test))
    y, speakers = one.task.y(), one.task.speakers()
    problem = refitting.Problem("score", 0, X[train], y[train], speakers[train])
    whole = refitting.Ensemble((refitting.fit_whole(recipe, problem, 0),), "", "score", 0, y[train], speakers[train], 0)
    told = whole.told([X[test]])
    rows = [said.clip_ids.index(clip) for clip in fold.test]
    np.testing.assert_allclose(told.guess, said.guess[rows])
    np.testing.assert_allclose(told.interval(y[train]), (said.low[rows], said.high[rows]))


def _runs(study):
    from bench.runs.grid import make_entries
    from bench.runs.progress import Quiet
    from bench.runs.run import prepare

    return prepare(study, make_entries(study.features), Quiet()).runs


def test_words_and_json(sheet):
    text = render_rating(sheet, 100)
    assert text.startswith("tiny/kss: A number.\nScore: zcr with ")
    assert "approximate, because it was fitted on 6 speakers" in text
    assert "not rated: all 4800 samples are zero (digital silence)" in text
    assert "Outside what it was trained on: it lasts 2.5 s" in text
    assert all(len(line) <= 100 or " " not in line.strip() for line in text.splitlines())
    document = json.loads(render_rating_json(sheet))
    assert document["ratings"][0]["score"] == sheet.ratings[0].score
    assert document["ratings"][3]["score"] is None
    assert document["raters"][1]["level_shares"] == {"alert": pytest.approx(2 / 6), "neither": 2 / 6, "sleepy": 2 / 6}


def test_json_has_the_cautions_of_the_text(sheet):
    made = dataclasses.replace(sheet, target=dataclasses.replace(sheet.target, kind="synthetic"), caution="Mind the gap.")
    text, said = " ".join(render_rating(made, 100).split()), json.loads(render_rating_json(made))["caution"]
    assert said in text
    for part in ("says nothing about people.", "Mind the gap.", "approximate, because it was fitted on 6 speakers."):
        assert part in said


def test_a_clip_that_a_row_was_fitted_on_is_told_whatever_its_name(finished, sheet, tmp_path):
    folder, places, _, _ = finished
    samples, rate = soundfile.read(folder / "tiny" / "s0_1.wav", dtype="int16")
    soundfile.write(tmp_path / "other.flac", samples, rate)
    soundfile.write(tmp_path / "less.wav", samples[:-1], rate)
    said = bench.rate([tmp_path / "other.flac", tmp_path / "less.wav"], **places)
    assert [rating.fitted_on for rating in said.ratings] == [True, False]
    told = "This recording is one of the clips it was fitted on: the interval and the probabilities do not hold for it."
    assert " ".join(render_rating(said, 100).split()).count(told) == 1


def test_too_many_strange_cues_are_a_reason_to_be_outside(finished, sheet):
    """A tone with pauses among clips of noise, which have neither pitch nor pauses: at most two cues of a clip stand out."""
    _, places, _, files = finished
    tone = files[0].parent / "tone.wav"
    t = np.arange(48_000) / 16_000
    soundfile.write(tone, 0.3 * np.sin(2 * np.pi * 220 * t) * (t % 1 < 0.5), 16_000)
    said = bench.rate([tone, files[0]], **places)
    reason = "8 of its 8 cues are more extreme than in 95% of the training clips (all 36 held-out clips have fewer)"
    assert [reason in rating.outside for rating in said.ratings] == [True, False]
    assert "as is reported" not in render_rating(said, 100)


def test_the_badge_is_said(sheet):
    proxy = dataclasses.replace(sheet, badge="proxy label", target=dataclasses.replace(sheet.target, kind="proxy"))
    text = render_rating(proxy, 100)
    assert text.startswith("tiny/kss (proxy label)")
    assert "no measurement of fatigue" in text


def test_wrong_requests(finished, tmp_path):
    _, places, _, files = finished
    with pytest.raises(RequestError, match="No recording was given"):
        bench.rate([], **places)
    with pytest.raises(RequestError, match=r"is a folder\. Expected are recordings"):
        bench.rate([files[0], tmp_path], **places)
    with pytest.raises(RequestError, match="and the other 1 do not exist"):
        bench.rate([tmp_path / "a.wav", tmp_path / "b.wav"], **places)
    with pytest.raises(RequestError, match="No run stands in"):
        bench.rate(files[0], reports=tmp_path, cache=places["cache"])
    with pytest.raises(BenchError, match="cannot read"):
        study_of("fatigue-bench run --colour blue", tmp_path, tmp_path)


def test_recordings_that_changed_since_the_run_are_refused(finished):
    folder, places, _, files = finished
    table = folder / "tiny" / "clips.csv"
    whole = table.read_text()
    table.write_text(whole.replace("s0_1,s0_1.wav,s0,1", "s0_1,s0_1.wav,s0,2"))
    with pytest.raises(RequestError, match="have changed since the run"):
        bench.rate(files[0], task="tiny/kss/score", row=2, **places)
    table.write_text(whole)


def test_the_command_says_with_its_exit_code_what_became_of_the_files(finished):
    from typer.testing import CliRunner

    from bench.__main__ import app

    _, places, _, files = finished
    flags = [word for name, value in places.items() for word in (f"--{name}", str(value))]
    done = CliRunner().invoke(app, ["rate", str(files[0]), "--json", *flags])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["ratings"][0]["file"] == str(files[0])
    failed = CliRunner().invoke(app, ["rate", *map(str, files), *flags])
    assert failed.exit_code == 1
    assert "not rated" in failed.stdout
    wrong = CliRunner().invoke(app, ["rate", str(files[0]), "--row", "9", "--task", "tiny/kss/level", *flags])
    assert isinstance(wrong.exception, RequestError)  # which the command line turns into exit code 2
