"""The command `card`, run as a user does."""

import os
import shutil

import pytest

from tests.conftest import ROOT, fatigue_bench


def words(text):
    return " ".join(text.split())


def test_a_corpus_with_bad_recordings_has_a_card_and_a_page(recordings, tmp_path):
    (recordings.folder / "s0_1.wav").write_bytes(b"RIFF")
    (recordings.folder / "s0_2.wav").unlink()
    shutil.copy(recordings.folder / "s1_1.wav", recordings.folder / "s1_2.wav")
    places = ("--cache", tmp_path / "cache", "--reports", tmp_path / "out")
    answer = fatigue_bench("card", f"tiny={recordings.folder}", "--html", "--jobs", "2", *places, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""
    told = words(answer.stdout)
    assert "4 of 36 clips, listed below: 1 missing, 1 broken, 2 with the same audio as another." in told
    assert "1 recording: s0_2." in told
    assert "s1_1, s1_2: all are left out" in told
    page = tmp_path / "out" / "card-tiny.html"
    assert answer.stdout.rstrip().endswith(str(page))
    assert "32 clips of 6 speakers" in page.read_text("utf-8")


def test_a_folder_whose_name_is_not_utf_8_has_a_card_and_no_run(recordings, tmp_path):
    odd = tmp_path / os.fsdecode(b"d\xe9")
    recordings.folder.rename(odd)
    places = ("--cache", tmp_path / "cache", "--reports", tmp_path / "out")
    answer = fatigue_bench("card", f"tiny={odd}", "--html", "--jobs", "1", *places, cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "36 clips of 6 speakers" in words(answer.stdout)
    answer = fatigue_bench(
        "run", "--corpora", f"tiny={odd}", "--tasks", "tiny/kss", "--features", "duration", *places, cwd=tmp_path
    )
    assert answer.returncode == 2
    assert "which is not UTF-8" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_label_files_alone_have_a_card(recordings, tmp_path):
    for path in recordings.folder.glob("*.wav"):
        path.unlink()
    answer = fatigue_bench("card", f"tiny={recordings.folder}", "--cache", tmp_path / "cache", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    told = words(answer.stdout)
    assert "No recording is there. This card is of the label files alone" in told
    assert "36 clips of 6 speakers." in told
    assert "alert 12 (33%), neither 12 (33%), sleepy 12 (33%)" in told
    assert "Sound" not in told
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("columns", [60, 95])
def test_it_keeps_to_the_width(recordings, tmp_path, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    answer = fatigue_bench("card", f"tiny={recordings.folder}", "--cache", tmp_path / "cache", cwd=tmp_path)
    widest = max(map(len, answer.stdout.splitlines()))
    assert columns - 15 < widest <= columns


def test_a_reader_of_ones_own(recordings, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import bench\n\n\nclass Mine(bench.CorpusReader):\n"
        '    """Mine."""\n\n    name = "mine"\n    version = "1"\n\n'
        "    def read(self, folder):\n"
        "        target = bench.Target('kss', 'measured', 'How sleepy.', scale=(1, 9))\n"
        "        paths = sorted(folder.glob('*.wav'))\n"
        "        clips = tuple(bench.Clip(p.stem, p.stem[:2], p, {'kss': float(p.stem[3])}) for p in paths)\n"
        "        return bench.Corpus('mine', '1', (target,), clips)\n"
    )
    flags = ("--plugin", tmp_path / "mine.py", "--cache", tmp_path / "cache")
    answer = fatigue_bench("card", f"mine={recordings.folder}", *flags, cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "36 clips of 6 speakers" in answer.stdout


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("ravdess",), "has no folder"),
        (("ravdess=",), "Expected is NAME=PATH"),
        (("ravdess=nowhere",), "nowhere"),
        (("ravdes=nowhere",), "Did you mean 'ravdess'"),
        (("synthetic", "--jobs", "0"), "at least 1"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_exit_code_2(given, sentence, tmp_path):
    answer = fatigue_bench("card", *given, cwd=tmp_path)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert answer.stdout == ""


def test_ravdess_has_its_pair(ravdess, tmp_path):
    answer = fatigue_bench("card", f"ravdess={ravdess}", "--cache", tmp_path / "cache", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    if "of 720 clips" not in answer.stdout:
        pytest.skip("FATIGUE_BENCH_RAVDESS does not hold the 12 actors of 720")
    assert "03-01-03-01-02-01-07, 03-01-03-01-02-02-07: 03-01-03-01-02-01-07 is kept." in words(answer.stdout)


def test_pictures_are_drawn_only_where_asked_for(recordings, tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; from bench.__main__ import app\ntry: app()\nexcept SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "card", f"tiny={recordings.folder}", "--jobs", "1", "--cache", str(tmp_path / "c")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(answer.stderr.split())
    assert {"seaborn", "matplotlib", "torch", "transformers", "opensmile", "sklearn", "jinja2"}.isdisjoint(loaded)
