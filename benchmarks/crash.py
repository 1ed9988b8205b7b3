"""Kills with the real feature sets at random moments of extraction and of fitting; then the numbers must be the same.

A counting copy of each feature set writes a line a clip, so that what is extracted again is known and not guessed.

    python benchmarks/crash.py [--kills N]
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.dataset as ds

CORPUS = ("--tasks", "synthetic/fatigue", "--splitter", "grouped-6", "--jobs", "2")
MODELS = ("--models", "dummy", "--models", "linear")
COUNTED = """
import os
import bench
from bench.features.{module} import {kind}

class Counted({kind}):
    name = "counted-{name}"
    version = "1"

    def extract(self, wave):
        if wave.duration_s != 2.0:  # the store's probe
            with open({log!r}, "a") as stream:
                stream.write("x\\n")
        return super().extract(wave)
"""
SETS = (("functional", "Egemaps", "egemaps"), ("timing", "Timing", "timing"))
AGAIN = 16


def command(folder: Path, plugins: list[Path], limit: int | None) -> list[str]:
    words = [sys.executable, "-m", "bench", "run", *CORPUS, *MODELS]
    words += ["--cache", str(folder / "cache"), "--reports", str(folder / "reports")]
    for plugin, (_, _, name) in zip(plugins, SETS, strict=True):
        words += ["--plugin", str(plugin), "--features", f"counted-{name}"]
    return words + (["--limit", str(limit)] if limit else [])


def kill_at_random(words: list[str], rng: random.Random, longest_s: float) -> bool:
    """Start a command, kill it with its workers after a random time; says whether it was still running."""
    process = subprocess.Popen(words, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.uniform(0.5, longest_s))
    running = process.poll() is None
    if running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return running


def numbers(folder: Path) -> list[dict[str, str]]:
    with (folder / "reports" / "leaderboard.csv").open(newline="") as stream:
        return [{k: v for k, v in row.items() if k not in ("extract_seconds", "fit_seconds")} for row in csv.DictReader(stream)]


def stored(folder: Path) -> int:
    features = folder / "cache" / "features"
    shelves = [path for path in features.iterdir() if path.is_dir()] if features.exists() else []
    found = 0
    for shelf in shelves:
        parts = sorted(path for path in shelf.glob("*.parquet") if not path.name.startswith("probe"))
        found += len(set(ds.dataset(parts).to_table(columns=["key"])["key"].to_pylist())) if parts else 0
    return found


def lines(log: Path) -> int:
    return len(log.read_text().splitlines()) if log.exists() else 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    kills = parser.parse_args().kills
    rng = random.Random(0)  # noqa: S311  # moments of kills, not secrets
    top = Path(tempfile.mkdtemp())
    logs = {name: top / f"{name}.log" for name in ("whole", "broken")}
    plugins: dict[str, list[Path]] = {}
    for which, log in logs.items():
        plugins[which] = []
        (top / which).mkdir()
        for module, kind, name in SETS:
            path = top / which / f"{name}.py"
            path.write_text(COUNTED.format(module=module, kind=kind, name=name, log=str(log)))
            plugins[which].append(path)
    start = time.perf_counter()
    subprocess.run(command(top / "whole", plugins["whole"], None), check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - start
    once = len(logs["whole"].read_text().splitlines())
    print(f"unbroken: {took:.0f} s, {once} extractions")
    words, folder, log = command(top / "broken", plugins["broken"], None), top / "broken", logs["broken"]
    landed = worst = boards = 0
    same = True
    while landed < kills or not boards:
        before, kept = lines(log), stored(folder)
        if landed < kills and kill_at_random(words, rng, took / 3):
            landed += 1
            worst = max(worst, (lines(log) - before) - (stored(folder) - kept))
            continue
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        same = same and numbers(folder) == numbers(top / "whole")
        boards += 1
        for made in ("cache", "reports"):
            shutil.rmtree(folder / made)
    print(
        f"{landed} kills on the way to {boards} boards; the worst of them lost {worst} extractions "
        f"over {len(SETS)} feature sets (at most {AGAIN} clips each)"
    )
    print(f"every board after the kills equals the unbroken one: {same}")
    sys.exit(0 if same and worst <= AGAIN * len(SETS) else 1)


if __name__ == "__main__":
    main()
