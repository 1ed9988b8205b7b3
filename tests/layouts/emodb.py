"""EmoDB in small: the classic folder, and the release in audformat."""

from tests.layouts.noise import write_noise

# How often each speaker has each emotion in the classic release, in the order of LETTERS.
LETTERS = "WLEAFTN"
COUNTS = {
    "03": (14, 5, 1, 4, 7, 7, 11),
    "08": (12, 10, 0, 6, 11, 9, 10),
    "09": (13, 4, 8, 1, 4, 4, 9),
    "10": (10, 8, 1, 8, 4, 3, 4),
    "11": (11, 8, 2, 10, 8, 7, 9),
    "12": (12, 5, 2, 6, 2, 4, 4),
    "13": (12, 10, 8, 7, 10, 5, 9),
    "14": (16, 8, 8, 12, 8, 10, 7),
    "15": (13, 9, 5, 8, 6, 4, 11),
    "16": (14, 14, 11, 7, 11, 9, 5),
}
TEXTS = ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
EMOTIONS = dict(zip(LETTERS, ("anger", "boredom", "disgust", "fear", "happiness", "sadness", "neutral"), strict=True))
SMALL = ("03a01Fa", "03a02Nc", "03b01La", "08a01Wa", "08a02Ta", "08b09Lc", "09a01Ea", "09a04Nb", "10a05Aa", "10b02Nb")


def names():
    """535 names, as often a speaker and an emotion as in the classic release."""
    return [
        f"{speaker}{TEXTS[number % 10]}{letter}{'abcdef'[number // 10]}"
        for speaker, counts in COUNTS.items()
        for letter, count in zip(LETTERS, counts, strict=True)
        for number in range(count)
    ]


def write_emodb(folder):
    """The classic folder, with audio and with what listeners said, in latin-1 with decimal commas: 10 clips.

    Its traps: folders of label files, and lines about recordings that are not there.
    """
    lines = ["Satz            erkannt     natürlich", ""]
    for number, name in enumerate((*SMALL, "16b10Wd")):
        lines.append(f"{name}.wav     {100 - number},0\N{NO-BREAK SPACE}     {62.5 + number}".replace(".5", ",5"))
        if name != "16b10Wd":
            write_noise(folder / "wav" / f"{name}.wav")
    for place, ending in (("lablaut", "lablaut"), ("labsilb", "labsilb"), ("silb", "silb")):
        (folder / place).mkdir(exist_ok=True)
        (folder / place / f"03a01Faxx.{ending}").write_bytes("signal 03a01Fa\nnfields 1\n#\n 0.1 f\xfcr\n".encode("latin-1"))
    (folder / "erkennung.txt").write_bytes("\r\n".join(lines).encode("latin-1"))
    return folder


def write_emodb_audformat(folder):
    """The release in audformat, with audio: 10 clips, one of them not in the classic release, none heard as a laryngogram.

    Its traps: the same file names in another folder, which holds another signal; a table of speakers without leading zeros.
    """
    import audformat
    import pandas as pd

    clips = (*SMALL[:-1], "10b02Ea")
    files = [f"wav/{name}.wav" for name in clips]
    for name in clips:
        write_noise(folder / "wav" / f"{name}.wav")
        write_noise(folder / "laryngo" / f"{name}.wav", rate=8_000)
    database = audformat.Database("emodb", license="CC0-1.0", description="Berlin Database of Emotional Speech.")
    database.schemes["emotion"] = audformat.Scheme(labels=list(EMOTIONS.values()))
    database.schemes["share"] = audformat.Scheme("float", minimum=0, maximum=1)
    index = pd.Index([3, 8, 9, 10], dtype="Int64", name="speaker")
    database["speaker"] = audformat.MiscTable(index)
    database["speaker"]["age"] = audformat.Column()
    database["speaker"]["age"].set([31, 34, 21, 32])
    database.schemes["speaker"] = audformat.Scheme("int", labels="speaker")
    for prefix, place in (("", "wav"), ("laryngo.", "laryngo")):
        table = audformat.filewise_index([file.replace("wav/", f"{place}/", 1) for file in files])
        database[f"{prefix}files"] = audformat.Table(table)
        database[f"{prefix}files"]["speaker"] = audformat.Column(scheme_id="speaker")
        database[f"{prefix}files"]["speaker"].set([int(name[:2]) for name in clips])
        database[f"{prefix}emotion"] = audformat.Table(table)
        for column, values in (
            ("emotion", [EMOTIONS[name[5]] for name in clips]),
            ("emotion.confidence", [1.0] * 9 + [0.35]),
            ("emotion.naturalness", [0.0 if prefix else 0.75] * 10),
        ):
            database[f"{prefix}emotion"][column] = audformat.Column(scheme_id="emotion" if column == "emotion" else "share")
            database[f"{prefix}emotion"][column].set(values)
    database.save(str(folder), storage_format="csv")
    return folder
