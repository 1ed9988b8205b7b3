"""TESS: two women say 200 words in seven emotions, each after "Say the word".

A file is understood by its name alone, ``OAF_back_angry`` (the older woman) or ``YAF_back_ps`` (the younger one; ps is
pleasant surprise), in upper or lower case: the tree of folders an emotion, flat folders and nested copies all read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from bench.corpora.corpus import Clip, Corpus
from bench.corpora.emotion import emotion_labels, emotion_target
from bench.corpora.naming import count_note, gather_clips
from bench.corpora.proxy import proxy_targets
from bench.corpora.reader import CorpusReader
from bench.corpora.tree import audio_files

EXPECTED = "the folder of TESS as it is published, with files called like OAF_back_angry.wav"
AGES = {"OAF": "64", "YAF": "26"}
EMOTIONS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "neutral": "neutral",
    "ps": "surprise",
    "sad": "sadness",
}
FOLDER_EMOTIONS = {**EMOTIONS, "pleasant_surprise": "surprise", "pleasant_surprised": "surprise"}
STEM = re.compile(rf"(OAF?|YAF)_(.+)_({'|'.join(EMOTIONS)})", re.IGNORECASE)
FOLDER = re.compile(rf"(OAF?|YAF)_({'|'.join(FOLDER_EMOTIONS)})", re.IGNORECASE)


class Tess(CorpusReader):
    """Toronto emotional speech set.

    Examples
    --------
    >>> str(Tess())
    'tess'
    """

    name = "tess"
    version = "1"

    def read(self, folder: Path) -> Corpus:
        """Read every recording below the folder.

        A clip's id is its file name without the ending, mended: ``OAF_back_angry``. Where a name stands more than once, the
        first by path is the clip. The emotion is that of the file name, whatever the folder says.

        Raises
        ------
        RequestError
            If the folder is missing or holds no audio, or none with a name of TESS.
        """
        clips, excluded = gather_clips(str(self), folder, EXPECTED, audio_files(folder, EXPECTED), _clip)
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(*proxy_targets(), emotion_target(tuple(EMOTIONS.values()))),
            clips=tuple(clips.values()),
            excluded=tuple(excluded),
            about=(
                "Two actresses from Toronto, one of 64 and one of 26 years, say 200 words after 'Say the word' in acted "
                "emotions. It has no fatigue label."
            ),
            published=(
                "2,800 recordings: 2 women, 7 emotions, 200 words (reported by the University of Toronto Mississauga's page "
                "about it, not re-checked)."
            ),
            source="https://doi.org/10.5683/SP2/E8H2MF; copies of it are on Kaggle.",
            licence="CC BY-NC-ND 4.0 (reported by public loaders of it, not re-checked)",
            citation=(
                "Pichora-Fuller MK, Dupuis K (2020). Toronto emotional speech set (TESS). Scholars Portal Dataverse, V1. "
                "https://doi.org/10.5683/SP2/E8H2MF. First published: Dupuis K, Pichora-Fuller MK (2010), University of "
                "Toronto, Psychology Department."
            ),
            notes=_notes(folder, clips.values()),
            caution=(
                "TESS is a demo: it has two speakers, one old and one young, so what is their voice and what is their age "
                "cannot be told apart, and nothing follows about other people."
            ),
        )


def _clip(path: Path) -> Clip | str:
    """The clip of a file, or why it is none."""
    match = STEM.fullmatch(path.stem)
    if match is None:
        return f"the name is not of the form OAF_WORD_EMOTION or YAF_WORD_EMOTION, with one of {', '.join(EMOTIONS)}"
    speaker, word, emotion = _speaker(match[1]), match[2].lower(), match[3].lower()
    return Clip(
        id=f"{speaker}_{word}_{emotion}",
        speaker=speaker,
        path=path,
        labels=emotion_labels(EMOTIONS[emotion]),
        text=word,
        traits={"sex": "female", "age": AGES[speaker]},
    )


def _speaker(prefix: str) -> str:
    """OAF or YAF; one file of many copies is called OA."""
    return "YAF" if prefix.upper() == "YAF" else "OAF"


def _notes(folder: Path, clips: Iterable[Clip]) -> tuple[str, ...]:
    mended, elsewhere = [], []
    for clip in clips:
        place = clip.path.relative_to(folder)
        if clip.path.stem.upper().startswith("OA_"):
            mended.append(place.as_posix())
        said = FOLDER.fullmatch(place.parent.name)
        if said and (_speaker(said[1]), FOLDER_EMOTIONS[said[2].lower()]) != (clip.speaker, clip.labels["emotion"]):
            elsewhere.append(place.as_posix())
    return (
        "In a file name, ps is pleasant surprise; its proxy is that of surprise, for which alone there are norms.",
        *count_note("Files called OA, read as OAF", mended, "The F is missing in many copies of TESS."),
        *count_note("Files whose folder names another emotion or speaker", elsewhere, "The file name counts."),
    )
