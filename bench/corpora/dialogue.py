"""Dialogues of IEMOCAP: their turns become clips, with the recordings that lie there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpora.corpus import Clip, Exclusion, Label
from bench.corpora.evaluation import DIALOGUE, Turn, read_evaluation
from bench.corpora.proxy import rated_labels
from bench.corpora.tree import AUDIO_ENDINGS

STYLES = {"impro": "improvised", "script": "scripted"}
SEXES = {"F": "female", "M": "male"}
CATEGORIES = {
    "ang": "angry",
    "dis": "disgusted",
    "exc": "excited",
    "fea": "fearful",
    "fru": "frustrated",
    "hap": "happy",
    "neu": "neutral",
    "oth": "other",
    "sad": "sad",
    "sur": "surprised",
    "xxx": "no majority",
}
EMOTIONS = {"ang": "angry", "exc": "happy", "hap": "happy", "neu": "neutral", "sad": "sad"}  # the usual four
LOWEST, HIGHEST = 1.0, 5.0


@dataclass
class Dialogues:
    """The turns found so far, and what is to be said of them.

    Attributes
    ----------
    styles : tuple of str
        The styles that were asked for.
    asked : str
        How they were asked for.
    clips : dict of str to Clip
        By id.
    excluded : list of Exclusion
    places : dict of str to str
        The label file and line of every turn, whether a clip or of another style.
    counts : Counter of str
        For the notes.
    """

    styles: tuple[str, ...]
    asked: str
    clips: dict[str, Clip] = field(default_factory=dict)
    excluded: list[Exclusion] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, path: Path, place: str, recordings: Recordings) -> None:
        """Take in one label file, which stands at that place of the release."""
        if DIALOGUE.fullmatch(path.stem) is None:
            self._exclude(place, "the name of the label file is not that of a dialogue, as in Ses01F_impro01")
            return
        try:
            evaluation = read_evaluation(path)
        except OSError as error:
            self._exclude(place, f"the label file cannot be read ({error.strerror})")
            return
        for line, problem in evaluation.problems:
            self._exclude(f"{place}:{line}", problem)
        if not evaluation.turns and not evaluation.problems:
            self._exclude(place, "the label file holds no turn")
        self.counts["strange"] += evaluation.n_strange
        own: list[Turn] = []
        for turn in evaluation.turns:
            problem = self._problem(turn, path.stem, recordings.session)
            if problem:
                self._exclude(f"{place}:{turn.line}", problem)
            else:
                self.places[turn.id] = f"{place}:{turn.line}"
                own.append(turn)
        stretches = _stretches(own)
        for turn in own:
            style = STYLES[turn.name.style]
            if style in self.styles:
                self._add(turn, recordings, stretches[turn.name.letter])
            else:
                self._exclude(turn.id, f"it is {style}, and {self.asked} was asked for")

    def take_unlabelled(self, recordings: Recordings) -> None:
        """Declare the sentence files of a session that no label file knows, once all of these were taken in."""
        for turn, path in recordings.sentences:
            if turn not in self.places:
                place = path.relative_to(recordings.folder.parent).as_posix()
                self._exclude(place, "no line of the label files that can be used is about this recording")

    def _exclude(self, place: str, reason: str) -> None:
        self.excluded.append(Exclusion(place, reason))

    def _problem(self, turn: Turn, stem: str, session: str) -> str:
        """Why a line that can be read is no turn of its own, or nothing."""
        if turn.name.dialogue != stem:
            return "the turn is not of the dialogue in whose label file it stands"
        if turn.name.session != session:
            return f"the turn is of {turn.name.session}, and its label file lies in {session}"
        if turn.id in self.places:
            return f"the turn stands at {self.places[turn.id]} already"
        return ""

    def _add(self, turn: Turn, recordings: Recordings, stretches: Stretches) -> None:
        name = turn.name
        path, where = recordings.of(turn.id, name.dialogue)
        cut = where == "cut"
        rated = {scale: min(max(value, LOWEST), HIGHEST) for scale, value in turn.ratings.items()}
        labels: dict[str, Label] = {**rated_labels(**rated), **rated}
        if turn.category in EMOTIONS:
            labels["emotion"] = EMOTIONS[turn.category]
        self.counts[where] += 1
        self.counts["clipped"] += rated != turn.ratings
        self.counts["other letter"] += name.prefix != name.letter
        self.counts["no majority"] += turn.category == "xxx"
        self.clips[turn.id] = Clip(
            id=turn.id,
            speaker=name.talker,
            path=path,
            labels=labels,
            start_s=turn.start_s if cut else None,
            end_s=turn.end_s if cut else None,
            session=name.session,
            text=name.scene,
            traits={
                "sex": SEXES[name.letter],
                "style": STYLES[name.style],
                "dialogue": name.dialogue,
                "category": CATEGORIES.get(turn.category, turn.category),
            },
            confidence=turn.opinions.confidence(turn.category),
            turns=stretches if cut else (),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What was chosen, mended and counted, in sentences."""
        count, n = self.counts, len(self.clips)
        notes = (
            f"Recordings: {count['sentence']:,} turns have a sentence file, {count['cut']:,} are cut from their dialogue by "
            f"the time stamps, {count['none']:,} have none.",
            "Who talks is told by the letter of the last token of a turn's name. The letter in the name of its dialogue is "
            f"another one in {count['other letter']:,} of {n:,} turns ({count['other letter'] / n:.1%}).",
            f"{count['clipped']:,} turns have a rating outside 1 to 5, which is set to the nearer end.",
            f"{count['no majority']:,} turns have no majority emotion (xxx). They are kept: they are rated like the others.",
            "Confidence is about the raters called E: how many named an emotion, the share of them that named the majority's, "
            "and how far their ratings lie apart.",
        )
        passed = f"{count['strange']:,} lines of the label files are neither of turns nor of raters; they are passed over."
        return (*notes, passed) if count["strange"] else notes


Stretches = tuple[tuple[float, float], ...]


def _stretches(turns: Sequence[Turn]) -> Mapping[str, Stretches]:
    """When each of the two talks in a dialogue, in seconds, by letter."""
    return {
        letter: tuple(sorted((turn.start_s, turn.end_s) for turn in turns if turn.name.letter == letter)) for letter in SEXES
    }


class Recordings:
    """Which recordings a session has. Folders are listed, once each; no file is opened.

    Parameters
    ----------
    folder : Path
        As in ``Session1``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.session = folder.name
        self._place = folder / "sentences" / "wav"
        self._dialogues = _by_stem(folder / "dialog" / "wav")
        self._sentences = {name: _by_stem(self._place / name) for name in _names(self._place) if DIALOGUE.fullmatch(name)}

    def of(self, turn: str, dialogue: str) -> tuple[Path, str]:
        """The file that holds a turn, and whether it is its ``sentence``, to be ``cut``, or not there (``none``)."""
        sentence = self._sentences.get(dialogue, {}).get(turn)
        if sentence:
            return sentence, "sentence"
        if dialogue in self._dialogues:
            return self._dialogues[dialogue], "cut"
        return self._place / dialogue / f"{turn}.wav", "none"

    @property
    def sentences(self) -> Iterator[tuple[str, Path]]:
        """The name without ending, and the path, of every sentence file."""
        for found in self._sentences.values():
            yield from found.items()


def _by_stem(folder: Path) -> dict[str, Path]:
    """Files of a folder that are called like audio, by their name without the ending; WAV before others of that name."""
    parts = [(name, *os.path.splitext(name)) for name in _names(folder)]
    return {stem: folder / name for name, stem, ending in parts if ending.lower() in AUDIO_ENDINGS}


def _names(folder: Path) -> list[str]:
    """What a folder holds, sorted, without hidden names; nothing where there is no folder."""
    found = os.listdir(folder) if folder.is_dir() else []
    return sorted((name for name in found if not name.startswith(".")), key=lambda name: (name.lower(), name))
