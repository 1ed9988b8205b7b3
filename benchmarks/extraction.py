"""How fast the extraction pass runs, from file to numbers, beside the plain loop that one would write without it.

(a) eGeMAPS and ComParE: ``bench.features.extraction.extract`` beside a loop over ``opensmile.Smile(...).process_file``.
(b) a base-size encoder, beside a loop of transformers: ``extraction_encoder.py``, started from here with ``--encoder``.

Each way runs in a process of its own, in turns, on the same clips: copies of a folder's recordings as mono 16 kHz 16-bit WAV,
or the synthetic corpus. Three times are given: of the whole process, from the first file to the last number (that of the plain
loop leaves its import of opensmile out, that of ours holds the start of its workers), and of the processors, all processes
together. The last one tells whether the machine was busy: a whole process that takes much longer than its processors' time
(half of it for two) was kept waiting, and the ratio says little.

    python benchmarks/extraction.py [FOLDER] [--clips 120] [--rounds 3] [--jobs 2] [--features egemaps] [--encoder]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUFFIXES = (".wav", ".flac", ".opus", ".ogg")
CONFIGURATIONS = {"egemaps": "eGeMAPSv02", "compare": "ComParE_2016"}


def plain(files: list[Path], feature_set: str, scratch: Path) -> float:
    import numpy as np
    import opensmile

    smile = opensmile.Smile(opensmile.FeatureSet[CONFIGURATIONS[feature_set]])
    begin_s = time.perf_counter()
    rows = [smile.process_file(file).to_numpy()[0] for file in files]
    took_s = time.perf_counter() - begin_s
    np.save(scratch / "plain.npy", np.stack(rows))
    return took_s


def ours(files: list[Path], feature_set: str, scratch: Path, jobs: int) -> float:
    import numpy as np

    from bench.base.spelling import parse
    from bench.corpora.corpus import Clip
    from bench.decoders.facts import FactStore
    from bench.features.extraction import extract
    from bench.features.feature_set import FEATURE_SETS
    from bench.features.store import FeatureStore

    clips = [Clip(str(index), "somebody", file, {}) for index, file in enumerate(files)]
    wanted, store = FEATURE_SETS.make(parse(feature_set)), FeatureStore(scratch / "cache")
    begin_s = time.perf_counter()
    done = extract(clips, [wanted], store, FactStore(scratch / "cache"), jobs=jobs)
    took_s = time.perf_counter() - begin_s
    if done.failures or done.extracted[str(wanted)] != len(clips):
        raise SystemExit(f"not all clips were extracted: {done.extracted}, {done.failures[:1]}")
    np.save(scratch / "ours.npy", store.table(wanted, [clip.id for clip in clips], done.keys).values)
    return took_s


def timed(way: str, folder: Path, scratch: Path, arguments: argparse.Namespace) -> tuple[float, float, float]:
    """Run one way in a process of its own: seconds of the process, from first file to last number, and of the processors."""
    place = scratch / way
    place.mkdir()
    command = [sys.executable, __file__, str(folder), "--way", way, "--scratch", str(place)]
    command += ["--features", arguments.features, "--jobs", str(arguments.jobs)]
    before, begin_s = os.times(), time.perf_counter()
    subprocess.run(command, check=True)
    whole_s, after = time.perf_counter() - begin_s, os.times()
    used_s = after.children_user + after.children_system - before.children_user - before.children_system
    return whole_s, json.loads((place / "took.json").read_text()), used_s


def audio(folder: Path | None, n_clips: int, into: Path) -> float:
    """Write the clips that both ways read, mono 16 kHz 16 bit; gives their length in seconds."""
    import soundfile
    import soxr

    if folder is None:
        from bench.corpora.synthetic import Synthetic

        Synthetic().read(into / "made")
        folder = into / "made"
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise SystemExit(f"{str(folder)!r} holds no recording that ends in {', '.join(SUFFIXES)}. Give another folder.")
    (into / "clips").mkdir()
    total_s = 0.0
    for index, path in enumerate(found[:: max(1, len(found) // n_clips)][:n_clips]):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        samples = soxr.resample(samples.mean(axis=1), rate, 16_000)
        soundfile.write(into / "clips" / f"{index:04d}.wav", samples, 16_000, subtype="PCM_16")
        total_s += len(samples) / 16_000
    return total_s


def compared(arguments: argparse.Namespace) -> None:
    import numpy as np

    ratios: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name:
        length_s = audio(arguments.folder, arguments.clips, Path(name))
        folder = Path(name) / "clips"
        print(
            f"{arguments.features}: {len(list(folder.iterdir()))} clips, {length_s:.0f} s, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f}; ours with {arguments.jobs} processes"
        )
        for turn in range(arguments.rounds):
            with tempfile.TemporaryDirectory() as scratch:
                order = ("plain", "ours") if turn % 2 == 0 else ("ours", "plain")
                took = {way: timed(way, folder, Path(scratch), arguments) for way in order}
                rows = [np.load(Path(scratch) / way / f"{way}.npy") for way in ("plain", "ours")]
            apart = np.nanmax(np.abs(rows[0] - rows[1]))
            ratios.append((took["plain"][0] / took["ours"][0], took["plain"][1] / took["ours"][1]))
            parts = (f"{way} {t[0]:6.2f} s ({t[1]:6.2f} s; processors {t[2]:6.2f} s)" for way, t in sorted(took.items()))
            print("  " + "   ".join(parts) + f"   largest difference of a value {apart:g}", flush=True)
    whole, loop = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"  ours is {whole:.2f} times as fast as the plain loop, whole processes ({loop:.2f} from file to numbers)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--clips", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--features", choices=sorted(CONFIGURATIONS), default="egemaps")
    parser.add_argument("--encoder", action="store_true", help="run part (b) as well; needs FOLDER")
    parser.add_argument("--way", choices=["plain", "ours"], help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.encoder and arguments.folder is None:
        parser.error("--encoder needs a FOLDER of recordings")
    if arguments.way:
        files = sorted(arguments.folder.iterdir())
        ways = {"plain": lambda: plain(files, arguments.features, arguments.scratch)}
        ways["ours"] = lambda: ours(files, arguments.features, arguments.scratch, arguments.jobs)
        (arguments.scratch / "took.json").write_text(json.dumps(ways[arguments.way]()))
        return
    compared(arguments)
    if arguments.encoder:
        script = Path(__file__).with_name("extraction_encoder.py")
        subprocess.run([sys.executable, str(script), str(arguments.folder), "--jobs", str(arguments.jobs)], check=True)


if __name__ == "__main__":
    main()
