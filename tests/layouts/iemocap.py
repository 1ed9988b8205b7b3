"""IEMOCAP_full_release as it is published, in small and in full size, with what real copies have in them."""

import struct
from collections import Counter
from dataclasses import dataclass

import numpy as np

RATE = 16_000
HEADER = "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"

# Turns of each talker, and of each majority emotion, as a public copy of the label table counts them.
TALKERS = {
    "Ses01F": 873, "Ses01M": 946, "Ses02F": 859, "Ses02M": 952, "Ses03F": 1048, "Ses03M": 1088,
    "Ses04F": 987, "Ses04M": 1116, "Ses05F": 1033, "Ses05M": 1137,
}  # fmt: skip
CATEGORIES = {
    "xxx": 2507, "fru": 1849, "neu": 1708, "ang": 1103, "sad": 1084, "exc": 1041, "hap": 595, "sur": 107,
    "fea": 40, "oth": 3, "dis": 2,
}  # fmt: skip
N_TURNS, N_SCRIPTED = 10_039, 5_255
N_OUTSIDE = 7
SCENES = [f"impro0{number}" for number in range(1, 9)] + [
    f"script0{script}_{part}" for script, parts in ((1, 3), (2, 2), (3, 2)) for part in range(1, parts + 1)
]
RATERS = """\
C-E2:\tNeutral;\t()
C-E3:\tNeutral; Sadness;\t()
C-E4:\tOther;\t(tired, I think)
C-F1:\tNeutral;\t()
A-E3:\tval 3; act 2; dom  3;\t()
A-E4:\tval 3; act 3; dom  ;\t()
A-F1:\tval 5; act 5; dom  5;\t()
"""


@dataclass(frozen=True)
class Made:
    """A turn that was made: what stands in its line."""

    name: str
    start_s: float
    end_s: float
    category: str = "neu"
    rated: tuple[float, float, float] = (3.0, 2.5, 3.0)

    @property
    def line(self):
        ratings = ", ".join(f"{value:.4f}" for value in self.rated)
        return f"[{self.start_s:.4f} - {self.end_s:.4f}]\t{self.name}\t{self.category}\t[{ratings}]\n"


def wav_bytes(samples):
    """A WAV file of int16 samples, of shape (n,) or (n, n_channels)."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    data = samples.astype("<i2").tobytes()
    shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, RATE, RATE * 2 * channels, 2 * channels, 16)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVE" + shape + struct.pack("<4sI", b"data", len(data)) + data


def noise(rng, seconds, level=3000):
    return (level * rng.standard_normal(round(seconds * RATE))).clip(-32768, 32767).astype("<i2")


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
    return path


def label_file(release, dialogue):
    return release / f"Session{dialogue[4]}" / "dialog" / "EmoEvaluation" / f"{dialogue}.txt"


def sentence_file(release, name):
    return release / f"Session{name[4]}" / "sentences" / "wav" / name.rsplit("_", 1)[0] / f"{name}.wav"


def dialogue_file(release, dialogue):
    return release / f"Session{dialogue[4]}" / "dialog" / "wav" / f"{dialogue}.wav"


def write_labels(release, dialogue, turns, raters=RATERS):
    return put(label_file(release, dialogue), HEADER + "".join(f"{turn.line}{raters}\n" for turn in turns))


def write_sentences(release, turns, rng):
    for turn in turns:
        put(sentence_file(release, turn.name), wav_bytes(noise(rng, turn.end_s - turn.start_s)))


def write_stereo(release, dialogue, turns, rng):
    """The dialogue in two channels: women are loud in the left one, men in the right one, and each is heard in the other."""
    samples = np.zeros((round((turns[-1].end_s + 0.2) * RATE), 2), "<i2")
    for turn in turns:
        first = round(turn.start_s * RATE)
        talk = noise(rng, turn.end_s - turn.start_s)
        left, right = (1, 0.2) if turn.name.rsplit("_", 1)[1][0] == "F" else (0.2, 1)
        samples[first : first + len(talk)] = np.column_stack([talk * left, talk * right]).astype("<i2")
    put(dialogue_file(release, dialogue), wav_bytes(samples))


def talk(dialogue, categories=("neu", "xxx", "sad", "ang")):
    """A dialogue in which the two talk in turn, half a second each, from excited to drained."""
    ratings = [(3.0, 4.5, 3.5), (2.5, 2.5, 3.0), (2.0, 1.5, 2.0), (2.0, 4.0, 4.5)]
    return [
        Made(f"{dialogue}_{'FM'[n % 2]}{n // 2:03d}", 0.5 + n, 1.0 + n, category, rated)
        for n, (category, rated) in enumerate(zip(categories * 2, ratings * 2, strict=True))
    ]


def write_iemocap(folder):
    """A tiny release with audio: four talkers of two sessions, Session1 in sentences, Session2 in stereo dialogues.

    What real copies have, and what is wrong with some, is in it; each reading of it gives 32 clips.
    """
    release = folder / "IEMOCAP_full_release"
    rng = np.random.default_rng(1)
    for dialogue in ("Ses01F_impro01", "Ses01M_script01_1b", "Ses02F_impro05a", "Ses02M_script01_1"):
        turns = talk(dialogue)
        write_labels(release, dialogue, turns)
        if dialogue.startswith("Ses01"):
            write_sentences(release, turns, rng)
        else:
            write_stereo(release, dialogue, turns, rng)
    put(label_file(release, "Ses01F_impro01").with_name("._Ses01F_impro01.txt"), b"\0\5\x16\7\0\2\0\0Mac OS X")
    for inner in ("Attribute", "Categorical", "Self-evaluation"):
        put(
            label_file(release, "Ses01F_impro01").parent / inner / "Ses01F_impro01_e2.txt",
            "Ses01F_impro01_F000 :val 3; act 2;\n",
        )
    put(sentence_file(release, "Ses01F_impro01_F000").with_name("._Ses01F_impro01_F000.wav"), b"\0\5\x16\7")
    put(release / "Documentation" / "README.txt", "IEMOCAP\n")
    odd = label_file(release, "Ses02M_script01_1")  # as other systems save it, and with mistakes
    text = odd.read_text("latin-1").replace("(tired, I think)", "(caf\xe9\x85 perhaps)")
    text += Made("Ses02M_script01_1_F000", 90, 91).line  # stands there already
    text += Made("Ses02M_script01_2_F000", 92, 93).line  # of another dialogue
    text += "[94.0000 - 95.0000]\tSes02M_script01_1_F099\tneu\t[2.5000, , 2.5000]"  # and no end of the last line
    put(odd, text.replace("\n", "\r\n"))
    return folder


def made_turns(seed=0):
    """The dialogues of a made release in full size, 151 in all, by name: 10,039 turns as the public label table counts them."""
    rng = np.random.default_rng(seed)
    categories = rng.permutation([name for name, n in CATEGORIES.items() for _ in range(n)])
    rated = rng.integers(2, 11, (N_TURNS, 3)) / 2
    rated[rng.choice(N_TURNS, N_OUTSIDE, replace=False), 0] = [5.5, 0.5, 5.5, 5.5, 5.5, 5.5, 0.5]
    dialogues = {dialogue: [] for session in range(1, 6) for dialogue in _dialogues(session)}
    numbers, n_made, n_styled = Counter(), 0, Counter()
    for talker, n_turns in TALKERS.items():
        places = {style: [d for d in dialogues if d[:5] == talker[:5] and style in d] for style in ("impro", "script")}
        for _ in range(n_turns):
            scripted = (n_made + 1) * N_SCRIPTED // N_TURNS > n_made * N_SCRIPTED // N_TURNS
            style = "script" if scripted else "impro"
            dialogue = places[style][n_styled[style] % len(places[style])]
            n_styled[style] += 1
            token = f"{dialogue}_{talker[-1]}"
            start_s = 0.5 * len(dialogues[dialogue]) + 0.5
            name = f"{token}{numbers[token]:03d}"
            dialogues[dialogue].append(Made(name, start_s, start_s + 0.1, str(categories[n_made]), tuple(rated[n_made])))
            numbers[token] += 1
            n_made += 1
    return dialogues


def _dialogues(session):
    """Thirty a session, and one more in the first: its fifth scenario has two parts."""
    for prefix in "FM":
        for scene in SCENES:
            for part in ("a", "b") if (session, prefix, scene) == (1, "F", "impro05") else ("",):
                yield f"Ses0{session}{prefix}_{scene}{part}"


def write_release(folder):
    """A release in full size: 151 dialogues, 10,039 turns, and seeded noise of 0.1 s for each."""
    release = folder / "IEMOCAP_full_release"
    rng = np.random.default_rng(2)
    for dialogue, turns in made_turns().items():
        write_labels(release, dialogue, turns)
        write_sentences(release, turns, rng)
    return folder
