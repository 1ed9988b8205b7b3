"""EmoDB: ten actors say ten German sentences in seven emotions, one of them boredom.

A file is understood by its name alone, ``SSTTTEv`` as in ``03a01Fa`` (speaker, text, first letter of the German emotion,
version), so the classic folder and the release in audformat read alike. What listeners said (``erkennung.txt``, or the
tables) is the confidence of a label. The later releases hold the signal of a laryngograph under the same file names in
another folder; it is no speech.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus
from bench.corpora.emotion import emotion_labels, emotion_target
from bench.corpora.judgement import Judgements, read_list, read_tables
from bench.corpora.naming import count_note, gather_clips
from bench.corpora.proxy import proxy_targets
from bench.corpora.reader import CorpusReader
from bench.corpora.root import Root
from bench.corpora.tree import audio_files, check_folder

EXPECTED = "the folder of EmoDB, classic or in audformat, with files called like wav/03a01Fa.wav"
SPEAKERS = {
    "03": ("male", "31"),
    "08": ("female", "34"),
    "09": ("female", "21"),
    "10": ("male", "32"),
    "11": ("male", "26"),
    "12": ("male", "30"),
    "13": ("female", "32"),
    "14": ("female", "35"),
    "15": ("male", "25"),
    "16": ("female", "31"),
}
TEXTS = ("a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10")
EMOTIONS = {
    "W": "anger",
    "L": "boredom",
    "E": "disgust",
    "A": "fear",
    "F": "happiness",
    "T": "sadness",
    "N": "neutral",
}
STEM = re.compile(r"(\d\d)([ab]\d\d)([WLEAFTN])([a-z]?)(?:xx)?", re.IGNORECASE)  # the authors' own copies end in xx
LIST, HEADER = "erkennung.txt", "db.yaml"
RECOGNISED, NATURAL = 0.8, 0.6  # what the classic release asks of a recording


class Emodb(CorpusReader):
    """Berlin Database of Emotional Speech.

    Examples
    --------
    >>> str(Emodb())
    'emodb'
    """

    name = "emodb"
    version = "1"

    def read(self, folder: Path) -> Corpus:
        """Read every recording below the folder, and those that the tables of its audformat release name.

        A clip's id is its file name without the ending. Where a name stands more than once, the first by path is the clip.

        Raises
        ------
        RequestError
            If the folder is missing or holds no audio, or none with a name of EmoDB.
        """
        check_folder(folder, EXPECTED)
        bases, lists, outside = _label_files(folder)
        tables, judged = [read_tables(path.parent, _key) for path in bases], [read_list(path, _key) for path in lists]
        confidence = _merged([*tables, *judged])
        listed = [path.parent / place for path, table in zip(bases, tables, strict=True) for place in table.files]
        present = _audio(folder, bool(listed))
        missing = _missing(folder, present, listed)
        understand = partial(_clip, folder=folder, confidence=confidence)
        clips, excluded = gather_clips(str(self), folder, EXPECTED, [*present, *missing], understand)
        return Corpus(
            name=str(self),
            version=self.version,
            targets=(*proxy_targets(), emotion_target(tuple(EMOTIONS.values()))),
            clips=tuple(clips.values()),
            excluded=tuple(excluded),
            about=(
                "Five women and five men, actors, say ten everyday German sentences in acted emotions, recorded in an anechoic "
                "chamber. It has no fatigue label; boredom is the nearest to it."
            ),
            published=(
                "The classic release: 535 recordings (reported by several loaders of it, not re-checked), of about 800 those "
                "that over 80 % of the listeners recognised and over 60 % found natural. Release 2.0 adds 281 that fewer "
                "recognised (reported by github.com/audeering/emodb, not re-checked)."
            ),
            source="http://emodb.bilderbar.info/download/ (classic), https://zenodo.org/records/17651657 (2.0, in audformat).",
            licence=(
                "CC0 1.0 for the first releases in audformat (reported by github.com/audeering/emodb, not re-checked); of "
                "another release, see its own page"
            ),
            citation=(
                "Burkhardt F, Paeschke A, Rolfes M, Sendlmeier WF, Weiss B (2005). A database of German emotional speech. "
                "Proc. Interspeech 2005, 1517-1520. https://doi.org/10.21437/Interspeech.2005-446"
            ),
            notes=(
                _release(folder, bases, lists),
                *count_note("Label files that are links out of the folder", outside, "They were not read."),
                *(note for judgements in (*tables, *judged) for note in judgements.notes),
                *_missing_notes(folder, missing, confidence, clips),
                *_label_notes(clips.values(), tables),
            ),
            splitter="loso",
        )


def _key(stem: str) -> str:
    """The id of the clip of a file name without its ending, or "" if it is no name of EmoDB."""
    match = STEM.fullmatch(stem)
    return match[1] + match[2].lower() + match[3].upper() + match[4].lower() if match else ""


def _label_files(folder: Path) -> tuple[list[Path], list[Path], list[str]]:
    """Headers of databases and lists of judgements, in the folder or one or two below it, and those that lead out of it."""
    root = Root(folder)
    inside: dict[str, list[Path]] = {HEADER: [], LIST: []}
    outside = []
    for path in sorted(path for depth in ("", "*/", "*/*/") for name in inside for path in folder.glob(depth + name)):
        place = path.relative_to(folder).as_posix()
        if root.problem(place):
            outside.append(place)
        elif path.is_file():
            inside[path.name].append(path)
    return inside[HEADER], inside[LIST], outside


def _audio(folder: Path, named: bool) -> list[Path]:
    """Audio below the folder; there may be none where tables name the recordings."""
    try:
        return audio_files(folder, EXPECTED)
    except RequestError:
        if named:
            return []
        raise


def _is_laryngogram(place: Path) -> bool:
    return any("laryng" in part.lower() for part in place.parent.parts)


def _merged(said: Sequence[Judgements]) -> dict[str, dict[str, float]]:
    """What is said about each clip; where several files say it, the first counts."""
    merged: dict[str, dict[str, float]] = {}
    for judgements in said:
        for name, shares in judgements.shares.items():
            merged[name] = {**shares, **merged.get(name, {})}
    return merged


def _missing(folder: Path, present: Iterable[Path], listed: Iterable[Path]) -> list[Path]:
    """Recordings that tables name and that are not there, under any folder."""
    names = {_key(path.stem) for path in present if not _is_laryngogram(path.relative_to(folder))}
    return sorted(path for path in listed if _key(path.stem) not in names)


def _clip(path: Path, folder: Path, confidence: Mapping[str, Mapping[str, float]]) -> Clip | str:
    """The clip of a file, or why it is none."""
    if _is_laryngogram(path.relative_to(folder)):
        return "its folder holds the signal of a laryngograph, which is no speech"
    name = _key(path.stem)
    if not name:
        return f"the name is not of the form SSTTTEv, as in 03a01Fa, with E one of {', '.join(EMOTIONS)}"
    speaker, text, letter = name[:2], name[2:5], name[5]
    if speaker not in SPEAKERS:
        return f"the name says speaker {speaker}, and EmoDB has {', '.join(SPEAKERS)}"
    if text not in TEXTS:
        return f"the name says text {text}, and EmoDB has {', '.join(TEXTS)}"
    sex, age = SPEAKERS[speaker]
    return Clip(
        id=name,
        speaker=speaker,
        path=path,
        labels=emotion_labels(EMOTIONS[letter]),
        text=text,
        traits={"sex": sex, "age": age},
        confidence=confidence.get(name, {}),
    )


def _release(folder: Path, bases: Sequence[Path], lists: Sequence[Path]) -> str:
    found = [path.relative_to(folder).as_posix() for path in (*bases, *lists)]
    if not found:
        return f"Release: neither {HEADER} nor {LIST} lies there, so nothing is known of what listeners said."
    return f"Release: {'in audformat' if bases else 'classic'}, with {', '.join(found)}."


def _missing_notes(
    folder: Path, missing: Sequence[Path], confidence: Mapping[str, object], clips: Mapping[str, Clip]
) -> tuple[str, ...]:
    places = [path.relative_to(folder).as_posix() for path in missing]
    others = [name for name in confidence if name not in clips]
    return (
        *count_note("Recordings that the tables name and the folder lacks", places, "They are listed, and cannot be heard."),
        *count_note(f"Recordings that {LIST} judges and the folder lacks", others, "They are no clips."),
    )


def _label_notes(clips: Collection[Clip], tables: Iterable[Judgements]) -> tuple[str, ...]:
    known = {what: sum(what in clip.confidence for clip in clips) for what in ("recognised", "natural")}
    doubtful = [
        clip.id
        for clip in clips
        if clip.confidence.get("recognised", 1.0) < RECOGNISED or clip.confidence.get("natural", 1.0) < NATURAL
    ]
    emotions = {name: word for table in tables for name, word in table.emotions.items()}
    others = [clip.id for clip in clips if emotions.get(clip.id, clip.labels["emotion"]) != clip.labels["emotion"]]
    return (
        f"Known of what listeners said: recognition for {known['recognised']} and naturalness for {known['natural']} of "
        f"{len(clips)} clips.",
        *count_note(
            f"Clips that fewer than {RECOGNISED:.0%} recognised or fewer than {NATURAL:.0%} found natural",
            doubtful,
            "The classic release leaves such recordings out; here they are clips.",
        ),
        *count_note("Clips whose table names another emotion than the file name", others, "The file name counts."),
    )
