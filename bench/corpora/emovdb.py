"""EmoV-DB: four speakers read sentences amused, angry, disgusted, sleepy and neutral; the open corpus of acted sleepy speech.

A file's name gives the emotion and the sentence, ``amused_367-392_0384``, and its folder the speaker, ``sam_Amused`` or
``sam/Amused`` or ``sam``. Upper or lower case, WAV or other audio: all read alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from bench.corpora.corpus import Clip, Corpus, Label, Target
from bench.corpora.emotion import emotion_labels, emotion_target
from bench.corpora.naming import count_note, gather_clips
from bench.corpora.proxy import DEFAULT, proxy_targets
from bench.corpora.reader import CorpusReader
from bench.corpora.tree import audio_files

EXPECTED = "the folder that holds bea_Amused to sam_Sleepy, with files called like sam_Amused/amused_367-392_0384.wav"
SEXES = {"bea": "female", "jenie": "female", "josh": "male", "sam": "male"}
EMOTIONS = {  # as file names and folders have them
    "anger": "anger",
    "angry": "anger",
    "amused": "amusement",
    "disgust": "disgust",
    "disgusted": "disgust",
    "neutral": "neutral",
    "sleepiness": "sleepiness",
    "sleepy": "sleepiness",
}
SLEEPINESS = {"neutral": "awake", "sleepiness": "sleepy"}
STEM = re.compile(rf"({'|'.join(EMOTIONS)})_(\d+-\d+)_(\d+)", re.IGNORECASE)
FOLDER = re.compile(rf"(.+)_({'|'.join(EMOTIONS)})", re.IGNORECASE)


class Emovdb(CorpusReader):
    """Emotional Voices Database.

    Examples
    --------
    >>> str(Emovdb())
    'emovdb'
    """

    name = "emovdb"
    version = "1"

    def read(self, folder: Path) -> Corpus:
        """Read every recording below the folder.

        A clip's id is its speaker and its file name without the ending: ``sam_amused_367-392_0384``. Where it stands more than
        once, the first by path is the clip. The emotion is that of the file name, whatever the folder says.

        Raises
        ------
        RequestError
            If the folder is missing or holds no audio, or none with a name of EmoV-DB in a folder that names its speaker.
        """

        def understand(path: Path) -> Clip | str:
            return _clip(path, PurePosixPath(path.relative_to(folder).as_posix()))

        clips, excluded = gather_clips(str(self), folder, EXPECTED, audio_files(folder, EXPECTED), understand)
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(*proxy_targets(), _sleepiness(), emotion_target(tuple(dict.fromkeys(EMOTIONS.values())))),
            clips=tuple(clips.values()),
            excluded=tuple(excluded),
            about=(
                "Two women and two men read English sentences (those of CMU Arctic) in acted styles, sleepy among them. "
                "Nobody was tired, or asked whether they were."
            ),
            published="7,000 recordings by the table of its README (reported by github.com/numediart/EmoV-DB, not re-checked).",
            source="https://www.openslr.org/115/: bea_Amused.tar.gz to sam_Sleepy.tar.gz, each in a folder of its name.",
            licence=(
                "Non-commercial; benchmarking for academic or applied research publication is within it. See LICENSE.md of the "
                "release (github.com/numediart/EmoV-DB)."
            ),
            citation=(
                "Adigwe A, Tits N, El Haddad K, Ostadabbas S, Dutoit T (2018). The Emotional Voices Database: Towards "
                "Controlling the Emotion Dimension in Voice Generation Systems. https://arxiv.org/abs/1806.09514"
            ),
            notes=_notes(folder, clips.values()),
        )


def _sleepiness() -> Target:
    return Target(
        name="sleepiness",
        kind="acted",
        about=(
            "Whether the speaker acted sleepiness (sleepy) or spoke neutrally (awake); clips of other styles have no label. "
            "Acted: nobody was sleepy."
        ),
        levels=tuple(SLEEPINESS.values()),
    )


def _clip(path: Path, place: PurePosixPath) -> Clip | str:
    """The clip of a file, or why it is none."""
    match = STEM.fullmatch(path.stem)
    if match is None:
        return "the name is not of the form EMOTION_FIRST-LAST_SENTENCE, as in amused_367-392_0384"
    speaker = _speaker(place.parent.parts)
    if not speaker:
        return "no folder above it, within the given one, names the speaker, as sam_Amused does"
    emotion = EMOTIONS[match[1].lower()]
    labels: dict[str, Label] = emotion_labels(emotion)
    if emotion in SLEEPINESS:
        labels["sleepiness"] = SLEEPINESS[emotion]
    return Clip(
        id=f"{speaker}_{path.stem.lower()}",
        speaker=speaker,
        path=path,
        labels=labels,
        text=match[3],
        traits={"sex": SEXES[speaker]} if speaker in SEXES else {},
    )


def _speaker(folders: tuple[str, ...]) -> str:
    """Who talks, by the names of the folders from the outermost on; "" where none of them can be a speaker."""
    paired = [match[1].lower() for match in map(FOLDER.fullmatch, folders) if match]
    others = [name.lower() for name in folders if name.lower() not in EMOTIONS]
    known = [name for name in (*others, *paired) if name in SEXES]
    return (known or paired or others or [""])[-1]


def _folder_emotion(folders: tuple[str, ...]) -> str:
    """The emotion that the nearest folder names, or ""."""
    nearest = folders[-1].lower()
    match = FOLDER.fullmatch(nearest)
    return EMOTIONS.get(match[2] if match else nearest, "")


def _notes(folder: Path, clips: Collection[Clip]) -> tuple[str, ...]:
    elsewhere = [
        place.as_posix()
        for clip, place in ((clip, clip.path.relative_to(folder)) for clip in clips)
        if _folder_emotion(place.parent.parts) not in ("", clip.labels["emotion"])
    ]
    strangers = sorted({clip.speaker for clip in clips if clip.speaker not in SEXES})
    without = [clip.id for clip in clips if DEFAULT not in clip.labels]
    return (
        *count_note("Clips of amusement, without a proxy label", without, "No norm that the proxy uses has a word for it."),
        *count_note("Files whose folder names another emotion", elsewhere, "The file name counts."),
        *count_note("Speakers whose names EmoV-DB does not have", strangers, "They are kept, and their sex is not known."),
    )
