import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
ZCR = ROOT / "docs" / "zcr.py"
MODELS = ("dummy", "linear")


@dataclass(frozen=True)
class Recordings:
    """A small corpus of the `folder` kind: noise whose brightness follows the label, six speakers with six clips each."""

    folder: Path

    @property
    def flags(self):
        return ("--corpora", f"folder={self.folder}", "--tasks", "tiny/kss", "--plugin", str(ZCR), "--features", "zcr")

    @property
    def keywords(self):
        return {"corpora": {"folder": self.folder}, "tasks": ["tiny/kss"], "plugin": [ZCR], "features": ["zcr"]}


def write_recordings(folder, n_speakers=6, seed=0):
    import soundfile

    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    rows = ["id,path,speaker,kss"]
    for speaker in range(n_speakers):
        own = rng.normal(0, 0.05)
        for kss in (1, 2, 4, 6, 8, 9):
            bright = np.clip(0.2 + 0.07 * kss + own + rng.normal(0, 0.1), 0.05, 0.95)
            white = rng.standard_normal(4800)
            dark = np.convolve(white, np.ones(16) / 4, mode="same")
            samples = 0.1 * (bright * white + (1 - bright) * dark)
            name = f"s{speaker}_{kss}.wav"
            soundfile.write(folder / name, samples, 16_000, subtype="PCM_16")
            rows.append(f"s{speaker}_{kss},{name},s{speaker},{kss}")
    (folder / "clips.csv").write_text("\n".join(rows) + "\n")
    (folder / "corpus.toml").write_text(
        'name = "tiny"\nmanifest = "clips.csv"\nabout = "Noise."\n[targets.kss]\ncolumn = "kss"\nkind = "measured"\n'
        'about = "A number."\nscale = [1, 9]\nunit = "KSS"\nlevels = ["alert", "neither", "sleepy"]\ncuts = [3.5, 6.5]\n'
    )
    return Recordings(folder)


@pytest.fixture
def recordings(tmp_path):
    return write_recordings(tmp_path / "tiny")


@pytest.fixture
def ravdess():
    folder = os.environ.get("FATIGUE_BENCH_RAVDESS")
    if not folder:
        pytest.skip("FATIGUE_BENCH_RAVDESS does not say where RAVDESS lies")
    return Path(folder)


def words(recordings, folder, *more):
    """A run on small recordings, its cache and reports in a folder."""
    models = [word for model in MODELS for word in ("--models", model)]
    places = ("--cache", folder / "cache", "--reports", folder / "reports", "--splitter", "grouped-3")
    return ("run", *recordings.flags, *models, *places, "--seed", "3", "--jobs", "1", *more)


@dataclass(frozen=True)
class Whole:
    """A run by the command line that nothing disturbed."""

    folder: Path
    recordings: Recordings
    answer: subprocess.CompletedProcess


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    recordings = write_recordings(folder / "tiny")
    answer = fatigue_bench(*words(recordings, folder), cwd=folder)
    assert answer.returncode == 0, answer.stderr
    return Whole(folder, recordings, answer)


def fatigue_bench(*words, cwd, **options):
    """Run the command as a user does; gives the finished process."""
    command = [sys.executable, "-m", "bench", *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("OMP_NUM_THREADS", None)  # a user sets none either
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, **options)
