"""The check of a stranger's plug-in: what `fatigue-bench check FILE` and `fatigue-bench check NAME=PATH` say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.base.error import RequestError
from bench.runs.chamber import Limits
from bench.runs.corpus_conformance import LIMIT_S, corpus_faults
from bench.runs.examination import Examined, examine, introduce
from bench.runs.look import corpus_place

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Checked:
    """One plug-in, and what is wrong with it (empty: nothing was found).

    Attributes
    ----------
    name : str
        Of the plug-in; of the file, where something is wrong with the file itself.
    faults : tuple of str
    untried : str
        Why it was not tried, and what to do; "" where it was.
    """

    name: str
    faults: tuple[str, ...]
    untried: str = ""


def check(
    what: str | Path,
    plugin: Sequence[Path | str] = (),
    cache: Path | str = Path("features_cache"),
    patience: float | None = None,
) -> tuple[Checked, ...]:
    """Try a file of plug-ins, or a corpus, in processes of their own; none of their code runs in this one.

    Parameters
    ----------
    what : str or Path
        A Python file; or ``NAME=PATH``, where a corpus lies, as ``--corpora`` is given it; or the name of a corpus that makes
        itself.
    plugin : sequence of Path
        Files of the user's own that are needed.
    cache : Path
        Where corpora are unpacked.
    patience : float or None
        Longest time for one answer, in seconds (60 if not given); of a corpus, for all readings (300).

    Returns
    -------
    tuple of Checked

    Raises
    ------
    RequestError
        If the file or the name is wrong.

    Examples
    --------
    >>> check("nowhere.py")
    Traceback (most recent call last):
    bench.base.error.RequestError: The plug-in file 'nowhere.py' does not exist. Give the path of a Python file.
    """
    if patience is not None and not 0 < patience < math.inf:
        raise RequestError(f"`patience` is {patience:g}. Expected is a number of seconds above 0. Correct it.")
    text, files = str(what), [Path(file) for file in plugin]
    for file in files:
        _there(file)
    if text.endswith(".py") or Path(text).is_file():
        return _check_file(Path(text), files, patience or PATIENCE_S)
    return (_check_corpus(text, files, Path(cache), patience),)


def _there(file: Path) -> None:
    if not file.is_file():
        raise RequestError(f"The plug-in file {str(file)!r} does not exist. Give the path of a Python file.")


def _check_corpus(text: str, files: Sequence[Path], cache: Path, patience: float | None) -> Checked:
    if Path(text).is_dir():
        raise RequestError(f"{text!r} is a folder. Expected is whose it is, too: `fatigue-bench check NAME={text}`.")
    spelled, folder = corpus_place(text)
    if folder is not None and not folder.exists():
        raise RequestError(f"The folder {str(folder)!r} of the corpus {spelled!r} does not exist. Correct its path.")
    reader, faults = introduce(spelled, folder, files, Limits(patience or PATIENCE_S))
    if reader is None or faults:
        return Checked(spelled, tuple(faults))
    if folder is None and not reader.makes_itself:
        raise RequestError(f"The corpus {spelled!r} is tried on its folder. Give it: `fatigue-bench check {spelled}=PATH`.")
    return Checked(spelled, tuple(corpus_faults(reader, folder, cache, files, patience or LIMIT_S)))


def _check_file(file: Path, others: Sequence[Path], patience: float) -> tuple[Checked, ...]:
    _there(file)
    return tuple(_checked(one, file) for one in examine(file, others, Limits(patience)))


def _checked(one: Examined, file: Path) -> Checked:
    if one.kind == "corpus" and not one.faults:
        return Checked(one.name, (), f"say where its corpus lies: `fatigue-bench check {one.name}=PATH --plugin {file}`")
    return Checked(one.name, tuple(one.faults))
