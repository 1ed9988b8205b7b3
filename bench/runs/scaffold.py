"""The scaffold: the first file of somebody's own plug-in, and a test for it; both work as they are written."""

from __future__ import annotations

import importlib.util
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from bench.base.durable import unwritable
from bench.base.error import RequestError, unknown_name
from bench.base.registry import Registry
from bench.corpora.reader import READERS
from bench.features.feature_set import FEATURE_SETS
from bench.models.recipe import MODELS

NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@dataclass(frozen=True)
class Kind:
    """A kind of plug-in.

    Attributes
    ----------
    registry : Registry
    ending : str
        Of the names of its classes.
    """

    registry: Registry[Any]
    ending: str


KINDS: Mapping[str, Kind] = {
    "corpus": Kind(READERS, "Corpus"),
    "feature-set": Kind(FEATURE_SETS, "Features"),
    "model": Kind(MODELS, "Model"),
}


@dataclass(frozen=True)
class Scaffold:
    """What was written.

    Attributes
    ----------
    kind, name : str
    file, test : Path
        The plug-in and its test, from the folder of the user on.
    group, target : str
        How a package publishes it: the group of its entry points, and what the entry point names.
    """

    kind: str
    name: str
    file: Path
    test: Path
    group: str
    target: str


def scaffold(kind: str, name: str, folder: Path = Path()) -> Scaffold:
    """Write a plug-in and a test for it.

    Parameters
    ----------
    kind : {'corpus', 'feature-set', 'model'}
    name : str
        Lower-case letters, digits, ``-`` and ``_``; the file is called like it, with ``_`` for ``-``.
    folder : Path
        Where they are written; it must be there.

    Returns
    -------
    Scaffold

    Raises
    ------
    RequestError
        If the kind is unknown, the name cannot be used, is reserved or is taken, or a file of that name is there already.
    BenchError
        If the folder cannot be written to.

    Examples
    --------
    >>> scaffold("feature-set", "egemaps")
    Traceback (most recent call last):
    bench.base.error.RequestError: A feature set called 'egemaps' exists already. Names must be unique. Give yours another name.
    """
    if kind not in KINDS:
        raise unknown_name("kind of plug-in", kind, KINDS)
    stem = _stem(kind, name)
    made = KINDS[kind]
    words = {"name": name, "stem": stem, "kind": "".join(part.title() for part in stem.split("_")) + made.ending}
    wanted = {folder / f"{stem}.py": f"{kind}.py.txt", folder / f"test_{stem}.py": f"{kind}-test.py.txt"}
    for path in wanted:
        if path.exists() or path.is_symlink():
            raise RequestError(f"{str(path)!r} exists already, and nothing is overwritten. Give another name, or move it away.")
    if importlib.util.find_spec(stem) is not None:
        raise RequestError(f"Python knows a module called {stem!r} already, and would confuse the two. Give another name.")
    for path, template in wanted.items():
        text = files("bench.runs").joinpath("templates", template).read_text(encoding="utf-8")
        try:
            with path.open("x", encoding="utf-8") as opened:
                opened.write(Template(text).substitute(words))
        except OSError as error:
            raise unwritable(error, path) from error
    file, test = wanted
    return Scaffold(kind, name, file, test, made.registry.group, f"your_package.{stem}:{words['kind']}")


def _stem(kind: str, name: str) -> str:
    """What the file is called, without its ending."""
    stem = name.replace("-", "_")
    if not NAME.fullmatch(name) or keyword.iskeyword(stem) or stem.startswith("test_"):
        raise RequestError(
            f"{name!r} cannot be the name of a file and of what is in it. Expected are lower-case letters, digits, '-' and "
            "'_', a letter first, as in night-shift, and no word of Python's. Give another name."
        )
    registry = KINDS[kind].registry
    registry.check_free(name)
    if name in registry.names():
        raise RequestError(f"A {registry.noun} called {name!r} exists already. Names must be unique. Give yours another name.")
    return stem
