"""TESS in small, as a copy of it on Kaggle has it."""

import shutil

from tests.layouts.noise import noise, write_noise, write_odd_wav

FOLDERS = {
    "OAF_angry": "angry",
    "OAF_disgust": "disgust",
    "OAF_Fear": "fear",
    "OAF_happy": "happy",
    "OAF_neutral": "neutral",
    "OAF_Pleasant_surprise": "ps",
    "OAF_Sad": "sad",
    "YAF_angry": "angry",
    "YAF_disgust": "disgust",
    "YAF_fear": "fear",
    "YAF_happy": "happy",
    "YAF_neutral": "neutral",
    "YAF_pleasant_surprised": "ps",
    "YAF_sad": "sad",
}
RATE = 24_414
TOP = "TESS Toronto emotional speech set data"


def write_tess(folder):
    """Two words by both women in all emotions, with audio: 28 clips.

    Its traps: a nested copy of a folder, OA_bite_neutral, odd headers (YAF_germ_angry, YAF_neat_fear) and another rate
    (OAF_food_fear), which make 31 clips.
    """
    for place, emotion in FOLDERS.items():
        speaker = place[:3]
        for word in ("back", "bite"):
            prefix = "OA" if (speaker, word, emotion) == ("OAF", "bite", "neutral") else speaker
            write_noise(folder / TOP / place / f"{prefix}_{word}_{emotion}.wav", RATE)
    listed = b"INFOISFT\x0b\0\0\0SomeWriter\0\0"
    write_odd_wav(
        folder / TOP / "YAF_angry/YAF_germ_angry.wav", noise("germ", 7324), RATE, chunks=((b"LIST", listed), (b"note", b"odd"))
    )
    write_odd_wav(folder / TOP / "YAF_fear/YAF_neat_fear.wav", noise("neat", 7325), RATE, extensible=True)
    write_noise(folder / TOP / "OAF_Fear/OAF_food_fear.wav", 96_000)
    shutil.copytree(folder / TOP / "YAF_sad", folder / TOP / TOP / "YAF_sad")
    return folder
