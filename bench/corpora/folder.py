"""A folder of one's own: a table of clips and a few lines of TOML."""

from __future__ import annotations

import difflib
import math
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Label, Target
from bench.corpora.declaration import Declaration, listed, read_declaration
from bench.corpora.manifest import Manifest, read_manifest
from bench.corpora.reader import CorpusReader
from bench.corpora.root import Root
from bench.corpora.tree import audio_files

REQUIRED = ("id", "path", "speaker")
OPTIONAL = ("start_s", "end_s", "session", "text", "split")
BOUNDS = {"start": "start_s", "begin": "start_s", "onset": "start_s", "end": "end_s", "stop": "end_s", "offset": "end_s"}
OTHER_UNIT = r"[ _-]?\(?(?:ms|msecs?|milliseconds?|samples?|frames?)\)?"
BOUND = re.compile(rf"({'|'.join(BOUNDS)}|duration)((?:[ _-]?(?:time|secs?|seconds?)|[ _-]s|[ _-]?\(s\)|{OTHER_UNIT})*)")
ALIKE = 0.8  # a column whose name is this close to an optional one that is missing was meant to be it


class Folder(CorpusReader):
    """Recordings of the user's own.

    ``folder=PATH`` names a TOML file, or a folder that holds exactly one; `declaration.py` shows its form. It names a
    manifest with the columns ``id``, ``path`` and ``speaker``, and optionally ``start_s``, ``end_s`` (seconds), ``session``,
    ``text`` and ``split``. The TOML says which other columns are targets, and which tell how sure the labels are; what remains
    becomes the clips' traits. Paths are relative to the manifest's folder and stay inside it. A clip with an empty label is
    left out of that target's tasks. Where the TOML says ``speakers = "unknown"``, there is no ``speaker``, but a ``split``.
    """

    name = "folder"
    version = "1"

    def read(self, folder: Path) -> Corpus:
        """Read the corpus; its name is that of the TOML file.

        Files that are missing are not looked for here: the decoder excludes their clips with that reason.

        Raises
        ------
        RequestError
            If anything is wrong; every mistake is listed, with its row.
        """
        path = _toml_of(folder)
        said = read_declaration(path)
        manifest = read_manifest(said.manifest)
        problems = [f"{path.name}, {problem}" for problem in said.problems]
        problems += sorted(
            [*manifest.problems, *_column_problems(manifest, said)], key=lambda one: not one.startswith("header")
        )
        clips = []
        lines: dict[str, int] = {}
        root = Root(said.manifest.parent)
        for number, cells in manifest.rows:
            row = _Row(cells)
            clip = row.clip(said, root)
            if clip.id in lines:
                row.problems.append(f"the id {clip.id!r} stands in row {lines[clip.id]} already")
            elif clip.id:
                lines[clip.id] = number
            problems += [f"row {number}: {problem}" for problem in row.problems]
            clips.append(clip)
        if not clips and not problems:
            problems.append("it has no row, so there is no clip")
        if problems:
            raise listed(said.manifest, problems)
        return Corpus(
            name=said.name,
            version=self.version,
            targets=said.targets,
            clips=tuple(clips),
            about=said.about,
            licence=said.licence,
            citation=said.citation,
            published=said.published,
            source=said.source,
            notes=_unlisted(root.folder, clips),
            caution=said.caution,
            splitter=said.splitter,
            speakers=said.speakers,
            yardsticks=said.yardsticks,
        )


class _Row:
    """One row on its way to a clip, collecting what is wrong with it."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self.cells = cells
        self.problems: list[str] = []

    def clip(self, said: Declaration, root: Root) -> Clip:
        """The clip, in which wrong cells are left out."""
        for column in _required(said):
            if column != "path" and self.cells.get(column) == "":
                self.problems.append(f"the {column} is empty")
        path = self.cells.get("path", "")
        problem = root.problem(path) if "path" in self.cells else None
        if problem:
            self.problems.append(problem)
        start_s, end_s = self._bounds()
        used = {*REQUIRED, *OPTIONAL, *said.columns.values(), *said.confidence}
        return Clip(
            id=self.cells.get("id", ""),
            speaker=self.cells.get("speaker", ""),
            path=root.folder / ("" if problem else path),
            labels=self._labels(said),
            start_s=start_s,
            end_s=end_s,
            session=self.cells.get("session") or None,
            text=self.cells.get("text") or None,
            split=self.cells.get("split") or None,
            traits={column: cell for column, cell in self.cells.items() if column not in used and cell},
            confidence=self._confidence(said),
        )

    def _labels(self, said: Declaration) -> dict[str, Label]:
        labels: dict[str, Label] = {}
        for target in said.targets:
            column = said.columns[target.name]
            text = self.cells.get(column, "")
            label = self._label(target, column, text) if text else None
            if label is not None:
                labels[target.name] = label
        return labels

    def _label(self, target: Target, column: str, text: str) -> Label | None:
        label = text if target.scale is None else self._number(column, text)
        problem = target.problem(label) if label is not None else None
        if problem:
            self.problems.append(f"column {column!r}: {problem}")
        return None if problem else label

    def _confidence(self, said: Declaration) -> dict[str, float]:
        found: dict[str, float] = {}
        for column in said.confidence:
            text = self.cells.get(column, "")
            value = self._number(column, text) if text else None
            if value is not None and not math.isfinite(value):
                self.problems.append(f"column {column!r}: {value:g} does not say how sure a label is; give a finite number")
            elif value is not None:
                found[column] = value
        return found

    def _bounds(self) -> tuple[float | None, float | None]:
        start_s, end_s = (self._number(c, self.cells[c]) if self.cells.get(c) else None for c in ("start_s", "end_s"))
        for column, value in (("start_s", start_s), ("end_s", end_s)):
            if value is not None and not (math.isfinite(value) and value >= 0):
                self.problems.append(f"column {column!r}: {value:g} is no time in a recording; give seconds from 0 up")
        if end_s is not None and end_s <= (start_s or 0):
            self.problems.append(f"the clip ends at {end_s:g} s and starts at {start_s or 0:g} s; it must end later")
        return start_s, end_s

    def _number(self, column: str, text: str) -> float | None:
        try:
            if "_" not in text:  # Python reads 1_000 as a number, and nobody writes a label so
                return float(text)
        except ValueError:
            pass
        hint = "write it with a decimal point" if "," in text else "leave the cell empty where nothing is known"
        self.problems.append(f"column {column!r}: {text!r} is not a number; {hint}")
        return None


def _unlisted(folder: Path, clips: Sequence[Clip]) -> tuple[str, ...]:
    """A note on recordings that no row names; a table may leave some out, but not in silence."""
    named = {os.path.normpath(clip.path) for clip in clips}
    try:
        lost = [path for path in audio_files(folder) if os.path.normpath(path) not in named]
    except RequestError:  # there is none at all: the labels alone are here
        return ()
    if not lost:
        return ()
    count = "1 recording lies here and stands" if len(lost) == 1 else f"{len(lost):,} recordings lie here and stand"
    return (f"{count} in no row of the manifest ({lost[0].relative_to(folder).as_posix()} the first).",)


def _toml_of(place: Path) -> Path:
    """The TOML file that a person meant.

    Raises
    ------
    RequestError
        If there is none, or there are several.
    """
    if place.is_dir():
        found = sorted(place.glob("*.toml"))
        if len(found) == 1:
            return found[0]
        names = ", ".join(path.name for path in found)
        raise RequestError(
            f"The folder {str(place)!r} holds {f'{len(found)} TOML files ({names})' if found else 'no TOML file'}. Expected is "
            "one that names the manifest and the targets. Give the path of the file: `--corpora folder=PATH`."
        )
    if not place.is_file():
        raise RequestError(
            f"{str(place)!r} does not exist. Expected is a TOML file that names the manifest and the targets, or its folder. "
            "Give that."
        )
    if place.suffix.lower() != ".toml":
        raise RequestError(
            f"{str(place)!r} is no TOML file. Expected are a few lines that name the table of clips and its targets. Write "
            f'one beside it, with name = "...", manifest = "{place.name}" and a [targets.NAME] table, and give that.'
        )
    return place


def _required(said: Declaration) -> tuple[str, ...]:
    """The columns that the manifest must have, whatever its targets: no speaker where they are unknown, but a split."""
    return REQUIRED if said.speakers == "known" else ("id", "path", "split")


def _column_problems(manifest: Manifest, said: Declaration) -> list[str]:
    """What is wrong with the header."""
    have = manifest.columns
    problems = []
    if "" in have:
        problems.append("header: a column has no name; name it or take it out (pandas: index=False)")
    why = "every manifest needs" if said.speakers == "known" else 'speakers = "unknown" needs'
    wanted = dict.fromkeys(_required(said), f"which {why}")
    wanted |= dict.fromkeys(said.confidence, "which confidence names")
    wanted |= {column: f"which targets.{name} names" for name, column in said.columns.items()}
    for column, why in wanted.items():
        if column not in have:
            same = [name for name in have if name.lower() == column.lower()]
            close = same or difflib.get_close_matches(column, have, n=1, cutoff=0.5)
            hint = f"; is it {close[0]!r}?" if close else f"; there are {', '.join(have)}"
            problems.append(f"header: there is no column {column!r}, {why}{hint}")
    taken = {*REQUIRED, *OPTIONAL, *said.columns.values()}
    problems += [
        f"header: the column {column!r}, which confidence names, has another use already; take it out of confidence"
        for column in said.confidence
        if column in taken
    ]
    unused = [column for column in have if column not in {*REQUIRED, *OPTIONAL, *wanted}]
    return problems + _speaker_problems(have, said) + _misnamed(unused, [name for name in OPTIONAL if name not in have])


def _speaker_problems(have: Sequence[str], said: Declaration) -> list[str]:
    """Columns that say who talks, where the TOML says that nobody knows."""
    if said.speakers == "known":
        return []
    return [
        f'header: the column {column!r} says who talks, and the TOML says speakers = "unknown"; take one of the two out'
        for column in have
        if difflib.get_close_matches(column.lower(), ["speaker"], cutoff=ALIKE)
    ]


def _advice(column: str, meant: str) -> str:
    if meant in BOUNDS.values() and re.search(rf"{OTHER_UNIT}$", column.lower()):
        return f"turn it into seconds and rename it to {meant!r}"
    return f"rename it to {meant!r}"


def _misnamed(columns: Sequence[str], missing: Sequence[str]) -> list[str]:
    """Columns without a use whose name is almost that of an optional one, or another usual one for a bound of the clip."""
    alike = {column: difflib.get_close_matches(column.lower(), missing, n=1, cutoff=ALIKE) for column in columns}
    bounds = {column: match for column in columns if (match := BOUND.fullmatch(column.lower()))}
    found = {BOUNDS.get(match[1], match[1]) for match in bounds.values()} | ({"start_s", "end_s"} - set(missing))
    for column, match in bounds.items():
        meant = BOUNDS.get(match[1], "")
        # Of "onset" and the like alone, nobody can say that it is a time in the recording.
        if meant in missing and (match[2] or found - {meant}):
            alike[column] = [meant]
    return [
        f"header: the column {column!r} would not be used; {_advice(column, close[0])}, or to something else"
        for column, close in alike.items()
        if close
    ]
