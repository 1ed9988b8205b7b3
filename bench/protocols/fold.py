"""Folds: who is trained on and who is tested, as data that can be written down, hashed and given to others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.base.identity import digest

FORMAT = 1


@dataclass(frozen=True)
class Fold:
    """One split of the clips of a task.

    Attributes
    ----------
    name : str
        For people: the speaker, session or number that is held out.
    train, test : tuple of str
        Clip ids; neither is empty, and no id stands twice. That no speaker stands on both sides is the audit's to say.
    devel : tuple of str
        Those of the training side on which hyper-parameters are chosen, as its publisher says; the model is then fitted on the
        whole side. Empty where inner folds choose.
    """

    name: str
    train: tuple[str, ...]
    test: tuple[str, ...]
    devel: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for side, ids in (("train", self.train), ("test", self.test)):
            if not ids:
                raise RequestError(f"Fold {self.name!r} has no {side} clip. Expected is at least one. Use another splitter.")
        twice = _twice([*self.train, *self.test])
        if twice:
            raise RequestError(
                f"Fold {self.name!r} holds {_some(twice)} more than once. A clip stands on one side, once. Correct the lists."
            )
        wrong = [*_twice(self.devel), *(clip for clip in self.devel if clip not in set(self.train))]
        if wrong or (self.devel and len(self.devel) == len(self.train)):
            raise RequestError(
                f"Fold {self.name!r} names {len(self.devel)} devel clips and {len(self.train)} train clips"
                + (f", and {_some(wrong)} is not among the latter once" if wrong else "")
                + ". Devel clips are a part of the training side. Correct the lists."
            )


def check_folds(folds: Sequence[Fold]) -> None:
    """Make sure that folds can serve a task: there is one, names differ, and no clip is tested twice.

    Raises
    ------
    RequestError
        If not.
    """
    if not folds:
        raise RequestError("The list of folds is empty. Expected is at least one fold with train and test clips.")
    names = _twice([fold.name for fold in folds])
    if names:
        raise RequestError(f"Several folds are called {_some(names)}. Names must differ. Rename them.")
    clips = _twice([clip for fold in folds for clip in fold.test])
    if clips:
        raise RequestError(
            f"{_some(clips)} is tested in several folds. A clip is predicted once. Give each clip to one test side."
        )


def folds_hash(folds: Sequence[Fold]) -> str:
    """Hash what is held out, whatever the order of the folds and of the ids in them, and whatever their names.

    Returns
    -------
    str
        20 hexadecimal characters.

    Examples
    --------
    >>> one = Fold("1", ("a", "b"), ("c",))
    >>> folds_hash([one]) == folds_hash([Fold("first", ("b", "a"), ("c",))])
    True
    """
    return digest(
        sorted([sorted(fold.train), sorted(fold.test), *([sorted(fold.devel)] if fold.devel else [])] for fold in folds)
    )


def folds_as_json(folds: Sequence[Fold]) -> dict[str, Any]:
    """Write folds as a JSON object: ``{"format": 1, "hash": ..., "folds": [{"name", "train", "test"}, ...]}``.

    A fold whose hyper-parameters are chosen on a part of its training side has ``"devel"``, too.
    """
    listed = [
        {"name": fold.name, "train": list(fold.train), "test": list(fold.test)}
        | ({"devel": list(fold.devel)} if fold.devel else {})
        for fold in folds
    ]
    return {"format": FORMAT, "hash": folds_hash(folds), "folds": listed}


def folds_from_json(value: Any) -> tuple[Fold, ...]:
    """Read what ``folds_as_json`` writes. Keys beside these are left alone; the hash may be missing, but not wrong.

    Raises
    ------
    RequestError
        If the value is of another form, the hash is not that of the lists, or the folds cannot serve.

    Examples
    --------
    >>> folds = (Fold("1", ("a", "b"), ("c",)), Fold("2", ("c",), ("a", "b")))
    >>> folds_from_json(folds_as_json(folds)) == folds
    True
    """
    if not isinstance(value, dict) or not isinstance(value.get("folds"), list) or value.get("format", FORMAT) != FORMAT:
        raise RequestError(
            f'This is no list of folds of format {FORMAT}. Expected is {{"format": {FORMAT}, "folds": [{{"name": ..., '
            '"train": [...], "test": [...]}]}. `fatigue-bench folds` writes one.'
        )
    folds = tuple(_fold(number, entry) for number, entry in enumerate(value["folds"], start=1))
    check_folds(folds)
    if value.get("hash", folds_hash(folds)) != folds_hash(folds):
        raise RequestError(
            f"The folds were changed after they were written: their hash is {folds_hash(folds)}, and {value['hash']} stands "
            "beside them. Restore the file, or take the hash out if the change was meant."
        )
    return folds


def read_folds(path: Path) -> tuple[Fold, ...]:
    """Read folds from a JSON file.

    Raises
    ------
    RequestError
        If the file cannot be read, or is no list of folds.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RequestError(
            f"The fold file {str(path)!r} cannot be read ({error}). Give a file that `fatigue-bench folds` wrote."
        ) from error
    try:
        return folds_from_json(value)
    except RequestError as error:
        raise RequestError(f"The fold file {str(path)!r} cannot be used. {error}") from None


def _fold(number: int, entry: Any) -> Fold:
    if isinstance(entry, dict) and isinstance(entry.get("name"), str):
        sides = [entry.get("train"), entry.get("test"), entry.get("devel", [])]
        if all(isinstance(side, list) and all(isinstance(clip, str) for clip in side) for side in sides):
            return Fold(entry["name"], *(tuple(side) for side in sides))
    raise RequestError(f"Entry {number} of the folds has not the form of a fold. Expected are a name, and train and test ids.")


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, n in Counter(values).items() if n > 1]


def _some(values: Sequence[str]) -> str:
    """The first three of the values, and how many more there are."""
    more = f" and {len(values) - 3} more" if len(values) > 3 else ""
    return ", ".join(repr(value) for value in values[:3]) + more
