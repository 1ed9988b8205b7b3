"""ComParE2019_ContinuousSleepiness in small, as it is published."""

import numpy as np
import soundfile

RATINGS = {"train": (1, 3, 5, 7, 8, 9), "devel": (2, 6, 8, 9), "test": ("?", "?", "?")}


def write_sleep(folder, confidential=True):
    """The layout, with audio; the test ratings (4, 8, 9) in a file of their own, if they are wanted.

    Its traps: a recording without a row, one that is missing (devel_0004), junk, and a folder of features.
    """
    top = folder / "ComParE2019_ContinuousSleepiness"
    for place in ("wav", "lab", "features"):
        (top / place).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    rows = ["file_name,label"]
    for part, ratings in RATINGS.items():
        for number, rating in enumerate(ratings, start=1):
            name = f"{part}_{number:04d}.wav"
            rows.append(f"{name},{rating}")
            if name != "devel_0004.wav":
                soundfile.write(top / "wav" / name, 0.1 * rng.standard_normal(4800), 16_000, subtype="PCM_16")
    (top / "lab/labels.csv").write_text("\n".join(rows) + "\n")
    if confidential:
        (top / "lab/labels_confidential.csv").write_bytes(
            "\ufeffFilename;Label\r\ntest_0001.wav;4\r\ntest_0002.wav;8\r\ntest_0003.wav;9\r\n".encode()
        )
    soundfile.write(top / "wav/extra_0001.wav", 0.1 * rng.standard_normal(4800), 16_000, subtype="PCM_16")
    (top / "wav/._train_0001.wav").write_bytes(b"junk")
    (top / "features/ComParE2019_ContinuousSleepiness.ComParE.train.csv").write_text("name;a\ntrain_0001.wav;1\n")
    return folder
