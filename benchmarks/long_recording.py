"""Peak memory and speed of an encoder on one long recording, which is run in windows.

python benchmarks/long_recording.py --minutes 60 --size small
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from bench.decoders.waveform import Waveform
from bench.features.feature_set import Partial
from bench.features.wav2vec2 import Untrained

RATE = 16_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--size", choices=["small", "base"], default="small")
    arguments = parser.parse_args()
    samples = np.random.default_rng(0).standard_normal(round(arguments.minutes * 60 * RATE), dtype=np.float32)
    samples *= np.float32(0.1)
    start_s = time.perf_counter()
    result = Untrained(size=arguments.size).extract(Waveform(samples, RATE))
    taken_s = time.perf_counter() - start_s
    values = result.values if isinstance(result, Partial) else result
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{arguments.minutes:g} minutes, size {arguments.size}: {taken_s:.0f} s, peak memory {peak_gb:.2f} GB, {values.shape}"
    )


if __name__ == "__main__":
    main()
