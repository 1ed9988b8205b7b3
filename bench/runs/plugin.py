"""Files of the user's own: their classes join the registries of this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.base.plugin import Plugin
from bench.base.registry import Registry, classes_in
from bench.corpora.reader import READERS
from bench.features.feature_set import FEATURE_SETS
from bench.models.recipe import MODELS

REGISTRIES: tuple[Registry[Any], ...] = (READERS, FEATURE_SETS, MODELS)


def add_plugins(files: Sequence[Path]) -> list[type[Plugin]]:
    """Import files and add what they define to the registries; adding twice changes nothing.

    Returns
    -------
    list of type
        The classes that the files define.

    Raises
    ------
    RequestError
        If a file cannot be imported, defines no plug-in, or takes a name that exists.
    """
    added: list[type[Plugin]] = []
    for file in files:
        for found in classes_in(file, Plugin):
            for registry in REGISTRIES:
                if issubclass(found, registry.kind):
                    registry.add(found)
                    added.append(found)
    return added
