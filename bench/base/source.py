"""Source: the hash of the files that a plug-in is written in, which tells an edit that no version tells."""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path

from bench.base.identity import DIGEST_CHARS
from bench.base.registry import OURS


def source_hash(kind: type, rooms: tuple[str, ...] = ()) -> str:
    """Hash the source files of a class: its own and its parents', and what these import from their own packages.

    Parameters
    ----------
    kind : type
    rooms : tuple of str
        The folders of this package whose files count, as in ``bench.features``; of the others, versions are ours to raise.

    Returns
    -------
    str
        20 hexadecimal characters. Names of folders do not count, so a plug-in may be moved.

    Examples
    --------
    >>> from bench.models.linear import Linear
    >>> source_hash(Linear, ("bench.models",)) == source_hash(Linear)
    False
    """
    files: set[Path] = set()
    for parent in kind.__mro__:
        name = parent.__module__
        own = getattr(sys.modules.get(name), "__file__", None)
        counts = name.startswith(rooms) if name.partition(".")[0] == OURS else True
        if own and own.endswith(".py") and counts:
            _follow(Path(own), name, rooms, files)
    total = hashlib.sha256()
    for path in sorted(files, key=lambda path: (path.name, str(path))):
        total.update(path.read_bytes())
    return total.hexdigest()[:DIGEST_CHARS]


def _follow(path: Path, module: str, rooms: tuple[str, ...], files: set[Path]) -> None:
    """Collect a source file and those of its own package that it imports, also inside its functions; imports nothing."""
    if path in files:
        return
    files.add(path)
    package = module.partition(".")[0]
    home = getattr(sys.modules.get(package), "__path__", None)
    if home is None:
        return
    for name in _imported(path, module if path.name == "__init__.py" else module.rpartition(".")[0]):
        if name.startswith(rooms) if package == OURS else f"{name}.".startswith(f"{package}."):
            below = Path(home[0]).joinpath(*name.split(".")[1:])
            for candidate in (below.with_suffix(".py"), below / "__init__.py"):
                if candidate.is_file():
                    _follow(candidate, name, rooms, files)


def _imported(path: Path, package: str) -> set[str]:
    """Whatever may be a module among the imports of a source file that lies in a package."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return names
