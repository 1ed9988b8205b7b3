"""Indexing: how long it takes to know what lies in a corpus of the size of IEMOCAP.

Makes a release in its published layout (151 dialogues, 10,039 turns, seeded noise of 0.1 s each), reads it several times, and
prints the seconds of each reading beside those of reading the bytes of its label files alone.

    python benchmarks/indexing.py [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.corpora.iemocap import Iemocap
from tests.layouts.iemocap import write_release

REPEATS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="of the release; if not given, one that is gone afterwards")
    given = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as made:
        folder = given or Path(made)
        if not (folder / "IEMOCAP_full_release").exists():
            start = time.perf_counter()
            write_release(folder)
            print(f"made in {time.perf_counter() - start:.2f} s")
        labels = sorted(folder.glob("IEMOCAP_full_release/Session*/dialog/EmoEvaluation/*.txt"))
        for _ in range(REPEATS):
            start = time.perf_counter()
            n_bytes = sum(len(path.read_bytes()) for path in labels)
            plain_s = time.perf_counter() - start
            start = time.perf_counter()
            corpus = Iemocap().read(folder)
            index_s = time.perf_counter() - start
            print(
                f"{len(corpus.clips):,} clips of {len({clip.speaker for clip in corpus.clips})} speakers indexed in "
                f"{index_s:.2f} s; the {n_bytes / 1e6:.1f} MB of its {len(labels)} label files alone: {plain_s:.3f} s"
            )


if __name__ == "__main__":
    main()
