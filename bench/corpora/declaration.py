"""Declarations: the few lines of TOML that say what a folder of recordings is and which columns are targets.

.. code-block:: toml

    name = "nightshift"
    manifest = "clips.csv"
    about = "Nurses before and after a night shift, read speech."   # optional, like all that follow
    licence = "not to be passed on"
    citation = "..."
    published = "40 nurses, 1,200 recordings"   # the size as its publisher gives it
    source = "Ask the sleep laboratory."        # how to get it
    caution = "Nurses of one ward know each other."   # a sentence beside every interval
    splitter = "fixed"        # what `auto` means here
    speakers = "unknown"      # nobody knows who talks: no column `speaker` then, but one `split`
    confidence = ["agreement"]   # columns of numbers that say how sure the labels are

    [targets.kss]
    column = "kss_rating"     # optional: else the name of the target
    kind = "measured"         # measured, proxy, acted or synthetic
    about = "Karolinska Sleepiness Scale, rated by the speaker."
    scale = [1, 9]
    unit = "KSS"
    levels = ["alert", "neither", "sleepy"]
    cuts = [4, 7]             # alert below 4, sleepy from 7 on

    [targets.tired]
    kind = "measured"
    scale = "samn-perelli"    # a published scale by its name brings bounds, unit, levels and cuts; what stands here goes first

    [targets.task]            # without a scale the column holds names of levels
    kind = "measured"
    levels = ["before", "after"]
    ordinal = false

    [[yardsticks]]            # what others published for it: see `yardstick.py`
    target = "kss"
    form = "score"
    label = "their features, linear regression"
    value = 0.41
    source = "Ann and Bob (2024), Journal of Sleep"
    protocol = "one nurse after the other held out"
    splitter = "loso"
    n_clips = 1200
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bench.base.error import RequestError
from bench.base.spelling import NAME
from bench.corpora.corpus import LabelKind, Target
from bench.corpora.root import Root
from bench.corpora.scale import scale
from bench.corpora.yardstick import Published


class _TargetTable(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    kind: LabelKind
    column: str = ""
    about: str = ""
    scale: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    unit: str = ""
    levels: list[str] = []
    cuts: list[float] = []
    ordinal: bool = True


class _Top(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=rf"^{NAME.pattern}$")]
    manifest: Annotated[str, Field(min_length=1)]
    about: str = ""
    licence: str = ""
    citation: str = ""
    published: str = ""
    source: str = ""
    caution: str = ""
    splitter: str = ""
    speakers: Literal["known", "unknown"] = "known"
    confidence: list[str] = []
    targets: Annotated[dict[str, Any], Field(min_length=1)]
    yardsticks: list[Any] = []


@dataclass(frozen=True)
class Declaration:
    """What a TOML file says.

    Attributes
    ----------
    name : str
        Of the corpus, as it stands in tasks.
    manifest : Path
        The table of clips; paths in it start from its folder.
    about, licence, citation, published, source, caution, splitter : str
        As in ``Corpus``.
    speakers : {'known', 'unknown'}
    confidence : tuple of str
        The columns that say how sure the labels are.
    targets : tuple of Target
        Those that are declared without a mistake.
    columns : mapping of str to str
        The column of each target, by the target's name.
    problems : tuple of str
        Phrases about targets and yardsticks that are not there because of a mistake.
    yardsticks : tuple of Published
    """

    name: str
    manifest: Path
    about: str
    licence: str
    citation: str
    published: str
    source: str
    caution: str
    splitter: str
    speakers: Literal["known", "unknown"]
    confidence: tuple[str, ...]
    targets: tuple[Target, ...]
    columns: Mapping[str, str]
    problems: tuple[str, ...] = ()
    yardsticks: tuple[Published, ...] = ()


def read_declaration(path: Path) -> Declaration:
    """Read a declaration.

    Raises
    ------
    RequestError
        If the file cannot be read, or its name or manifest is wrong; then all mistakes of the file are listed.
    """
    try:
        value = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise RequestError(f"{str(path)!r} cannot be read as TOML ({error}). Correct the file.") from error
    tables = value.get("targets")
    targets, columns, problems = _targets(tables if isinstance(tables, dict) else {})
    try:
        top = _Top.model_validate(value)
    except ValidationError as error:
        raise listed(path, [*_phrases(error, "", _Top), *problems]) from None
    place = Path(top.manifest)
    if place.is_absolute() or ".." in place.parts:
        problem = f"the manifest {top.manifest!r} does not lie in the folder of this file; give a path below it"
        raise listed(path, [problem, *problems])
    astray = Root(path.parent).problem(top.manifest)
    if astray:
        raise listed(path, [f"manifest: {astray}", *problems])
    yardsticks, more = _yardsticks(top.yardsticks, list(tables) if isinstance(tables, dict) else [])
    return Declaration(
        name=top.name,
        manifest=path.parent / place,
        about=top.about,
        licence=top.licence,
        citation=top.citation,
        published=top.published,
        source=top.source,
        caution=top.caution,
        splitter=top.splitter,
        speakers=top.speakers,
        confidence=tuple(top.confidence),
        targets=tuple(targets),
        columns=columns,
        problems=(*problems, *more),
        yardsticks=yardsticks,
    )


def listed(path: Path, problems: list[str]) -> RequestError:
    """The error that lists every mistake of a corpus, one a line.

    Examples
    --------
    >>> print(listed(Path("clips.csv"), ["row 2: the id is empty", "row 3: the speaker is empty"]))
    'clips.csv' has 2 mistakes. Correct them and run again:
      row 2: the id is empty
      row 3: the speaker is empty
    """
    count = f"{len(problems)} mistakes. Correct them" if len(problems) > 1 else "a mistake. Correct it"
    return RequestError("\n  ".join([f"{str(path)!r} has {count} and run again:", *problems]))


def _targets(tables: Mapping[str, Any]) -> tuple[list[Target], dict[str, str], list[str]]:
    """The targets that are right, their columns, and what is wrong with the others."""
    targets, columns, problems = [], {}, []
    for name, table in tables.items():
        where = f"targets.{name}"
        if not NAME.fullmatch(name):
            problems.append(f"{where}: a target's name has letters, digits, '_', '.' and '-' only")
            continue
        try:
            read = _TargetTable.model_validate(_with_scale(table))
            targets.append(_target(name, read))
        except ValidationError as error:
            problems += _phrases(error, f"{where}.", _TargetTable)
        except RequestError as error:
            problems.append(f"{where}: {error}")
        else:
            columns[name] = read.column or name
    return targets, columns, problems


def _yardsticks(tables: list[Any], targets: list[str]) -> tuple[tuple[Published, ...], list[str]]:
    """The yardsticks that are right, and what is wrong with the others."""
    found, problems = [], []
    for number, table in enumerate(tables, start=1):
        where = f"yardsticks, number {number}"
        try:
            one = Published.model_validate(table)
        except ValidationError as error:
            problems += _phrases(error, f"{where}: ", Published)
            continue
        if one.target not in targets:
            problems.append(f"{where}: the target {one.target!r} is none of {', '.join(targets)}")
        found.append(one)
    return tuple(found), problems


def _with_scale(table: Any) -> Any:
    """The table, with what the published scale that it names brings; its own keys go first.

    Raises
    ------
    RequestError
        If no scale is called so.
    """
    named = table.get("scale") if isinstance(table, dict) else None
    if not isinstance(named, str):
        return table
    found = scale(named)
    brought = {"unit": found.unit, "levels": list(found.levels), "cuts": list(found.cuts)}
    if not table.keys() & {"levels", "cuts"}:
        brought["about"] = found.about  # it tells the levels, too
    if table.get("levels") == []:  # scores are wanted, and no levels
        del brought["cuts"]
    return {**brought, **table, "scale": list(found.bounds)}


def _target(name: str, read: _TargetTable) -> Target:
    if read.cuts and read.scale is None:
        raise RequestError("It has cuts and no scale. Give the scale that the cuts are on, or name levels alone.")
    if read.cuts and not read.levels:
        raise RequestError(f"It has the cuts {read.cuts} and no levels. Name the levels, one more than cuts, or take cuts out.")
    if read.unit and read.scale is None:
        raise RequestError(f"It has the unit {read.unit!r} and no scale. Give the scale that is in it, or leave the unit out.")
    return Target(
        name=name,
        kind=read.kind,
        about=read.about,
        levels=tuple(read.levels),
        scale=(read.scale[0], read.scale[1]) if read.scale else None,
        unit=read.unit,
        cuts=tuple(read.cuts),
        ordinal=read.ordinal,
    )


def _phrases(error: ValidationError, where: str, model: type[BaseModel]) -> list[str]:
    """What pydantic found, in our words."""
    phrases = []
    for found in error.errors():
        place = where + ".".join(str(part) for part in found["loc"])
        if found["type"] == "extra_forbidden":
            known = list(model.model_fields)
            close = difflib.get_close_matches(str(found["loc"][-1]), known, n=1, cutoff=0.5)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
            phrases.append(f"{place}: there is no such key; {hint}")
        elif found["type"] == "missing":
            phrases.append(f"{place}: it is missing{_expected(model, str(found['loc'][-1]))}")
        else:
            phrases.append(f"{place}: {found['msg'][0].lower()}{found['msg'][1:]}, not {found['input']!r}")
    return phrases


def _expected(model: type[BaseModel], key: str) -> str:
    examples = {
        "kind": "; say what the label is: 'measured', 'proxy', 'acted' or 'synthetic'",
        "name": '; give the corpus a name, as in name = "nightshift"',
        "manifest": '; name the table of clips, as in manifest = "clips.csv"',
        "targets": "; give at least one [targets.NAME] table",
    }
    return examples.get(key, "") if key in model.model_fields else ""
