"""The Sleepy Language Corpus in small: as a table of one's own, and as ARFF files, one a part."""

import numpy as np
import soundfile

KSS = {"train": (1, 2.5, 5, 7, 8, 9.5), "devel": (3, 8, 7, 10), "test": (2, 9, 8, 1)}


def write_slc(folder, kind="table"):
    """The layout, with audio: kind is ``table`` (KSS), ``levels`` (ARFF, NSL and SL) or ``numbers`` (ARFF, KSS).

    Traps: a recording without a row, file names of another machine, quotes, comments, missing values, a ``?`` label.
    """
    rng = np.random.default_rng(0)
    for part in KSS:
        (folder / "wav" / part).mkdir(parents=True, exist_ok=True)
    for part, ratings in KSS.items():
        for number in range(len(ratings)):
            _noise(folder / "wav" / part / f"{part}_{number}.wav", rng)
    _noise(folder / "wav" / "train" / "extra.wav", rng)
    if kind == "table":
        _write_table(folder)
    else:
        for part in KSS:
            _write_arff(folder / "arff" / f"SLC.IS11.{part}.arff", part, kind)
    return folder


def _noise(path, rng):
    soundfile.write(path, 0.1 * rng.standard_normal(4800), 16_000, subtype="PCM_16")


def _write_table(folder):
    rows = ["Path;Speaker;KSS;Split"]
    for part, ratings in KSS.items():
        rows += [f"wav/{part}/{part}_{n}.wav;{part}{n // 2};{kss:g};{part}" for n, kss in enumerate(ratings)]
    (folder / "clips.csv").write_bytes(("\ufeff" + "\r\n".join(rows) + "\r\n").encode())


def _write_arff(path, part, kind):
    path.parent.mkdir(exist_ok=True)
    label = "{NSL,SL}" if kind == "levels" else "numeric"
    lines = ["% made by a test", "@RELATION 'SLC features'", "", "@attribute name string"]
    lines += [f"@attribute 'pcm_RMS {n}' numeric" for n in range(20)]
    lines += [f"@Attribute sleepiness {label}", "", "@DATA"]
    for n, kss in enumerate(KSS[part]):
        value = kss if kind == "numbers" else "SL" if kss > 7.5 else "NSL"
        features = ",".join(["?", "1.5e-3", *["0"] * 18])
        lines += [f"% clip {n}", rf"'C:\data\{part}_{n}.wav',{features},{'?' if (part, n) == ('test', 3) else value}"]
    path.write_text("\n".join(lines) + "\n")
