"""RAVDESS in small, as it is published; two actors, and what people's copies of it hold beside them."""

import shutil

import numpy as np

NAME = "03-01-{emotion:02d}-{intensity:02d}-{statement:02d}-01-{actor:02d}.wav"


def write_ravdess(folder):
    """Three actors with the eight emotions, a song, a copy in a nested folder, and junk of a Mac."""
    import soundfile

    rng = np.random.default_rng(0)
    for actor in (1, 2, 12):
        place = folder / f"Actor_{actor:02d}"
        place.mkdir(parents=True, exist_ok=True)
        for emotion in range(1, 9):
            name = NAME.format(emotion=emotion, intensity=1, statement=1 + emotion % 2, actor=actor)
            soundfile.write(place / name, 0.1 * rng.standard_normal(12_000), 48_000, subtype="PCM_16")
    first = folder / "Actor_01" / NAME.format(emotion=1, intensity=1, statement=2, actor=1)
    song = folder / "Actor_02" / "03-02-01-01-01-01-02.wav"
    soundfile.write(song, 0.1 * rng.standard_normal(12_000), 48_000, subtype="PCM_16")
    nested = folder / "audio_speech_actors_01-24" / "Actor_01"
    nested.mkdir(parents=True)
    shutil.copyfile(first, nested / first.name)
    (folder / "Actor_01" / "._junk.wav").write_bytes(b"junk")
    return folder
