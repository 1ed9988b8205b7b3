"""The scaffold: what it writes is whole, and it writes nothing that it should not (that it passes `check`: test_plugins)."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.base.error import BenchError, RequestError
from bench.base.registry import classes_in
from bench.runs.scaffold import KINDS, scaffold


@pytest.mark.parametrize("kind", KINDS)
def test_both_files_are_written_and_the_class_can_be_imported(tmp_path, kind):
    made = scaffold(kind, "night-shift2", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["night_shift2.py", "test_night_shift2.py"]
    (found,) = classes_in(made.file, KINDS[kind].registry.kind)
    assert (found.name, found.version) == ("night-shift2", "1")
    assert made.target == f"your_package.night_shift2:{found.__name__}"
    assert made.group == KINDS[kind].registry.group
    assert not (found.__doc__ or "").startswith(found.__name__)
    for path in (made.file, made.test):
        assert "$" not in path.read_text()


def test_what_is_written_is_clean(tmp_path):
    for kind in KINDS:
        scaffold(kind, kind.replace("-", "") + "-own", tmp_path)
    rules = ["--isolated", "--line-length=128", "--select=E,F,I,UP,B,SIM,PT,NPY,RUF"]
    for words in (["check", *rules], ["format", "--check", "--isolated", "--line-length=128"]):
        done = subprocess.run([sys.executable, "-m", "ruff", *words, "."], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "name", ["", "Night", "../night", "night/shift", "/night", "2nd", "class", "night.py", "test_it", "a b", "-x"]
)
def test_names_that_cannot_be_files_are_refused(tmp_path, name):
    folder = tmp_path / "here"
    folder.mkdir()
    with pytest.raises(RequestError, match="cannot be the name of a file"):
        scaffold("model", name, folder)
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("featureset", "own", "No kind of plug-in is called 'featureset'. Did you mean 'feature-set'?"),
        ("feature-set", "egemaps", "A feature set called 'egemaps' exists already."),
        ("corpus", "ravdess", "A corpus called 'ravdess' exists already."),
        ("feature-set", "mean", "A feature set cannot be called 'mean', because mean[...] is read as something else"),
        ("feature-set", "stack", "A feature set cannot be called 'stack', because stack[...] is read as something else"),
        ("model", "numpy", "Python knows a module called 'numpy' already"),
    ],
)
def test_names_that_are_taken_are_refused(tmp_path, kind, name, sentence):
    with pytest.raises(RequestError) as raised:
        scaffold(kind, name, tmp_path)
    assert str(raised.value).startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_not_even_a_link_that_leads_nowhere(tmp_path):
    (tmp_path / "test_own.py").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RequestError, match=r"test_own.py' exists already, and nothing is overwritten"):
        scaffold("model", "own", tmp_path)
    (tmp_path / "mine.py").write_text("x = 1\n")
    with pytest.raises(RequestError, match=r"mine.py' exists already"):
        scaffold("model", "mine", tmp_path)
    assert (tmp_path / "mine.py").read_text() == "x = 1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.py", "test_own.py"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BenchError, match="cannot be written"):
        scaffold("model", "own", tmp_path / "nowhere")


def test_the_command_says_what_to_do_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, ["new", "corpus", "night-shift"])
    assert answer.exit_code == 0
    assert "fatigue-bench check night-shift=PATH --plugin night_shift.py\n" in answer.output
    assert "--corpora night-shift=PATH --tasks night-shift/kss --features egemaps --models linear\n" in answer.output
    assert 'night-shift = "your_package.night_shift:NightShiftCorpus"' in answer.output
