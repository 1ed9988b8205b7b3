"""RAVDESS: 24 actors say two sentences in eight emotions (and sing them in six).

A file is understood by its name alone, ``MM-VV-EE-II-SS-RR-AA`` (modality, channel, emotion, intensity, statement,
repetition, actor), so ``Actor_XX`` folders, one flat folder and nested copies all read alike, as WAV or any other audio.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bench.base.error import unknown_name
from bench.corpora.corpus import Clip, Corpus, Exclusion
from bench.corpora.emotion import emotion_target
from bench.corpora.naming import gather_clips
from bench.corpora.proxy import proxy_labels, proxy_targets
from bench.corpora.reader import CorpusReader
from bench.corpora.tree import audio_files

EXPECTED = "the folder of Actor_01 to Actor_24 as it is published"
CHANNELS = {"speech": ("speech",), "song": ("song",), "both": ("speech", "song")}

# Each field of a name: what it is called, and what its codes mean, from 01 up.
EMOTIONS = ("neutral", "calm", "happy", "sad", "angry", "fearful", "disgust", "surprised")
SUNG = 6  # emotions that were sung: the first six
FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("modality", ("audio and video", "video", "audio")),
    ("channel", ("speech", "song")),
    ("emotion", EMOTIONS),
    ("intensity", ("normal", "strong")),
    ("statement", ("kids", "dogs")),
    ("repetition", ("1", "2")),
    ("actor", tuple(f"{number:02d}" for number in range(1, 25))),
)
PROXY_NOUNS = dict(
    zip(EMOTIONS, ("neutral", "calm", "happiness", "sadness", "anger", "fear", "disgust", "surprise"), strict=True)
)
STEM = re.compile("-".join([r"(\d\d)"] * len(FIELDS)))


class Ravdess(CorpusReader):
    """Ryerson Audio-Visual Database of Emotional Speech and Song.

    Attributes
    ----------
    channel : {'speech', 'song', 'both'}
        Which recordings are clips. The others are listed as excluded.

    Examples
    --------
    >>> str(Ravdess()), str(Ravdess(channel="both"))
    ('ravdess', 'ravdess[channel=both]')
    """

    name = "ravdess"
    version = "1"

    channel: str = "speech"

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS:
            raise unknown_name("channel of ravdess", self.channel, CHANNELS)

    def read(self, folder: Path) -> Corpus:
        """Read every recording below the folder.

        A clip's id is its file name without the ending. Where a name stands more than once, the first by path is the clip.
        Hidden files (``._*``), ``__MACOSX`` and files that are no audio are not looked at; audio with another name, of
        another channel or without sound is excluded with its reason.

        Raises
        ------
        RequestError
            If the folder is missing or holds no audio, or none with a name of RAVDESS.
        """
        clips, excluded = gather_clips(str(self), folder, EXPECTED, audio_files(folder, EXPECTED), self._clip)
        excluded += _filmed_twice(clips)
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(*proxy_targets(), emotion_target(EMOTIONS[:SUNG] if self.channel == "song" else EMOTIONS)),
            clips=tuple(clips.values()),
            excluded=tuple(excluded),
            about=(
                "Professional actors (12 women, 12 men in the whole release) speak or sing two short sentences in acted "
                "emotions, recorded in a studio. It has no fatigue label."
            ),
            published="1,440 recordings of speech, 60 an actor (reported by Zenodo record 1188976, not re-checked).",
            source="https://zenodo.org/records/1188976: Audio_Speech_Actors_01-24.zip and Audio_Song_Actors_01-24.zip.",
            licence="CC BY-NC-SA 4.0",
            citation=(
                "Livingstone SR, Russo FA (2018). The Ryerson Audio-Visual Database of Emotional Speech and Song (RAVDESS). "
                "PLoS ONE 13(5): e0196391. https://doi.org/10.1371/journal.pone.0196391"
            ),
        )

    def _clip(self, path: Path) -> Clip | str:
        """The clip of a file, or why it is none."""
        name = _Name.parse(path.stem)
        return name if isinstance(name, str) else self._reason(name) or name.clip(path.stem, path)

    def _reason(self, name: _Name) -> str:
        """Why a recording with a right name is no clip, or nothing."""
        if name["modality"] == "video":
            return "the name says that it is video without sound"
        if name["channel"] not in CHANNELS[self.channel]:
            return f"it is {name['channel']}, and ravdess[channel={self.channel}] was asked for"
        return ""


@dataclass(frozen=True)
class _Name:
    """The meaning of a file name, by field."""

    fields: dict[str, str]

    def __getitem__(self, field: str) -> str:
        return self.fields[field]

    @classmethod
    def parse(cls, stem: str) -> _Name | str:
        """The meaning of a name, or why it has none."""
        match = STEM.fullmatch(stem)
        if match is None:
            return "the name is not of the form MM-VV-EE-II-SS-RR-AA"
        meaning = {}
        for (field, values), code in zip(FIELDS, match.groups(), strict=True):
            if not 1 <= int(code) <= len(values):
                return f"the name says {field} {code}, and RAVDESS has 01 to {len(values):02d}"
            meaning[field] = values[int(code) - 1]
        if meaning["channel"] == "song" and meaning["emotion"] not in EMOTIONS[:SUNG]:
            return f"the name says a song that is {meaning['emotion']}, and RAVDESS has none"
        return cls(meaning)

    def clip(self, stem: str, path: Path) -> Clip:
        return Clip(
            id=stem,
            speaker=self["actor"],
            path=path,
            labels={**proxy_labels(PROXY_NOUNS[self["emotion"]]), "emotion": self["emotion"]},
            text=self["statement"],
            traits={
                "sex": "male" if int(self["actor"]) % 2 else "female",
                **{field: self[field] for field in ("channel", "emotion", "intensity", "repetition")},
            },
        )


def _filmed_twice(clips: dict[str, Clip]) -> list[Exclusion]:
    """Take out sound tracks of films (01-...) whose audio-only release (03-...) is there: the same take."""
    doubles = [stem for stem in clips if stem.startswith("01-") and f"03-{stem[3:]}" in clips]
    for stem in doubles:
        del clips[stem]
    return [Exclusion(stem, f"it is the sound track of the film of 03-{stem[3:]}, which is there") for stem in doubles]
