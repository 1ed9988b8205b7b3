"""The nouns of a corpus: targets, clips, exclusions, and the corpus itself."""

from __future__ import annotations

import bisect
import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bench.base.error import RequestError, unknown_name
from bench.base.identity import digest
from bench.corpora.tree import SHOWN

if TYPE_CHECKING:
    from bench.corpora.yardstick import Published

Form = Literal["score", "level"]
LabelKind = Literal["measured", "proxy", "acted", "synthetic"]
Label = float | str

# What publishers call the parts of their corpora (`Clip.split`), in lower case.
TRAIN = frozenset({"train", "training"})
DEVEL = frozenset({"devel", "dev", "development", "val", "valid", "validation"})
TEST = frozenset({"test", "testing"})


@dataclass(frozen=True)
class Target:
    """A question that a corpus can be asked about each clip.

    Attributes
    ----------
    name : str
        As in ``fatigue-proxy``.
    kind : {'measured', 'proxy', 'acted', 'synthetic'}
        What the label is; everything but ``measured`` is said wherever a value stands.
    about : str
        One or two sentences: what the label means and where it comes from.
    levels : tuple of str
        The classes in order, lowest first; empty if the target has scores only.
    scale : tuple of float or None
        Lowest and highest score; None if the target has levels only.
    unit : str
        Unit of the score, as in "KSS".
    cuts : tuple of float
        ``len(levels) - 1`` bounds above the lowest score and at most the highest: a score belongs to level i where i cuts are
        <= score. Empty where labels are level names.
    ordinal : bool
        Whether the levels have an order.
    variant_of : str
        The target that this one is another reading of ("" for none): a board is ranked under its variants, too.
    """

    name: str
    kind: LabelKind
    about: str
    levels: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None
    unit: str = ""
    cuts: tuple[float, ...] = ()
    ordinal: bool = True
    variant_of: str = ""

    def __post_init__(self) -> None:
        if self.scale is None and not self.levels:
            raise RequestError(f"Target {self.name!r} has neither a scale nor levels. Give at least one of them.")
        if len(set(self.levels)) != len(self.levels) or len(self.levels) == 1:
            raise RequestError(f"Target {self.name!r} has the levels {list(self.levels)}. Give two or more, each once.")
        if self.scale is not None:
            low, high = self.scale
            if not (low < high and math.isfinite(high - low)):
                raise RequestError(
                    f"Target {self.name!r} has the scale {list(self.scale)}. Expected are two finite numbers. Give [lowest, "
                    "highest]."
                )
            if self.levels and (len(self.cuts) != len(self.levels) - 1 or list(self.cuts) != sorted(set(self.cuts))):
                raise RequestError(
                    f"Target {self.name!r} has {len(self.levels)} levels and the cuts {list(self.cuts)}. "
                    f"Expected are {len(self.levels) - 1} rising cuts. Correct `cuts`."
                )
            if not all(low < cut <= high for cut in self.cuts):  # a cut at the highest score leaves that one to the level above
                raise RequestError(
                    f"Target {self.name!r} has the cuts {list(self.cuts)}, so a level never occurs. Expected are cuts above "
                    f"{low:g} and at most {high:g}, as the scale is. Correct `cuts`."
                )

    @property
    def forms(self) -> tuple[Form, ...]:
        """The forms it can be asked in: as a score, as a level, or both."""
        return (("score",) if self.scale else ()) + (("level",) if self.levels else ())  # type: ignore[return-value]

    def problem(self, label: Label) -> str | None:
        """Why a label does not fit, as a phrase; None where it does.

        Examples
        --------
        >>> kss = Target("kss", "measured", "sleepiness", ("alert", "sleepy"), (1, 9), "KSS", (5.0,))
        >>> kss.problem(11.0)
        'the label 11 lies outside the scale 1 to 9'
        >>> kss.problem(9.0) is None
        True
        """
        if self.scale is None:
            return None if label in self.levels else f"the label {label!r} is none of {', '.join(self.levels)}"
        if isinstance(label, str):
            return f"the label {label!r} is not a number"
        if not self.scale[0] <= label <= self.scale[1]:
            return f"the label {label:g} lies outside the scale {self.scale[0]:g} to {self.scale[1]:g}"
        return None

    def level(self, label: Label) -> int:
        """The index of the level of a label, 0 for the lowest.

        Examples
        --------
        >>> Target("kss", "measured", "", ("alert", "neither", "sleepy"), (1, 9), "KSS", (3.5, 6.5)).level(7.0)
        2
        """
        return self.levels.index(label) if isinstance(label, str) else bisect.bisect_right(self.cuts, label)

    def as_json(self) -> dict[str, Any]:
        """The target as a JSON object (tuples become lists)."""
        return {
            "name": self.name,
            "kind": self.kind,
            "about": self.about,
            "levels": list(self.levels),
            "scale": list(self.scale) if self.scale else None,
            "unit": self.unit,
            "cuts": list(self.cuts),
            "ordinal": self.ordinal,
            "variant_of": self.variant_of,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Target:
        """The inverse of ``as_json``."""
        scale = value["scale"]
        return cls(
            value["name"],
            value["kind"],
            value["about"],
            tuple(value["levels"]),
            (scale[0], scale[1]) if scale else None,
            value["unit"],
            tuple(value["cuts"]),
            value["ordinal"],
            value.get("variant_of", ""),  # ledgers of 0.1 do not have it
        )


@dataclass(frozen=True)
class Clip:
    """One row: a recording, or a stretch of one, of one speaker.

    Attributes
    ----------
    id : str
        Unique in its corpus and stable over machines (never an absolute path).
    speaker : str
        Who talks; equal names in different corpora are different people. Empty where the corpus declares that nobody knows.
    path : Path
        The audio file.
    labels : mapping of str to float or str
        By target name: a score, or the name of a level. A target without a label is left out.
    start_s, end_s : float or None
        Bounds within the file, in seconds; None means the file's own.
    session, text, split : str or None
        Where known: the recording session, what is said (or an id of it), the publisher's own part.
    traits : mapping of str to str
        What else is known, as in ``{"sex": "female"}``.
    confidence : mapping of str to float
        How sure the labels are, by the publisher's own measures, as in ``{"recognised": 0.9}``.
    turns : tuple of (float, float)
        Stretches of the file, in seconds, in which this speaker talks, in order. Where they are given and the file has several
        channels, the channel that is loudest over them is heard; else channels are mixed down.
    """

    id: str
    speaker: str
    path: Path
    labels: Mapping[str, Label]
    start_s: float | None = None
    end_s: float | None = None
    session: str | None = None
    text: str | None = None
    split: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)
    turns: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Exclusion:
    """A clip that is left out of every row alike, and why."""

    clip_id: str
    reason: str


def _alike(speakers: Iterable[str]) -> list[str]:
    """Names that a person would read as one, and that would stand on two sides of a split as two people."""
    spellings: dict[str, list[str]] = {}
    for name in sorted(speakers):
        plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
        spellings.setdefault(plain, []).append(name)
    return [
        f"the speakers {' and '.join(map(ascii, names))} differ in how they are written alone; give one person one spelling, "
        "and two people different names"
        for names in spellings.values()
        if len(names) > 1
    ]


@dataclass(frozen=True)
class Corpus:
    """A corpus as read: clips and what is known about them.

    Attributes
    ----------
    name : str
        As it stands in a task, with its non-default parameters: ``ravdess``, ``synthetic[effect=0]``.
    version : str
        Version of the reader.
    targets : tuple of Target
    clips : tuple of Clip
        Ids are unique, and labels lie on their scales.
    excluded : tuple of Exclusion
    about, licence, citation : str
        For the card.
    published : str
        Size as its publisher gives it; what was read somewhere and not checked says so ("reported by ..., not re-checked").
    source : str
        How to get it.
    notes : tuple of str
        Sentences for the card: what the reader chose, mended and counted.
    caution : str
        A sentence that belongs beside every interval, or "".
    splitter : str
        What ``auto`` means here ("" for the usual).
    speakers : {'known', 'unknown'}
        Unknown means: official splits only, no interval, no tier; no clip names a speaker then.
    yardsticks : tuple of Published
        Results that others published: those of its own declaration, else of its reader (``yardsticks.toml``).
    """

    name: str
    version: str
    targets: tuple[Target, ...]
    clips: tuple[Clip, ...]
    excluded: tuple[Exclusion, ...] = ()
    about: str = ""
    licence: str = ""
    citation: str = ""
    published: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    caution: str = ""
    splitter: str = ""
    speakers: Literal["known", "unknown"] = "known"
    yardsticks: tuple[Published, ...] = ()

    def __post_init__(self) -> None:
        counts = Counter(clip.id for clip in self.clips)
        problems = [f"the id {name!r} stands {n} times" for name, n in counts.items() if n > 1]
        problems += _alike({clip.speaker for clip in self.clips})
        for clip in self.clips:
            if not clip.speaker and self.speakers == "known":
                problems.append(f"clip {clip.id!r} has no speaker")
            if clip.speaker and self.speakers == "unknown":
                problems.append(f"clip {clip.id!r} has the speaker {clip.speaker!r}, and the corpus declares them unknown")
            for name, label in clip.labels.items():
                found = self.target(name).problem(label)
                problems += [f"clip {clip.id!r}, target {name!r}: {found}"] if found else []
        if problems:
            listed = "; ".join(problems[:SHOWN]) + (f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else "")
            raise RequestError(f"The corpus {self.name!r} cannot be used: {listed}. Correct its label files.")

    def target(self, name: str) -> Target:
        """The target of that name.

        Raises
        ------
        RequestError
            If the corpus has no such target.
        """
        for target in self.targets:
            if target.name == name:
                return target
        raise unknown_name(f"target of {self.name}", name, [t.name for t in self.targets])

    @property
    def identity(self) -> str:
        """Hash of name, version, and every clip's id, speaker, bounds and labels; no paths."""
        rows = [
            [c.id, c.speaker, c.start_s, c.end_s, c.session, c.text, c.split, dict(c.labels), [list(turn) for turn in c.turns]]
            for c in self.clips
        ]
        return digest([self.name, self.version, [t.as_json() for t in self.targets], rows])
