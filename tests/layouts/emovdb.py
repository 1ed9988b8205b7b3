"""EmoV-DB in small, as it is published: a folder for each speaker and style."""

from tests.layouts.noise import write_noise

PREFIXES = {"Amused": "amused", "Angry": "anger", "Disgusted": "disgust", "Neutral": "neutral", "Sleepy": "sleepiness"}
RANGES = ((1, 28), (29, 56))


def write_emovdb(folder):
    """Four speakers with two sentences a style, with audio; josh has no anger and no disgust: 36 clips."""
    for speaker in ("bea", "jenie", "josh", "sam"):
        for style, prefix in PREFIXES.items():
            if speaker != "josh" or prefix not in ("anger", "disgust"):
                for first, last in RANGES:
                    write_noise(folder / f"{speaker}_{style}" / f"{prefix}_{first}-{last}_{first:04d}.wav")
    (folder / "cmuarctic.data").write_text('( arctic_a0001 "Author of the danger trail, Philip Steels, etc." )\n')
    return folder
