"""Gathering: clips out of several files of ratings, which may each know another thing of the same recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Label, Target
from bench.corpora.rating import RatedFile, Rating
from bench.corpora.recording import Recordings, base_name, without_ending
from bench.corpora.root import Root
from bench.corpora.sleepiness import sleepy_label

NAMED = {"sl": "sleepy", "sleepy": "sleepy", "nsl": "not sleepy", "not sleepy": "not sleepy", "non-sleepy": "not sleepy"}
SHOWN = 5


class Gathering:
    """Clips by id, and what is wrong with the rows that they come from.

    Parameters
    ----------
    recordings : Recordings
    kss : Target
        Whose scale the numbers are on.
    says_speaker : bool
        Whether each row has to say who speaks.

    Attributes
    ----------
    clips : dict of str to Clip
        In the order of the rows.
    problems : list of str
    """

    def __init__(self, recordings: Recordings, kss: Target, says_speaker: bool) -> None:
        self.clips: dict[str, Clip] = {}
        self.problems: list[str] = []
        self._recordings = recordings
        self._root = Root(recordings.folder)
        self._kss = kss
        self._says_speaker = says_speaker

    def add(self, file: RatedFile) -> None:
        """Add the rows of a file. A recording that another file named gets what is new; what contradicts is a problem.

        Raises
        ------
        RequestError
            If its labels are no ratings at all.
        """
        self.problems += [f"{file.path.name}, {problem}" for problem in file.problems]
        numeric = self._is_numeric(file)
        seen: dict[str, int] = {}
        for rating in file.ratings:
            clip, problems = self._clip(rating, file.by_name, numeric)
            if clip.id and clip.id in seen:
                problems.append(f"the id {clip.id!r} stands in row {seen[clip.id]} already")
            seen.setdefault(clip.id, rating.row)
            problems += [] if problems else self._merge(clip)
            self.problems += [f"{file.path.name}, row {rating.row}: {problem}" for problem in problems]

    def missing_parts(self, files: Sequence[RatedFile]) -> list[str]:
        """What to do about clips that have no part, where nobody knows who speaks and nothing else can be held out."""
        without = [clip.id for clip in self.clips.values() if not clip.split]
        if self._says_speaker or not without:
            return []
        names = ", ".join(file.path.name for file in files)
        return [
            f"{len(without)} recordings, the first is {without[0]!r}: nothing says who speaks, or whether they are of "
            f"train, devel or test; put the part into the file names ({names}), or name an attribute: slc[speaker=NAME] "
            "or slc[split=NAME]"
        ]

    def _clip(self, rating: Rating, by_name: bool, numeric: bool) -> tuple[Clip, list[str]]:
        """The clip of a row, and what is wrong with the row."""
        place, astray = self._by_name(rating.path) if by_name else self._by_path(rating.path)
        labels, wrong = self._labels(rating.label, numeric)
        silent = "the speaker is empty" if self._says_speaker and not rating.speaker else None
        clip = Clip(
            id=rating.id or without_ending(base_name(rating.path) if by_name else rating.path),
            speaker=rating.speaker,
            path=self._recordings.folder / place,
            labels=labels,
            split=rating.split or None,
        )
        return clip, [problem for problem in (astray, wrong, silent) if problem]

    def _by_path(self, path: str) -> tuple[str, str | None]:
        """Where a recording lies whose path is given, and why the path does not serve."""
        problem = self._root.problem(path)
        if problem or "/" in path or (self._recordings.folder / path).exists():
            return ("" if problem else path), problem
        return self._by_name(path)

    def _by_name(self, path: str) -> tuple[str, str | None]:
        """Where a recording lies of which the name counts alone, and why the name does not serve."""
        name = base_name(path)
        problem = self._root.problem(name) if path else "the file name is empty"
        found = [] if problem else self._recordings.find(path)
        places = [place.relative_to(self._recordings.folder).as_posix() for place in found]
        if len(places) > 1:
            problem = (
                f"{len(places)} recordings are called {name!r}: {places[0]} and {places[1]}; write folders before the name"
            )
        return (places[0] if places else "" if problem else name), problem

    def _is_numeric(self, file: RatedFile) -> bool:
        """Whether the labels are ratings in numbers, or names of levels.

        Raises
        ------
        RequestError
            If none of them is either.
        """
        texts = dict.fromkeys(rating.label for rating in file.ratings if rating.label)
        numbers = [number for number in map(_number, texts) if number is not None]
        named = [text for text in texts if text.casefold() in NAMED]
        rated = any(self._kss.problem(number) is None for number in numbers)
        if texts and not rated and not named:
            others = ", ".join(file.columns if len(file.columns) <= SHOWN else (*file.columns[:SHOWN], "..."))
            raise RequestError(
                f"{str(file.path)!r} has no rating of sleepiness in {file.label!r}, but {', '.join(list(texts)[:SHOWN])}. "
                f"Expected are numbers of 1 to 10, or NSL and SL. Name the one that holds them, slc[label=NAME]; "
                f"there are {others}."
            )
        return len(numbers) > len(named)

    def _labels(self, text: str, numeric: bool) -> tuple[dict[str, Label], str | None]:
        """The labels of a row, and why its text is none."""
        if not text:
            return {}, None
        if not numeric:
            level = NAMED.get(text.casefold())
            return ({"sleepy": level}, None) if level else ({}, f"the label {text!r} is neither NSL nor SL")
        number = _number(text)
        if number is None:
            hint = "write it with a decimal point" if "," in text else "leave it empty where nothing is known"
            return {}, f"the label {text!r} is not a number; {hint}"
        problem = self._kss.problem(number)
        return ({}, problem) if problem else ({self._kss.name: number, "sleepy": sleepy_label(number)}, None)

    def _merge(self, clip: Clip) -> list[str]:
        """Take a clip in, or what is new of it, and say what contradicts."""
        old = self.clips.get(clip.id, clip)
        pairs: list[tuple[object, object, str]] = [
            (old.labels.get(name), label, f"label of {name}") for name, label in clip.labels.items()
        ]
        pairs += [(old.split, clip.split, "part"), (old.speaker, clip.speaker, "speaker")]
        problems = [
            f"the {name} of {clip.id!r} is {new!r} here, and {known!r} in another file"
            for known, new, name in pairs
            if known and new and known != new
        ]
        if not problems:
            self.clips[clip.id] = replace(
                old, labels={**old.labels, **clip.labels}, split=old.split or clip.split, speaker=old.speaker or clip.speaker
            )
        return problems


def _number(text: str) -> float | None:
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None
