"""How fast the extraction pass runs encoders of base and of nano size, beside a plain loop of transformers over the same files.

The plain loop takes one clip at a time through a base-size encoder, with all cores (as torch does by itself), and keeps the
mean of the last layer alone. Ours stores every layer and pooling. Each runs in a process of its own, from the start of Python
to stored numbers, in turns. The processors' time is that of all processes together: where half of it is far below the time
taken, the machine was busy with something else and the ratio says little. Some five seconds of each go into starting processes
that import torch and transformers, so few clips make the three look alike.

    python benchmarks/extraction_encoder.py FOLDER --clips 180 --rounds 2 --jobs 2
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

OURS = {"base": "untrained[size=base]", "nano": "wav2vec2[checkpoint=nano]"}
SUFFIXES = (".wav", ".flac", ".opus", ".ogg")


def plain(files: list[Path], scratch: Path) -> None:
    import numpy as np
    import soundfile
    import soxr
    import torch
    import transformers

    prepare = transformers.Wav2Vec2FeatureExtractor()
    model = transformers.Wav2Vec2Model(transformers.Wav2Vec2Config()).eval()
    rows = []
    for file in files:
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        samples = soxr.resample(samples.mean(axis=1), rate, 16_000)
        with torch.inference_mode():
            inputs = prepare(samples, sampling_rate=16_000, return_tensors="pt").input_values
            rows.append(model(inputs, output_hidden_states=True).last_hidden_state.mean(dim=1)[0].numpy())
    np.save(scratch / "plain.npy", np.stack(rows))


def ours(files: list[Path], scratch: Path, jobs: int, spelled: str) -> None:
    from bench.base.spelling import parse
    from bench.corpora.corpus import Clip
    from bench.decoders.facts import FactStore
    from bench.features.extraction import extract
    from bench.features.feature_set import FEATURE_SETS
    from bench.features.store import FeatureStore

    clips = [Clip(f"{index}", "somebody", file, {}) for index, file in enumerate(files)]
    feature_set = FEATURE_SETS.make(parse(spelled))
    done = extract(clips, [feature_set], FeatureStore(scratch), FactStore(scratch), jobs=jobs)
    different = len(set(done.keys.values()))  # recordings with the same bytes are extracted once
    if done.failures or len(done.keys) != len(clips) or done.extracted[str(feature_set)] != different:
        raise SystemExit(f"not all clips were extracted: {done.extracted}, {done.failures[:1]}")


def audio_s(files: list[Path]) -> float:
    import soundfile

    return sum(soundfile.info(file).duration for file in files)


def timed(way: str, arguments: argparse.Namespace) -> tuple[float, float]:
    """Seconds taken and seconds of the processors."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, __file__, str(arguments.folder), "--clips", str(arguments.clips)]
        command += ["--jobs", str(arguments.jobs), "--way", way, "--scratch", scratch]
        before, start_s = processors_s(), time.perf_counter()
        subprocess.run(command, check=True)
        return time.perf_counter() - start_s, processors_s() - before


def processors_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clips", type=int, default=180)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--way", choices=["plain", *OURS], help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    found = sorted(path for path in arguments.folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    files = found[:: max(1, len(found) // arguments.clips)][: arguments.clips]
    if arguments.way == "plain":
        return plain(files, arguments.scratch)
    if arguments.way:
        return ours(files, arguments.scratch, arguments.jobs, OURS[arguments.way])
    total_s = audio_s(files)
    print(f"{len(files)} clips, {total_s:.0f} s of audio, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    taken: dict[str, list[float]] = {way: [] for way in ("plain", *OURS)}
    for number in range(arguments.rounds):
        for way, seconds in taken.items():
            taken_s, busy_s = timed(way, arguments)
            seconds.append(taken_s)
            speed = f"{total_s / taken_s:.1f} times real time, {len(files) / taken_s:.1f} clips a second"
            print(f"round {number + 1}, {way}: {taken_s:.1f} s ({busy_s:.1f} s of the processors), {speed}", flush=True)
    plain_s, base_s, nano_s = (statistics.median(seconds) for seconds in taken.values())
    print(f"base is {plain_s / base_s:.2f} times as fast as the plain loop (medians), with all layers and poolings")
    print(f"nano is {base_s / nano_s:.2f} times as fast as base")


if __name__ == "__main__":
    main()
