"""The examination of a file of plug-ins, in processes of their own: nothing of it runs in the process that asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.base.error import BenchError, RequestError
from bench.runs.chamber import Answered, Limits, ask
from bench.runs.witness import Introduced

ASKED = "bench.runs.examinee"
BROKEN = {
    "did not": "A run would stand still there, and nothing else was asked.",
    "crashed": "A run would lose its worker there, and nothing else was asked.",
    "ended": "A run would lose its worker there, and nothing else was asked. Raise an exception instead.",
    "took": "A run would be killed there, and nothing else was asked.",
    "printed": "A run would drown in it, and nothing else was asked. Print nothing.",
}


@dataclass
class Examined:
    """A plug-in of a file, or the file itself, and what was found.

    Attributes
    ----------
    name : str
    kind : str
        ``corpus``, ``feature set``, ``model``; "" for the file itself.
    faults : list of str
    """

    name: str
    kind: str
    faults: list[str] = field(default_factory=list)


def examine(file: Path, others: Sequence[Path], limits: Limits) -> list[Examined]:
    """Try everything that a file defines, a process after another where one breaks off.

    Parameters
    ----------
    file : Path
    others : sequence of Path
        Files that it needs.
    limits : Limits

    Returns
    -------
    list of Examined
        The plug-ins in their order; before them the file itself, if it has faults of its own.

    Raises
    ------
    RequestError
        If the file cannot be imported, or defines no plug-in.
    """
    examination = _Examination(Examined(file.name, ""))
    files = [str(one.resolve()) for one in (*others, file)]
    while not examination.over:
        question = {"files": files, "start": len(examination.found)}
        examination.take(ask((ASKED, "respond"), question, limits))
    return [*([examination.whole] if examination.whole.faults else []), *examination.found]


@dataclass
class _Examination:
    """What was found until now.

    Attributes
    ----------
    whole : Examined
        The file itself.
    found : list of Examined
        The plug-ins that were reached.
    over : bool
        Whether there is nothing left to ask.
    names : list of tuple of str
        Name and kind of all that the file defines, as far as it could be imported.
    """

    whole: Examined
    found: list[Examined] = field(default_factory=list)
    over: bool = False
    names: list[tuple[str, str]] = field(default_factory=list)

    def take(self, answered: Answered) -> None:
        """Take up what one process answered.

        Raises
        ------
        RequestError
            If it says that the request is wrong.
        BenchError
            If it broke off before it asked anything.
        """
        current, asked = self.whole, ""
        for line in answered.lines:
            if "refused" in line:
                raise RequestError(line["refused"])
            self.names = line.get("plugins", self.names)
            asked = line.get("asked", asked)
            if "plugin" in line:
                current = Examined(*self.names[line["plugin"]])
                self.found.append(current)
            if "fault" in line and line["fault"] not in current.faults:
                current.faults.append(line["fault"])
        if answered.broken:
            current.faults.append(broken_off(asked, answered.broken))
        self.over = not answered.broken or len(self.found) >= len(self.names)


def broken_off(asked: str, broken: str) -> str:
    """The sentence for a process that broke off.

    Raises
    ------
    BenchError
        If it did before it was asked anything, which is no fault of a plug-in's.
    """
    if not asked:
        raise BenchError(f"The process that tries plug-ins {broken} before it began. Try again, with less going on beside it.")
    advice = next(text for start, text in BROKEN.items() if broken.startswith(start))
    return f"{asked}, it {broken}. {advice}"


def introduce(spelled: str, folder: Path | None, files: Sequence[Path], limits: Limits) -> tuple[Introduced | None, list[str]]:
    """Ask another process which reader reads a corpus.

    Parameters
    ----------
    spelled : str
        As in `bench.runs.source.read_corpus`.
    folder : Path or None
    files : sequence of Path
        Plug-in files.
    limits : Limits

    Returns
    -------
    tuple of (Introduced or None, list of str)
        The reader, and what is wrong with the files; None where they cannot be imported.

    Raises
    ------
    RequestError
        If a file cannot be imported, or nobody knows such a corpus.
    """
    question = {
        "spelled": spelled,
        "folder": None if folder is None else str(folder),
        "files": [str(f.resolve()) for f in files],
    }
    answered = ask((ASKED, "respond_reader"), question, limits)
    examination = _Examination(Examined(spelled, ""))
    examination.take(answered)
    reader = next((Introduced(**line["reader"]) for line in answered.lines if "reader" in line), None)
    return reader, examination.whole.faults
