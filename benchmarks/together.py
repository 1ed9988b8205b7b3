"""Two runs on one fresh cache and ledger, started together, five times: the board must equal one run's.

python benchmarks/together.py [--times N]
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

STUDY = ("--tasks", "synthetic/fatigue", "--splitter", "grouped-6", "--jobs", "1", "--limit", "12")
ROWS = ("--features", "timing", "--features", "egemaps", "--models", "dummy", "--models", "linear")


def command(folder: Path) -> list[str]:
    places = ("--cache", str(folder / "cache"), "--reports", str(folder / "reports"))
    return [sys.executable, "-m", "bench", "run", *STUDY, *ROWS, *places]


def numbers(folder: Path) -> list[dict[str, str]]:
    with (folder / "reports" / "leaderboard.csv").open(newline="") as stream:
        return [{k: v for k, v in row.items() if k not in ("extract_seconds", "fit_seconds")} for row in csv.DictReader(stream)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    top = Path(tempfile.mkdtemp())
    subprocess.run(command(top / "one"), check=True, stdout=subprocess.DEVNULL)
    expected = numbers(top / "one")
    equal = 0
    for number in range(times):
        folder = top / f"two-{number}"
        pair = [subprocess.Popen(command(folder), stdout=subprocess.DEVNULL) for _ in range(2)]
        codes = [process.wait() for process in pair]
        same = numbers(folder) == expected
        equal += same and codes == [0, 0]
        print(f"time {number + 1}: exit codes {codes}, board equal: {same}", flush=True)
    print(f"{equal} of {times} boards of two runs at once equal one run's")
    sys.exit(0 if equal == times else 1)


if __name__ == "__main__":
    main()
