"""The check of a stranger's plug-in: what `fatigue-bench check FILE` and `fatigue-bench check NAME=PATH` say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import RequestError
from bench.base.plugin import Plugin
from bench.corpora.corpus import Form
from bench.corpora.reader import CorpusReader
from bench.features.feature_set import FeatureSet
from bench.metrics.answer import Answers
from bench.models.recipe import ModelRecipe
from bench.runs.conformance import feature_set_faults
from bench.runs.plugin import add_plugins


@dataclass(frozen=True)
class Checked:
    """One plug-in, and what is wrong with it (empty: nothing was found).

    Attributes
    ----------
    name : str
    faults : tuple of str
    untried : str
        Why it was not tried, and what to do; "" where it was.
    """

    name: str
    faults: tuple[str, ...]
    untried: str = ""


def check(text: str, plugin: Sequence[Path] = (), cache: Path = Path("features_cache")) -> tuple[Checked, ...]:
    """Check a file of plug-ins, or a corpus.

    Parameters
    ----------
    text : str
        A Python file; or ``NAME=PATH``, where a corpus lies, as ``--corpora`` is given it; or the name of a corpus that makes
        itself.
    plugin : sequence of Path
        Files of the user's own that are needed.
    cache : Path
        Where corpora are unpacked.

    Returns
    -------
    tuple of Checked

    Raises
    ------
    RequestError
        If the file or the name is wrong.
    """
    if text.endswith(".py") or Path(text).is_file():
        add_plugins(plugin)
        return check_file(Path(text))
    return (check_corpus(text, plugin, cache),)


def check_corpus(text: str, plugin: Sequence[Path], cache: Path) -> Checked:
    """Check the reader of a corpus on its folder; see `check`."""
    from bench.runs.corpus_conformance import corpus_faults
    from bench.runs.look import corpus_place
    from bench.runs.source import reader_of

    add_plugins(plugin)
    if Path(text).is_dir():
        raise RequestError(f"{text!r} is a folder. Expected is whose it is, too: `fatigue-bench check NAME={text}`.")
    spelled, folder = corpus_place(text)
    reader = reader_of(spelled, folder)[1]
    if folder is None and not reader.makes_itself:
        raise RequestError(f"The corpus {spelled!r} is tried on its folder. Give it: `fatigue-bench check {spelled}=PATH`.")
    return Checked(spelled, tuple(corpus_faults(reader, folder, cache, plugin)))


def check_file(file: Path) -> tuple[Checked, ...]:
    """Check every plug-in that a file defines.

    Parameters
    ----------
    file : Path

    Returns
    -------
    tuple of Checked

    Raises
    ------
    RequestError
        If the file is missing, cannot be imported, or defines none.
    """
    return tuple(_checked(kind, file) for kind in add_plugins([file]))


def _checked(kind: type[Plugin], file: Path) -> Checked:
    name = _name(kind)
    if issubclass(kind, CorpusReader):
        return Checked(name, (), f"say where its corpus lies: `fatigue-bench check {name}=PATH --plugin {file}`")
    return Checked(name, tuple(_faults(kind, file)))


def _name(kind: type[Plugin]) -> str:
    return str(getattr(kind, "name", kind.__name__))


def _faults(kind: type[Plugin], file: Path) -> list[str]:
    try:
        made = kind()
    except TypeError as error:
        return [f"It cannot be made without parameters ({error}). Give every field a default."]
    if isinstance(made, FeatureSet):
        return feature_set_faults(made, (file,))
    if isinstance(made, ModelRecipe):
        return model_faults(made)
    return []


def model_faults(recipe: ModelRecipe) -> list[str]:
    """Try a model: it must learn a planted signal, be at chance on shuffled labels, and repeat itself.

    Returns
    -------
    list of str
        A sentence a fault; empty if none was found.
    """
    rng = np.random.default_rng(0)
    X = rng.standard_normal((240, 8)).astype(np.float32)
    signal = X[:, 0] + 0.5 * X[:, 1]
    truth = {"score": signal.astype(float), "level": np.digitize(signal, np.quantile(signal, [1 / 3, 2 / 3]))}
    return [f"In the {form} form {fault}" for form in recipe.solves for fault in _form_faults(recipe, form, X, truth[form])]


def _form_faults(recipe: ModelRecipe, form: Form, X: npt.NDArray[np.float32], y: npt.NDArray[Any]) -> Iterator[str]:
    """The first 160 of 240 clips are trained on, twice with their labels and once with shuffled ones."""
    from bench.runs.tuning import Problem, fit_predict

    n_levels = 3 if form == "level" else 0
    speakers = np.repeat([f"s{n}" for n in range(12)], 20)
    guesses = {}
    for name, labels in (("planted", y), ("again", y), ("shuffled", np.random.default_rng(1).permutation(y))):
        problem = Problem(form, n_levels, X[:160], labels[:160], speakers[:160])
        try:
            guess = np.asarray(fit_predict(recipe, recipe.default(form), problem, X[160:], 0)[0], dtype=float)
            guesses[name] = Answers.of(y[160:], guess, speakers[160:], n_levels).guess
        except Exception as error:  # noqa: BLE001  # whatever a stranger's code raises is the fault to be told
            yield f"it raised {type(error).__name__}: {error}"
            return
    if not np.array_equal(guesses["planted"], guesses["again"]):
        yield "two fits with the same seed differ. Use the seed that `build` is given."
    if _agreement(guesses["planted"], y[160:]) < 0.3:
        yield "it does not learn a planted signal of 160 clips."
    if _agreement(guesses["shuffled"], y[160:]) > 0.4:
        yield "it is above chance on shuffled labels, so it sees what it must not."


def _agreement(guess: npt.NDArray[Any], truth: npt.NDArray[Any]) -> float:
    return 0.0 if guess.std() == 0 else float(np.corrcoef(guess, truth)[0, 1])
