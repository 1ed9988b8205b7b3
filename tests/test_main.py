import os
import shutil
import subprocess
import sys

import pytest

import bench
from bench.__main__ import _guarded
from tests.conftest import ROOT, ZCR, fatigue_bench

HEAVY = ("torch", "transformers", "opensmile", "sklearn", "xgboost", "seaborn", "matplotlib", "librosa", "pandas", "pyarrow")


def loaded_by(*words, cwd):
    code = (
        "import sys; from bench.__main__ import app\n"
        "try: app()\nexcept SystemExit: pass\n"
        f"print(*sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, *words]
    answer = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=True)
    return answer.stderr.split()


@pytest.mark.parametrize("words", [("--help",), ("list",), ("run", "--help")])
def test_help_and_lists_load_nothing_heavy(words, tmp_path):
    assert loaded_by(*words, cwd=tmp_path) == []


def test_the_help_says_each_command_whole_and_how_to_fuse(tmp_path):
    assert "..." not in fatigue_bench("--help", cwd=tmp_path).stdout.partition("Commands:")[2]
    for words in (("run", "--help"), ("list", "features")):
        said = " ".join(fatigue_bench(*words, cwd=tmp_path).stdout.split())
        assert all(form in said for form in ("A+B", "mean[A+B]", "stack[A+B]")), said


def test_the_list_has_every_built_in_name(tmp_path):
    answer = fatigue_bench("list", cwd=tmp_path)
    assert answer.returncode == 0
    names = {line.split()[0] for line in answer.stdout.splitlines()}
    assert names >= {"synthetic", "ravdess", "folder", "egemaps", "compare", "timing", "wav2vec2", "untrained"}
    assert names >= {"dummy", "linear", "svm", "xgboost", "head"}


def test_a_broken_package_of_a_stranger_does_not_hide_the_others(tmp_path):
    info = tmp_path / "stranger-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[bench.features]\nbroken = stranger.nowhere:Gone\n")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    command = [sys.executable, "-m", "bench", "list"]
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "egemaps" in answer.stdout
    assert "xgboost" in answer.stdout
    assert "  broken       cannot be used (from stranger)" in answer.stdout
    assert "'broken' (stranger.nowhere:Gone of the package stranger) cannot be imported: ModuleNotFoundError" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_list_of_one_kind_and_a_file_of_ones_own(tmp_path):
    answer = fatigue_bench("list", "features", "--plugin", ZCR, cwd=tmp_path)
    assert "zcr" in answer.stdout
    assert "ravdess" not in answer.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("run", "--models", "lineer"), "Did you mean 'linear'"),
        (("run", "--features", "wav2vec", "--tasks", "synthetic/fatigue"), "Did you mean 'wav2vec2'"),
        (("run", "--features", "egemaps[levle=-26]", "--tasks", "synthetic/fatigue"), "Did you mean 'level'"),
        (("run", "--features", "egemaps[level=loud]", "--tasks", "synthetic/fatigue"), "not of the kind"),
        (("run", "--features", "egemaps@3", "--tasks", "synthetic/fatigue"), "has no layers"),
        (("run", "--features", "untrained[size=small]@99", "--tasks", "synthetic/fatigue"), "has no layer '99'"),
        (("run", "--features", "egemaps[only=zzz*]"), "No column of 'egemaps' fits 'zzz*'"),
        (("run", "--features", "egemaps[only=zzz*]", "--dry-run"), "No column of 'egemaps' fits 'zzz*'"),
        (("run", "--limit", "4"), "The embedded default holds speakers out in 6 groups (grouped-6), and `limit` is 4"),
        (("run", "--features", "egemaps", "--tasks", "ravdess/fatigue-proxy"), "--corpora ravdess=PATH"),
        (("run", "--features", "egemaps", "--tasks", "synthetc/fatigue"), "Did you mean 'synthetic'"),
        (("run", "--corpora", "ravdess=nowhere", "--features", "egemaps", "--tasks", "ravdess/emotion"), "nowhere"),
        (("run", "missing.toml"), "missing.toml"),
        (("run", "--tracks", "speakers"), "Did you mean 'speaker'"),
        (("run", "--jobs", "0"), "at least 1"),
        (("list", "modles"), "Did you mean 'models'"),
        (("check", "missing.py"), "does not exist"),
        (("check", "ravdess"), "`fatigue-bench check ravdess=PATH`"),
        (("check", "ravdess=recodings"), "The folder 'recodings' of the corpus 'ravdess' does not exist"),
        (("check", "ravdes=."), "Did you mean 'ravdess'"),
        (("check", "."), "is a folder"),
        (("report",), "Run it first"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_exit_code_2(words, sentence, tmp_path):
    answer = fatigue_bench(*words, cwd=tmp_path)
    assert answer.returncode == 2
    assert sentence in answer.stderr
    assert "Traceback" not in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1
    assert answer.stdout == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", [("list",), ("run", "--help"), ("--version",)])
def test_output_that_cannot_be_written_is_a_sentence_and_exit_code_1(words, tmp_path):
    command = [sys.executable, "-m", "bench", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with open("/dev/full", "w") as full:
        answer = subprocess.run(command, cwd=tmp_path, env=environment, stdout=full, stderr=subprocess.PIPE, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith("fatigue-bench: Standard output cannot be written (No space left on device). Expected")
    assert len(answer.stderr.splitlines()) == 1


def test_a_pipe_that_was_closed_is_left_without_a_word(tmp_path):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "bench", "list"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(command, cwd=tmp_path, env=environment, stdout=write, stderr=subprocess.PIPE, text=True)
    os.close(write)
    assert (answer.returncode, answer.stderr) == (1, "")


def test_another_error_of_the_system_is_not_taken_for_one_of_printing():
    def broken():
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        _guarded(broken)


def test_the_version_is_told(tmp_path):
    answer = fatigue_bench("--version", cwd=tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"fatigue-bench {bench.__version__}\n", "")
    assert "--version" in fatigue_bench("--help", cwd=tmp_path).stdout


def test_an_unknown_flag_is_exit_code_2(tmp_path):
    answer = fatigue_bench("run", "--modls", "svm", cwd=tmp_path)
    assert answer.returncode == 2
    assert "--models" in answer.stderr


def test_a_folder_without_audio_is_told(tmp_path):
    (tmp_path / "empty").mkdir()
    answer = fatigue_bench("folds", "--corpora", f"ravdess={tmp_path / 'empty'}", "--tasks", "ravdess/emotion", cwd=tmp_path)
    assert answer.returncode == 2
    assert "empty" in answer.stderr


def test_the_cache_can_be_listed_verified_and_cleaned(whole, tmp_path):
    cache = ("--cache", shutil.copytree(whole.folder / "cache", tmp_path / "cache"))
    listed = fatigue_bench("cache", "ls", *cache, cwd=tmp_path)
    assert "zcr" in listed.stdout
    assert "36" in listed.stdout
    assert fatigue_bench("cache", "verify", *cache, cwd=tmp_path).returncode == 0
    (part,) = [path for path in (tmp_path / "cache" / "features").rglob("*.parquet") if not path.name.startswith("probe")][:1]
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 0xFF
    part.write_bytes(bytes(data))
    assert fatigue_bench("cache", "verify", *cache, cwd=tmp_path).returncode == 1
    assert fatigue_bench("cache", "gc", *cache, "--drop", "zcr", cwd=tmp_path).returncode == 0
    assert "zcr" not in fatigue_bench("cache", "ls", *cache, cwd=tmp_path).stdout


def test_results_go_to_standard_output_and_a_pipe_sees_no_progress(whole):
    assert whole.answer.stderr == ""
    assert whole.answer.stdout.rstrip().endswith("leaderboard.html")


def test_the_report_is_drawn_again_without_audio_and_features(whole, tmp_path):
    shutil.copytree(whole.folder / "reports", tmp_path / "reports")
    page = tmp_path / "reports" / "leaderboard.html"
    before = page.read_bytes()
    page.unlink()
    away = whole.folder.with_name(f"{whole.folder.name}-away")
    whole.folder.rename(away)
    try:
        again = fatigue_bench("report", "--reports", tmp_path / "reports", cwd=tmp_path)
    finally:
        away.rename(whole.folder)
    assert again.returncode == 0, again.stderr
    assert again.stdout == whole.answer.stdout.replace(str(whole.folder), str(tmp_path))
    assert page.read_bytes() == before


def test_cues_are_told_and_drawn_and_a_wrong_request_is_a_sentence(recordings, tmp_path):
    answer = fatigue_bench("cues", f"tiny={recordings.folder}", "--html", "--jobs", "1", cwd=tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("tiny/kss\n36 clips of 6 speakers")
    assert "spectral flux" in answer.stdout
    page = tmp_path / answer.stdout.splitlines()[-1]
    assert "spectral flux" in page.read_text(encoding="utf-8")
    wrong = fatigue_bench("cues", f"tiny={recordings.folder}", "--target", "ksss", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Did you mean 'kss'" in wrong.stderr


def test_check_tries_a_corpus_on_its_folder(recordings, tmp_path):
    answer = fatigue_bench("check", f"tiny={recordings.folder}", cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, "tiny: nothing wrong was found\n"), answer.stderr
    plugin = tmp_path / "own.py"
    plugin.write_text(
        "import bench\nfrom bench.corpora.folder import Folder\n\n\n"
        'class Own(Folder):\n    name = "own"\n\n    def read(self, folder):\n        print(1 / 0)\n'
    )
    answer = fatigue_bench("check", f"own={recordings.folder}", "--plugin", plugin, cwd=tmp_path)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert answer.stdout.startswith("own: 1 fault\n  Asked to read, it raised ZeroDivisionError: division by zero. Nothing")
    answer = fatigue_bench("check", plugin, cwd=tmp_path)
    assert answer.returncode == 2  # nothing was tried
    assert answer.stdout == f"own: say where its corpus lies: `fatigue-bench check own=PATH --plugin {plugin}`\n"
