"""The registry: names of corpora, feature sets and models, mapped to import strings by entry points.

Our own come in by the same door as a stranger's. Nothing is imported before it is asked for, so that listing names never
loads a heavy library.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Collection, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Generic, TypeVar

from bench.base.error import RequestError, unknown_name
from bench.base.plugin import Plugin
from bench.base.spelling import NAME, Spelling

T = TypeVar("T", bound=Plugin)
OURS = "bench"


class Registry(Generic[T]):
    """The plug-ins of one kind.

    Parameters
    ----------
    kind : type
        The class that every entry is a subclass of.
    group : str
        The entry-point group, as in ``bench.features``.
    noun : str
        What one entry is called in a sentence, as in "feature set".
    reserved : collection of str
        Words that no entry can be called, because brackets behind them are read as something else.
    """

    def __init__(self, kind: type[T], group: str, noun: str, reserved: Collection[str] = ()) -> None:
        self.kind, self.group, self.noun, self.reserved = kind, group, noun, reserved
        self._added: dict[str, type[T]] = {}
        self._loaded: dict[str, type[T]] = {}  # asking every package for its entry points takes 10 ms, and each fold asks

    def names(self) -> list[str]:
        """All names, sorted; imports nothing."""
        return sorted({point.name for point in entry_points(group=self.group)} | set(self._added))

    def source(self, name: str) -> str:
        """The file or package of an entry that is not ours, "" for ours; imports nothing."""
        if name in self._added:
            return str(getattr(sys.modules.get(self._added[name].__module__), "__file__", ""))
        for point in entry_points(group=self.group):
            if point.name == name and point.module.split(".")[0] != OURS:
                return point.dist.name if point.dist else point.value
        return ""

    def get(self, name: str) -> type[T]:
        """The class behind a name.

        Raises
        ------
        RequestError
            If no entry has that name or several have, or it is reserved, or what it names cannot be imported or is not of the
            right kind.
        """
        if name in self._added:
            return self._added[name]
        if name in self._loaded:
            return self._loaded[name]
        self._loaded[name] = found = self._load(name)
        return found

    def _load(self, name: str) -> type[T]:
        points = {point.value: point for point in entry_points(group=self.group) if point.name == name}
        if not points:
            raise unknown_name(self.noun, name, self.names(), f"`fatigue-bench list` shows all {len(self.names())}.")
        self.check_free(name)
        if len(points) > 1:
            raise RequestError(
                f"The {self.noun} {name!r} is declared {len(points)} times: {', '.join(map(_declared, points.values()))}. "
                "Names must be unique. Uninstall all but one of these packages."
            )
        (point,) = points.values()
        try:
            found = point.load()
        except (Exception, SystemExit) as error:  # whatever a stranger's module raises as it is imported
            raise RequestError(
                f"The {self.noun} {name!r} ({_declared(point)}) cannot be imported: {type(error).__name__}: {error}. "
                "Mend or uninstall the package that declares it."
            ) from error
        if not (isinstance(found, type) and issubclass(found, self.kind)):
            raise RequestError(
                f"The entry point {point.value!r} is no {self.noun}. "
                f"Expected is a subclass of bench.{self.kind.__name__}. Correct the package that declares it."
            )
        return found

    def check_free(self, name: str) -> None:
        """Refuse a name that is reserved.

        Raises
        ------
        RequestError
        """
        if name in self.reserved:
            raise RequestError(
                f"A {self.noun} cannot be called {name!r}, because {name}[...] is read as something else, and its parameters "
                f"could never be spelled. Expected is another name than {' and '.join(self.reserved)}. Rename it."
            )

    def make(self, spelling: Spelling) -> T:
        """Build an entry from its spelling (the layer of the spelling is not looked at)."""
        return self.get(spelling.name).from_spelling(spelling)

    def add(self, entry: type[T]) -> None:
        """Add a class of the user's own for this process.

        Raises
        ------
        RequestError
            If it has no name, or one that cannot be spelled, is reserved, or is taken by something else.
        """
        name = getattr(entry, "name", None)
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise RequestError(
                f"The {self.noun} {entry.__name__} has the `name` {name!r}. "
                "Expected are letters, digits, '_', '.' and '-'. Set it on the class."
            )
        self.check_free(name)
        known = {point.name: point.value for point in entry_points(group=self.group)}
        if name in known or _origin(self._added.get(name, entry)) != _origin(entry):
            raise RequestError(
                f"A {self.noun} called {name!r} exists already. Names must be unique. Give yours another `name`."
            )
        self._added[name] = entry


def _declared(point: EntryPoint) -> str:
    return f"{point.value} of the package {point.dist.name}" if point.dist else point.value


def _origin(entry: type[Plugin]) -> tuple[str, str]:
    return entry.__module__, entry.__qualname__


def _shared(one: type[Plugin], found: Sequence[type[Plugin]]) -> bool:
    """Whether a class has no name, and is there for others of its file to inherit from."""
    named = isinstance(getattr(one, "name", None), str)
    return not named and any(other is not one and issubclass(other, one) for other in found)


def classes_in(path: Path, kind: type[Plugin]) -> list[type[Plugin]]:
    """Import a file of the user's own and give the plug-ins it defines.

    A class without a name that others of the file inherit from is none.

    The module is named after the hash of its path, and registered, so that its classes can be sent to other processes.

    Raises
    ------
    RequestError
        If the file is missing, cannot be imported, or defines none.
    """
    if not path.is_file():
        raise RequestError(f"The plug-in file {str(path)!r} does not exist. Give the path of a Python file.")
    name = f"bench_plugin_{path.stem}_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:8]}"
    module = _module(name, path)
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, kind) and value.__module__ == name
    ]
    found = [one for one in found if not _shared(one, found)]
    if not found:
        raise RequestError(
            f"{str(path)!r} defines no plug-in. Expected is a class that inherits from bench.FeatureSet, "
            "bench.CorpusReader or bench.ModelRecipe, or a function below @bench.feature_function. Add one."
        )
    return found


def _module(name: str, path: Path) -> object:
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RequestError(f"{str(path)!r} is not a Python file. Give a file that ends in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise RequestError(
            f"The plug-in file {str(path)!r} cannot be imported: {type(error).__name__}: {error}{_where(error, path)}. "
            "Mend it and try again."
        ) from error
    return module


def _where(error: BaseException, path: Path) -> str:
    """The line of the file that was reached, in brackets; a SyntaxError says it itself."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" (line {lines[-1]})" if lines else ""
