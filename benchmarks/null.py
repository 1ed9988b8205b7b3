"""Rows at chance: how many intervals exclude it, on speech without an effect and labels permuted within speakers.

Runs the embedded corpus with ``effect=0`` under 20 permutations that are fixed beforehand (one extraction serves them all), and
counts rows whose 95 % interval lies wholly above chance, and wholly below. Each should be at most 5 %. The rows are those of
the embedded default without ``dummy``, whose interval is chance itself, and without ``head``, which is slow.

    python benchmarks/null.py [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import bench

SEEDS = range(20)
FEATURES = ("timing", "egemaps", "untrained[size=small]")
MODELS = ("linear", "svm", "xgboost")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="of the cache and the reports; a new one if not given")
    folder = parser.parse_args().folder or Path(tempfile.mkdtemp())
    counts = {"score": [0, 0, 0], "level": [0, 0, 0]}
    for seed in SEEDS:
        start = time.perf_counter()
        board = bench.run(
            ["synthetic[effect=0]/fatigue"],
            FEATURES,
            MODELS,
            sweep=("linear",),
            splitter="grouped-6",
            permute=seed,
            cache=folder / "cache",
            reports=folder / "reports",
        )
        for task in board.tasks:
            for row in task.rows:
                value = row.metrics[task.metric]
                assert value.low is not None
                assert value.high is not None
                count = counts[task.form]
                count[0] += 1
                count[1] += value.low > task.chance
                count[2] += value.high < task.chance
        print(f"seed {seed}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    for form, (rows, above, below) in counts.items():
        print(
            f"{form}: {rows} rows, {above} wholly above chance ({above / rows:.1%}), {below} wholly below ({below / rows:.1%})"
        )
    rows, above, below = (sum(count[n] for count in counts.values()) for n in range(3))
    print(f"in all: {rows} rows, {above} wholly above chance ({above / rows:.1%}), {below} wholly below ({below / rows:.1%})")


if __name__ == "__main__":
    main()
