"""Elsewhere: a plug-in made in a second process, where texts hash differently and nothing was done before."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.base.plugin import Plugin
from bench.base.spelling import parse
from bench.runs.chamber import PACKAGE
from bench.runs.plugin import REGISTRIES, add_plugins

CODE = "import sys; from bench.runs.elsewhere import tell; tell(*sys.argv[1:4], sys.argv[4:])"
MARK = '{"identity"'


@dataclass(frozen=True)
class Elsewhere:
    """What a second process told.

    Attributes
    ----------
    identity : str
        Of the plug-in as it was made there; "" where it could not be made.
    values : list or None
        What was computed there; None where nothing was.
    why : str
        Its last words on standard error, or its exit code.
    """

    identity: str
    values: Any
    why: str


def elsewhere(made: Plugin, files: Sequence[Path], compute: str) -> Elsewhere:
    """Make a plug-in in a second process, and compute something with it.

    The process belongs to the group of this one, so that whoever ends this one ends it, too.

    Parameters
    ----------
    made : Plugin
    files : sequence of Path
        The plug-in files that the other process needs in order to know it.
    compute : str
        ``module:function``; the function takes the plug-in and gives an array.
    """
    kind = next(registry.noun for registry in REGISTRIES if isinstance(made, registry.kind))
    command = [sys.executable, "-P", "-c", CODE, kind, str(made), compute, *(str(file.resolve()) for file in files)]
    paths = os.pathsep.join(filter(None, [str(PACKAGE), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "1"}
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603  # ourselves
    said: dict[str, Any] = {}
    for line in answer.stdout.splitlines():
        said.update(json.loads(line) if line.startswith(MARK) else {})
    why = (answer.stderr.strip().splitlines() or [f"it ended with code {answer.returncode}"])[-1]
    return Elsewhere(said.get("identity", ""), said.get("values"), why)


def tell(kind: str, spelled: str, compute: str, files: Sequence[str]) -> None:
    """What the second process does."""
    add_plugins([Path(file) for file in files])
    registry = next(registry for registry in REGISTRIES if registry.noun == kind)
    made = registry.make(parse(spelled))
    module, function = compute.split(":")
    print("\n" + json.dumps({"identity": made.identity}), flush=True)  # the other side listens
    values = getattr(importlib.import_module(module), function)(made)
    print("\n" + json.dumps({"identity": made.identity, "values": values.tolist()}), flush=True)
    os._exit(0)  # whatever it left running is told by the process that asks


def identity_faults(made: Plugin, told: Elsewhere) -> Iterator[str]:
    """What is wrong with its identity there."""
    if not told.identity:
        yield f"Another process cannot make it: {told.why}"
    elif told.identity != made.identity:
        yield "Its identity differs from process to process, so nothing stored would be found again. Use only fixed values."
