"""The examinee: the process in which a file of plug-ins is tried. It says what it asks next, and each fault as it is found."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.base.error import RequestError
from bench.base.plugin import Plugin
from bench.features.feature_set import FeatureSet
from bench.models.recipe import ModelRecipe
from bench.runs.chamber import Respondent
from bench.runs.conformance import feature_set_trials
from bench.runs.lookout import Deed, Lookout
from bench.runs.model_conformance import model_trials
from bench.runs.plugin import REGISTRIES, add_plugins
from bench.runs.source import reader_of
from bench.runs.trial import Trial, told

IMPORTED = "While it was imported"
MADE = "Made without parameters"
ENDING = "Asked to come to its end"
BESIDE = {
    "wrote": "it wrote {}; several processes extract and fit at once and would meet there. Give values back and write nothing.",
    "hid": "it wrote {} through a library; several processes extract and fit at once and would meet there. Write nothing.",
    "removed": "it removed or moved {}; what is there belongs to somebody else. Leave it.",
    "started": "it started a process ({}), which outlives a run that is killed and is not on every machine. Start none.",
    "connected": "it opened a network connection ({}); the answer may be another tomorrow, or none. Fetch beforehand.",
    "printed": "it printed {}, which stands among the results for whoever reads them through a pipe. Print nothing.",
}


def respond(respondent: Respondent) -> None:
    """What the other process does: import the files, and try what the last one defines."""
    files = [Path(file) for file in respondent.question["files"]]
    beside = _Beside(respondent, files)
    kinds = _imported(respondent, beside, files)
    if kinds is None:
        return
    respondent.say(plugins=[(_name(kind), _noun(kind)) for kind in kinds])
    start = respondent.question["start"]
    for number, kind in enumerate(kinds[start:], start):
        respondent.say(plugin=number)
        beside.begin(MADE)
        try:
            with beside.lookout.watching():
                made = kind()
        except Exception as error:  # noqa: BLE001  # whatever a stranger's code raises is the fault to be told
            respondent.say(fault=f"It cannot be made without parameters ({error}). Give every field a default.")
            continue
        respondent.say(ours=True)
        _tried(respondent, beside, _trials(made, files))
    respondent.say(asked=ENDING)
    respondent.end()


def _tried(respondent: Respondent, beside: _Beside, trials: Sequence[Trial]) -> None:
    """Try one after the other, and say what is found."""
    known: set[str] = set()
    for trial in trials:
        beside.ask(trial.what, ours=trial.ours)
        with contextlib.nullcontext() if trial.ours else beside.lookout.watching():
            faults = told(trial, known)
        for fault in faults:
            respondent.say(fault=fault)
        if faults and trial.stops:
            return


def respond_reader(respondent: Respondent) -> None:
    """What the other process does: import the files, and make the reader."""
    files = [Path(file) for file in respondent.question["files"]]
    beside = _Beside(respondent, files)
    if _imported(respondent, beside, files) is None:
        return
    folder = respondent.question["folder"]
    beside.ask("Asked for its reader")
    try:
        with beside.lookout.watching():
            made = reader_of(respondent.question["spelled"], None if folder is None else Path(folder))[1]
            known = {name: getattr(made, name) for name in ("name", "version", "identity", "makes_itself")}
            respondent.say(reader={"spelled": str(made), **known})
    except RequestError as error:
        respondent.say(refused=str(error))
    respondent.say(asked=ENDING)
    respondent.end()


class _Beside:
    """Tells what was done beside answering, each kind of it once."""

    def __init__(self, respondent: Respondent, files: Sequence[Path]) -> None:
        self.respondent, self.known, self.asked = respondent, set[str](), ""
        self.lookout = Lookout(self.note, files)
        sys.addaudithook(self.lookout)

    def begin(self, what: str) -> None:
        """Ask another plug-in for its first answer."""
        self.known = set()
        self.ask(what)

    def ask(self, what: str, *, ours: bool = False) -> None:
        """Say what is asked next; ours has more time."""
        self.asked = what
        self.respondent.say(asked=what, ours=ours)

    def note(self, deed: Deed) -> None:
        """Take notice of a deed."""
        if deed.kind in BESIDE and deed.kind not in self.known and not deed.innocent:
            self.known.add(deed.kind)
            self.respondent.say(
                fault=f"{self.asked}, {BESIDE[deed.kind].format(deed.what if deed.kind == 'hid' else repr(deed.what))}"
            )


def _imported(respondent: Respondent, beside: _Beside, files: Sequence[Path]) -> list[type[Plugin]] | None:
    """What the last file defines; None where it cannot be imported."""
    beside.begin(IMPORTED)
    try:
        with beside.lookout.watching():
            add_plugins(files[:-1])
            return add_plugins(files[-1:])
    except RequestError as error:
        respondent.say(refused=str(error))
    respondent.end()
    return None


def _trials(made: Plugin, files: Sequence[Path]) -> list[Trial]:
    """What it is tried on."""
    if isinstance(made, FeatureSet):
        return feature_set_trials(made, tuple(files))
    if isinstance(made, ModelRecipe):
        import sklearn.base  # noqa: F401  # takes its seconds, and is not the model's

        return model_trials(made, files)
    return []


def _name(kind: type[Plugin]) -> str:
    return str(getattr(kind, "name", kind.__name__))


def _noun(kind: type[Plugin]) -> str:
    return next(registry.noun for registry in REGISTRIES if issubclass(kind, registry.kind))
