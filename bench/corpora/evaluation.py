"""Evaluations: the text files in which IEMOCAP's raters say what they heard, one a dialogue.

A blank line, the line of a turn (its bounds, name, majority emotion, mean valence, activation and dominance), then a line for
each rater and question::

    [140.2250 - 145.6000]   Ses01F_impro05_F019     ang     [1.5000, 4.0000, 4.5000]
    C-E1:   Anger;  ()
    A-E3:   val 2; act 4; dom  4;   ()
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

DIALOGUE = re.compile(r"(?P<dialogue>Ses0(?P<session>\d)(?P<prefix>[FM])_(?P<scene>(?P<style>impro|script)\d\d(?:_\d)?)[a-z]?)")
NAME = re.compile(DIALOGUE.pattern + r"_(?P<letter>[FM])\d{3,}")
NUMBER = r"\s*([-+]?\d+(?:\.\d*)?)\s*"
TURN = re.compile(rf"\[{NUMBER}-{NUMBER}\]\s*(\S+)\s+([^\s\[]+)\s*\[{NUMBER},{NUMBER},{NUMBER}\]")
ALIKE = re.compile(r"\[|.*\bSes\d\d[FM]_")  # how a line begins that was meant to be a turn
RATER = re.compile(r"([CA])-(\w+)\s*:([^(]*)")  # what stands in brackets behind it is free text
OBSERVER = re.compile(r"E\d*")
RATING = re.compile(r"\b(val|act|dom)\s+(\d+(?:\.\d*)?)")
SCALES = {"val": "valence", "act": "activation", "dom": "dominance"}


@dataclass
class Opinions:
    """What the raters called E said about one turn, each by its name.

    Attributes
    ----------
    named : dict of str to set of str
        The first three letters of each emotion that a rater named, small: ``{"E1": {"ang", "fru"}}``.
    rated : dict of str to dict of str to float
        By rater and scale: ``{"E3": {"valence": 2.0}}``. Scales that were left empty are not there.
    """

    named: dict[str, set[str]] = field(default_factory=dict)
    rated: dict[str, dict[str, float]] = field(default_factory=dict)

    def hear(self, line: str) -> bool:
        """Take in the line of a rater; False if it is none."""
        match = RATER.match(line)
        if match is None:
            return False
        question, rater, said = match.groups()
        if not OBSERVER.fullmatch(rater):
            return True
        if question == "C":
            names = {name.strip()[:3].lower() for name in said.split(";")} - {""}
            if names:
                self.named.setdefault(rater, set()).update(names)
        else:
            ratings = {SCALES[scale]: float(value) for scale, value in RATING.findall(said)}
            if ratings:
                self.rated.setdefault(rater, {}).update(ratings)
        return True

    def confidence(self, category: str) -> dict[str, float]:
        """How far the raters agree.

        Parameters
        ----------
        category : str
            The majority emotion, as its three letters.

        Returns
        -------
        dict of str to float
            ``raters``, who named an emotion; ``agreement``, the share of them that named the majority emotion (the one named
            most, where there is no majority); and for each scale its ``-spread``, the largest difference between two raters.
            What cannot be said is left out.

        Examples
        --------
        >>> opinions = Opinions()
        >>> lines = ["C-E1: Anger; ()", "C-E2: Anger; Sadness; ()", "C-E4: Sadness;"]
        >>> lines += ["A-E1: val 2; act 4; dom ;", "A-E2: act 3;"]
        >>> all(opinions.hear(line) for line in lines)
        True
        >>> opinions.confidence("ang")
        {'raters': 3.0, 'agreement': 0.6667, 'activation-spread': 1.0}
        """
        found = {}
        votes = Counter(name for names in self.named.values() for name in names)
        if votes:
            most = votes.get(category) or max(votes.values())
            found = {"raters": float(len(self.named)), "agreement": round(most / len(self.named), 4)}
        for scale in SCALES.values():
            values = [ratings[scale] for ratings in self.rated.values() if scale in ratings]
            if len(values) > 1:
                found[f"{scale}-spread"] = max(values) - min(values)
        return found


@dataclass(frozen=True)
class TurnName:
    """What the name of a turn says.

    Attributes
    ----------
    dialogue, session : str
        As in ``Ses01F_script01_1b`` and ``Session1``.
    prefix, letter : {'F', 'M'}
        The letter of the dialogue, which is not who talks, and that of the last token, which is.
    scene : str
        The script or the scenario, without the letter of its part: ``script01_1``.
    style : {'impro', 'script'}

    Examples
    --------
    >>> name = TurnName.parse("Ses05M_script01_1b_F003")
    >>> name.talker, name.session, name.dialogue, name.scene
    ('Ses05F', 'Session5', 'Ses05M_script01_1b', 'script01_1')
    >>> TurnName.parse("Ses05M_script01_1b") is None
    True
    """

    dialogue: str
    session: str
    prefix: str
    letter: str
    scene: str
    style: str

    @classmethod
    def parse(cls, text: str) -> TurnName | None:
        """The meaning of a name; None if it is of another form."""
        match = NAME.fullmatch(text)
        if match is None:
            return None
        found = match.groupdict()
        return cls(**found | {"session": f"Session{found['session']}"})

    @property
    def talker(self) -> str:
        """Who talks: the session and the letter of the last token."""
        return self.dialogue[: len("Ses01")] + self.letter


@dataclass(frozen=True)
class Turn:
    """A turn as it stands in an evaluation.

    Attributes
    ----------
    id : str
        Its name, as it stands there: ``Ses01F_impro05_F019``.
    name : TurnName
        What the name says.
    category : str
        The majority emotion, as in ``ang``; ``xxx`` where there is none.
    line : int
        Where it stands, 1 for the first.
    start_s, end_s : float
        Bounds in the dialogue.
    ratings : dict of str to float
        Valence, activation and dominance as they stand there: 1 to 5, but for a few.
    opinions : Opinions
    """

    id: str
    name: TurnName
    category: str
    line: int
    start_s: float
    end_s: float
    ratings: dict[str, float]
    opinions: Opinions


@dataclass(frozen=True)
class Evaluation:
    """What stands in one file.

    Attributes
    ----------
    turns : tuple of Turn
        In order.
    problems : tuple of (int, str)
        Lines that were meant to be turns: their numbers and, as a phrase, what is wrong.
    n_strange : int
        Lines that are neither turns, nor of raters, nor comments, nor empty.
    """

    turns: tuple[Turn, ...]
    problems: tuple[tuple[int, str], ...]
    n_strange: int


def read_evaluation(path: Path) -> Evaluation:
    """Read one file. Any ending of lines and any bytes in the free text of raters are fine.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    turns: list[Turn] = []
    problems: list[tuple[int, str]] = []
    n_strange = 0
    opinions = Opinions()  # of the turn above
    # Bytes are cut into lines before they are decoded: as text, 0x85 (an ellipsis of Windows) would end a line.
    for number, raw in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        line = raw.decode("latin-1").strip()
        if not line or line.startswith("%") or opinions.hear(line):
            continue
        if not ALIKE.match(line):
            n_strange += 1
            continue
        opinions = Opinions()
        found = _turn(line, number, opinions)
        if isinstance(found, Turn):
            turns.append(found)
        else:
            problems.append((number, found))
    return Evaluation(tuple(turns), tuple(problems), n_strange)


def _turn(line: str, number: int, opinions: Opinions) -> Turn | str:
    """The turn, or why it is none."""
    match = TURN.fullmatch(line)
    if match is None:
        return "the line is not of the form [START - END] NAME EMOTION [V, A, D]"
    start, end, text, category, *ratings = match.groups()
    name = TurnName.parse(text)
    if name is None:
        return "the name of the turn is not of the form Ses01F_impro01_F000 or Ses01F_script01_1_F000"
    start_s, end_s = float(start), float(end)
    if not 0 <= start_s < end_s:
        return f"the turn runs from {start_s:g} to {end_s:g} s, which is no stretch of a recording"
    rated = dict(zip(SCALES.values(), map(float, ratings), strict=True))
    return Turn(text, name, category.lower(), number, start_s, end_s, rated, opinions)
