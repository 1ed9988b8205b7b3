"""``table``: features that somebody has made elsewhere, looked up by clip instead of extracted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, RequestError
from bench.base.identity import digest
from bench.corpora.corpus import Clip, Label
from bench.decoders.waveform import Waveform
from bench.features.checkpoint import bytes_digest
from bench.features.feature_set import ABSENT, FeatureSet, LookedUp, Partial, Unheard, Values

if TYPE_CHECKING:
    from bench.features.spreadsheet import Spreadsheet


class Table(FeatureSet):
    """Features made elsewhere: a row a clip of a CSV, TSV or Parquet file, joined by the clip's id or its file.

    A clip without a row, and an empty cell, is a missing value. The recordings themselves are not heard, so it has nothing to
    say of a new one.

    Attributes
    ----------
    path : str
        The file; taken from the folder in which the program runs.
    id : str
        The column that holds the ids of clips; ``clip_id`` or ``clip`` if not given.
    file : str
        The column that holds the files of clips, instead of their ids.
    only, leave : str
        Which of the other columns are features, and which are not: shell patterns separated by ``|``.

    Examples
    --------
    >>> str(Table(path="feats.csv", file="file", leave="start|end"))
    'table[path=feats.csv,file=file,leave=start|end]'
    """

    name = "table"
    version = "1"

    path: str = ""
    id: str = ""
    file: str = ""
    only: str = "*"
    leave: str = ""

    def __post_init__(self) -> None:
        if not self.path:
            raise RequestError("The feature set 'table' needs a file. Write it as table[path=feats.csv].")
        if self.id and self.file:
            raise RequestError(
                f"{str(self)!r} asks to be joined by id and by file. Expected is one of both. Leave out `id` or `file`."
            )

    def _sheet(self) -> Spreadsheet:
        from bench.features.spreadsheet import Choice, read_spreadsheet

        return read_spreadsheet(Path(self.path).expanduser(), Choice(self.id or self.file, self.only, self.leave))

    @property
    def cost(self) -> float:
        """Nothing is computed."""
        return 0.0

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are features."""
        return self._sheet().columns

    def ingredients(self) -> dict[str, str]:
        """The hash of the file's bytes."""
        self._sheet()  # says in a sentence what is wrong with the file
        return {"file": bytes_digest(Path(self.path).expanduser())}

    @property
    def identity(self) -> str:
        """Hash of name, version, the file's bytes and what is chosen of it; the same wherever the file lies."""
        chosen = {key: value for key, value in self.parameters().items() if key != "path"}
        return digest([self.name, self.version, chosen, self.ingredients()])

    def look_up(self, clips: Sequence[Clip]) -> LookedUp:
        """The rows of clips; see ``FeatureSet.look_up``.

        Raises
        ------
        RequestError
            If the file cannot be read or joined, or a column of it is a label.
        BenchError
            If none of its rows belongs to one of these clips; there may be other corpora.
        """
        from bench.features.join import by_file, by_id, strangers

        sheet = self._sheet()
        joined = (by_file if self.file else by_id)(sheet.rows, clips)
        if not joined:
            folders = " Where both name folders, these must agree, too." if self.file else ""
            raise BenchError(
                f"None of the {len(sheet.rows)} rows of {self.path!r} belongs to one of the {len(clips)} clips: it has "
                f"{sheet.rows[0]!r}, and the corpus has {_first(clips, self.file)!r}. Name the right column: [id=COLUMN] for "
                f"the ids of clips, [file=COLUMN] for their files.{folders}"
            )
        self._refuse_labels(sheet, joined, clips)
        keys = {clip.id: digest(sheet.rows[joined[clip.id]]) if clip.id in joined else ABSENT for clip in clips}
        found: dict[str, Values | Partial | str] = {keys[clip_id]: self._row(sheet, row) for clip_id, row in joined.items()}
        if ABSENT in keys.values():
            found[ABSENT] = f"{self.path} has no row for it"
        return LookedUp(keys, found, strangers(sheet.rows, joined))

    def _row(self, sheet: Spreadsheet, row: int) -> Values | Partial:
        values: Values = sheet.values[row].astype(np.float32)
        empty = np.isnan(values)
        if not empty.any():
            return values
        missing = tuple(name for name, gone in zip(sheet.columns, empty, strict=True) if gone)
        return Partial(np.where(empty, np.float32(0), values), missing, f"empty cells in {self.path}")

    def _refuse_labels(self, sheet: Spreadsheet, joined: Mapping[str, int], clips: Sequence[Clip]) -> None:
        """Refuse a column that tells the label of every clip: a model would be given the answer."""
        own = [clip for clip in clips if clip.id in joined]
        for target in sorted({name for clip in own for name in clip.labels}):
            labelled = [clip for clip in own if target in clip.labels]
            values = sheet.values[[joined[clip.id] for clip in labelled]]
            telling = np.flatnonzero(tells(values, [clip.labels[target] for clip in labelled]))
            if len(telling):
                name = sheet.columns[telling[0]]
                raise RequestError(
                    f"The column {name!r} of {self.path!r} is the label {target!r} in other words: in each of {len(labelled)} "
                    f"clips the one tells the other. A model would be given the answer. Leave it out: [leave={name}]."
                )

    def extract(self, wave: Waveform) -> Values | Partial:
        """Nothing can be extracted.

        Raises
        ------
        Unheard
            Always.
        """
        raise Unheard(
            f"{self} holds features that were made elsewhere, and so has none of a new recording. "
            "Choose a feature set that is extracted from sound."
        )


def tells(values: npt.NDArray[np.float64], labels: Sequence[Label]) -> npt.NDArray[np.bool_]:
    """Which columns are a label in other words: one value a label, each another, or a straight line of the scores.

    Parameters
    ----------
    values : float64 array, shape (n_clips, n_columns)
        Each column is judged on the clips of which it has a finite value: at least 4, and at least half of them, or it tells
        nothing.
    labels : sequence of float or str

    Returns
    -------
    bool array, shape (n_columns,)
        False where most of these labels occur once, unless they are scores; and where there is only one.

    Examples
    --------
    >>> values = np.array([[1, 3, 0.2], [1, 3, 0.5], [2, 3, 0.2], [2, 3, 0.7]])
    >>> tells(values, ["alert", "alert", "tired", "tired"]).tolist()
    [True, False, False]
    """
    found, known, own = np.zeros(values.shape[1], dtype=np.bool_), np.isfinite(values), np.array(labels)
    alike: dict[bytes, list[int]] = defaultdict(list)  # most columns lack a value of the same clips: these are judged at once
    for column in range(values.shape[1]):
        alike[known[:, column].tobytes()].append(column)
    for columns in alike.values():
        rows = np.flatnonzero(known[:, columns[0]])
        if len(rows) >= max(4, len(labels) / 2):
            found[columns] = _tells(values[np.ix_(rows, np.array(columns))], own[rows])
    return found


def _tells(values: npt.NDArray[np.float64], labels: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """The same of columns without a gap."""
    names, groups = np.unique(labels, return_inverse=True)
    found = np.zeros(values.shape[1], dtype=np.bool_)
    if len(names) < 2:
        return found
    if len(names) <= len(labels) / 2:
        order = np.argsort(groups, kind="stable")
        starts = np.searchsorted(groups[order], np.arange(len(names)))
        low = np.minimum.reduceat(values[order], starts, axis=0)
        constant = (low == np.maximum.reduceat(values[order], starts, axis=0)).all(axis=0)
        for column in np.flatnonzero(constant):
            found[column] = len(np.unique(low[:, column])) == len(names)
    if labels.dtype.kind == "f":
        deviation, spread = labels - labels.mean(), values - values.mean(axis=0)
        product = deviation @ spread
        found |= product**2 > (1 - 1e-12) * (deviation @ deviation) * (spread**2).sum(axis=0)
    return found


def _first(clips: Sequence[Clip], file: str) -> str:
    return "nothing" if not clips else "/".join(clips[0].path.parts[-2:]) if file else clips[0].id
