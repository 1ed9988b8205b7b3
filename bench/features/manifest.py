"""The manifest of a stored feature set: what a person reads to know what the numbers in a folder are."""

from __future__ import annotations

import functools
import importlib.metadata
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.base.durable import write_whole
from bench.base.error import BenchError, RequestError
from bench.base.source import source_hash
from bench.features.feature_set import FeatureSet
from bench.features.part import Shape

NAME = "manifest.json"
LIBRARIES = ("librosa", "numpy", "opensmile", "safetensors", "scipy", "soxr", "torch", "transformers")
ROOMS = ("bench.decoders", "bench.features")


def manifest_of(feature_set: FeatureSet, identity: str) -> dict[str, Any]:
    """Everything about a feature set that bears on its numbers, as a JSON object."""
    return {
        "spelling": str(feature_set),
        "name": feature_set.name,
        "version": feature_set.version,
        "identity": identity,
        "parameters": feature_set.parameters(),
        "ingredients": feature_set.ingredients(),
        "rate": feature_set.rate,
        "columns": list(columns_declared(feature_set)),
        "layers": None if feature_set.layers is None else list(feature_set.layers),
        "statistics": list(feature_set.statistics),
        "made_with": made_with(type(feature_set)),
    }


def made_with(kind: type[FeatureSet]) -> dict[str, Any]:
    """Versions of the numerical libraries, and the hash of the source of a feature set."""
    return {"libraries": library_versions(), "source": source_digest(kind)}  # type: ignore[arg-type]  # classes are hashable


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write or replace the manifest of a folder."""
    write_whole(folder / NAME, (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder; None where there is none.

    Raises
    ------
    BenchError
        If it is damaged.
    """
    try:
        found: dict[str, Any] = json.loads((folder / NAME).read_text("utf-8"))
        shape_of(found)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchError(
            f"The manifest {str(folder / NAME)!r} cannot be read ({type(error).__name__}: {error}). "
            f"Run `{drop_command(folder)}`; its clips are extracted again."
        ) from error
    return found


def drop_command(folder: Path) -> str:
    """The command that removes a stored feature set.

    Examples
    --------
    >>> drop_command(Path("my cache/features/zcr-1"))
    "fatigue-bench cache gc --drop zcr-1 --cache 'my cache'"
    """
    cache = folder.parents[1]
    own = () if cache == Path("features_cache") else ("--cache", str(cache))
    return shlex.join(["fatigue-bench", "cache", "gc", "--drop", folder.name, *own])


def shape_of(manifest: Mapping[str, Any]) -> Shape:
    """How the values of a stored feature set lie in columns."""
    layers = manifest["layers"]
    statistics = tuple(manifest["statistics"])
    return Shape(None if layers is None else tuple(layers), statistics, len(manifest["columns"]))


def shape_declared(feature_set: FeatureSet) -> Shape:
    """How the values of a feature set lie in columns, as it declares."""
    layers = feature_set.layers
    width = len(columns_declared(feature_set))
    return Shape(None if layers is None else tuple(layers), tuple(feature_set.statistics), width)


def columns_declared(feature_set: FeatureSet) -> tuple[str, ...]:
    """The names of the columns of a feature set, as it declares them.

    Raises
    ------
    RequestError
        If they are no tuple or list of texts; a text alone would be taken for a column a letter.
    """
    columns: Any = feature_set.columns
    if isinstance(columns, tuple | list):
        odd = [name for name in columns if not isinstance(name, str) or not name]
        if not odd:
            return tuple(columns)
        wrong = f"holds {odd[0]!r}"
    else:
        wrong = f"is {columns!r}"
    raise RequestError(
        f"`columns` of the feature set {feature_set.name!r} {wrong}. Expected is a tuple of names that are not empty, as in "
        "('low', 'high'). Set it to one; a single name needs its comma, as in ('low',)."
    )


@functools.cache
def library_versions() -> dict[str, str]:
    """Versions of the numerical libraries, read without importing them; those that are not installed are left out."""
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


@functools.cache
def source_digest(kind: type[FeatureSet]) -> str:
    """Hash of the source files of a feature set: its own, and those it imports from its own package or our rooms."""
    return source_hash(kind, ROOMS)
