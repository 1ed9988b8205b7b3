"""The store: what was extracted, on disk, one folder a feature identity.

A folder holds a readable manifest, the probe, and Parquet parts. Rows of one key are equal by construction, whichever is
read.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from bench.base.durable import Unwritable, make_folder
from bench.base.error import BenchError, RequestError
from bench.base.identity import canonical
from bench.features.feature_set import FeatureSet, Values, positions_kept
from bench.features.manifest import (
    drop_command,
    made_with,
    manifest_of,
    read_manifest,
    shape_declared,
    shape_of,
    write_manifest,
)
from bench.features.part import Row, Shape, matrix, read_part, table_of, write_part
from bench.features.probe import moved, probe, stored_probe
from bench.features.shelf import PROBE, Cost, cost_of, merge_parts, parts_in, probes_in, steadily
from bench.features.table import FeatureTable


class FeatureStore:
    """Stored features.

    Parameters
    ----------
    root : Path
        The cache folder; made at the first write.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._identities: dict[str, str] = {}
        self._trusted: set[Path] = set()
        self._prepared: set[Path] = set()
        self._keys: dict[Path, list[str]] = {}

    def identity(self, feature_set: FeatureSet) -> str:
        """The identity of a feature set, computed once (it may hash a checkpoint)."""
        known = _parameters(feature_set)
        if known not in self._identities:
            self._identities[known] = feature_set.identity
        return self._identities[known]

    def know(self, feature_set: FeatureSet, identity: str) -> None:
        """Take over an identity that another process has computed."""
        self._identities[_parameters(feature_set)] = identity

    def folder(self, feature_set: FeatureSet) -> Path:
        """Where a feature set is stored."""
        return self.root / f"{feature_set.name}-{self.identity(feature_set)}"

    def have(self, feature_set: FeatureSet, keys: Iterable[str]) -> set[str]:
        """Which of these clips are stored.

        Parameters
        ----------
        feature_set : FeatureSet
        keys : iterable of str
            Of clips, as in their facts.

        Returns
        -------
        set of str

        Raises
        ------
        BenchError
            If a part is damaged, or the feature set no longer gives the numbers that are stored.
        """
        folder = self.folder(feature_set)
        self._trust(folder, feature_set)
        stored = steadily(lambda: {key for path in parts_in(folder) for key in self._keys_in(path)})
        return stored.intersection(keys)

    def prepare(self, feature_set: FeatureSet) -> None:
        """Get ready to add rows from this process: warm the feature set up on the probe, and compare or store its values.

        Raises
        ------
        BenchError
            If the probe has moved, or the cache cannot be written.
        """
        folder = self.folder(feature_set)
        manifest, current = read_manifest(folder), made_with(type(feature_set))
        if folder in self._prepared and manifest is not None:
            return
        new = manifest or manifest_of(feature_set, self.identity(feature_set))
        row = _probed(folder, new, feature_set)
        make_folder(folder)
        if new["made_with"] == current and not probes_in(folder):
            write_part(folder, table_of([row], shape_of(new)), PROBE)
        if manifest is None:
            write_manifest(folder, new)
        self._compare(folder, feature_set, row)
        self._prepared.add(folder)

    def check(self, feature_set: FeatureSet) -> None:
        """Compute the probe again, whatever the manifest says.

        Raises
        ------
        BenchError
            If its values have moved, or are damaged.
        """
        folder = self.folder(feature_set)
        self._compare(folder, feature_set, _probed(folder, _manifest(folder), feature_set))

    def put(self, feature_set: FeatureSet, rows: Iterable[Row]) -> None:
        """Store rows as one part.

        Raises
        ------
        BenchError
            If the disk is full or the cache cannot be written; no broken file is left.
        """
        folder, rows = self.folder(feature_set), list(rows)
        self.prepare(feature_set)
        if rows:
            write_part(folder, table_of(rows, shape_of(_manifest(folder))))

    def table(
        self,
        feature_set: FeatureSet,
        clip_ids: Sequence[str],
        keys: Mapping[str, str],
        layer: int | Literal["all"] | None = None,
    ) -> FeatureTable:
        """Read the values of a view for some clips.

        Parameters
        ----------
        feature_set : FeatureSet
            Its ``pooled`` statistics and its ``kept`` columns are read.
        clip_ids : sequence of str
            Rows of the table, in this order.
        keys : mapping of str to str
            From clip id to key.
        layer : int, 'all' or None
            None for sets without layers; ``'all'`` gives values of shape (n_clips, n_layers, n_columns).

        Returns
        -------
        FeatureTable

        Raises
        ------
        RequestError
            If there is no such layer, or no column fits the pattern.
        BenchError
            If a clip is not stored, or a part is damaged.
        """
        folder = self.folder(feature_set)
        self._trust(folder, feature_set)
        manifest = _manifest(folder)
        shape = shape_of(manifest)
        layers = _layers(feature_set, shape, layer)
        kept = np.array(positions_kept(feature_set, manifest["columns"]), dtype=np.intp)
        names = [[shape.name(one, statistic) for statistic in feature_set.pooled] for one in layers]
        wanted = {keys[clip_id] for clip_id in clip_ids}
        values, notes = steadily(lambda: self._gather(folder, wanted, names, shape.width, kept))
        absent = [clip_id for clip_id in clip_ids if keys[clip_id] not in values]
        if absent:
            raise BenchError(
                f"{len(absent)} of {len(clip_ids)} clips are not stored for {str(feature_set)!r}, {absent[0]!r} the first. "
                "Run again; they are extracted then."
            )
        stacked = np.stack([values[keys[clip_id]] for clip_id in clip_ids]) if clip_ids else _none(layers, names, kept)
        return FeatureTable(
            clip_ids=tuple(clip_ids),
            values=stacked if layer == "all" else stacked[:, 0],
            columns=_column_names(feature_set, manifest["columns"], kept),
            notes={clip_id: notes[keys[clip_id]] for clip_id in clip_ids if keys[clip_id] in notes},
        )

    def cost(self, feature_set: FeatureSet) -> Cost:
        """What a feature set has cost, over all clips that are stored."""
        return cost_of(self.folder(feature_set))

    def merge(self, feature_set: FeatureSet) -> int:
        """Put small parts into bigger ones; gives how many were merged. Others may read and write meanwhile."""
        return merge_parts(self.folder(feature_set))

    def _keys_in(self, path: Path) -> list[str]:
        if path not in self._keys:
            self._keys[path] = read_part(path, ["key"]).column("key").to_pylist()
        return self._keys[path]

    def _gather(
        self, folder: Path, wanted: set[str], names: list[list[str]], width: int, kept: npt.NDArray[np.intp]
    ) -> tuple[dict[str, Values], dict[str, str]]:
        values: dict[str, Values] = {}
        notes: dict[str, str] = {}
        flat = [name for layer in names for name in layer]
        for path in parts_in(folder):
            found = [(i, key) for i, key in enumerate(self._keys_in(path)) if key in wanted and key not in values]
            if not found:
                continue
            part = read_part(path, ["key", "note", *flat])
            columns = [[matrix(part, name, width)[:, kept] for name in layer] for layer in names]
            block = np.stack([np.concatenate(layer, axis=1) for layer in columns], axis=1)
            said = part.column("note").to_pylist()
            values.update((key, block[i]) for i, key in found)
            notes.update((key, said[i]) for i, key in found if said[i] is not None)
        return values, notes

    def _trust(self, folder: Path, feature_set: FeatureSet) -> None:
        """Compute the probe again where the libraries or the source differ from those that made the stored numbers."""
        if folder in self._trusted or (manifest := read_manifest(folder)) is None:
            return
        if manifest["made_with"] == made_with(type(feature_set)):
            self._trusted.add(folder)
            return
        self._compare(folder, feature_set, _probed(folder, manifest, feature_set))

    def _compare(self, folder: Path, feature_set: FeatureSet, now: Row) -> None:
        manifest, current = _manifest(folder), made_with(type(feature_set))
        stored = stored_probe(folder, shape_of(manifest))
        if stored is None and manifest["made_with"] != current:
            raise stale(folder, manifest, "there is no stored probe to compare with")
        by = 0.0 if stored is None else moved(stored, now.values)
        if by:
            how = f"its values moved by {by:.2g} (relative; 1e-4 is allowed)" if by < math.inf else "other values are missing"
            raise stale(folder, manifest, f"on the probe, {how}")
        if manifest["made_with"] != current:
            with contextlib.suppress(Unwritable):  # a cache that cannot be written can still be read
                write_manifest(folder, manifest | {"made_with": current})
        self._trusted.add(folder)


def _parameters(feature_set: FeatureSet) -> str:
    return canonical([feature_set.name, feature_set.version, feature_set.parameters()])


def _manifest(folder: Path) -> dict[str, Any]:
    manifest = read_manifest(folder)
    if manifest is None:
        raise BenchError(f"Nothing is stored in {str(folder)!r} yet. Run the extraction first.")
    return manifest


def stale(folder: Path, manifest: Mapping[str, Any], how: str) -> BenchError:
    """Make the sentence for a feature set that no longer gives the numbers that are stored."""
    versions = ", ".join(f"{name} {version}" for name, version in manifest["made_with"]["libraries"].items())
    return BenchError(
        f"{manifest['spelling']!r} no longer gives the numbers that are stored: {how}. They were made with {versions}. "
        f"Run `{drop_command(folder)}` to extract anew."
    )


def _probed(folder: Path, manifest: Mapping[str, Any], feature_set: FeatureSet) -> Row:
    """The probe's row, of the shape in the manifest."""
    if list(feature_set.columns) != manifest["columns"] or shape_of(manifest) != shape_declared(feature_set):
        raise stale(folder, manifest, "its columns, layers or statistics are others now, under the same version")
    return probe(feature_set, shape_of(manifest))


def _layers(feature_set: FeatureSet, shape: Shape, layer: int | Literal["all"] | None) -> tuple[int | None, ...]:
    if shape.layers is None:
        if layer is not None:
            raise RequestError(f"{str(feature_set)!r} has no layers, and {layer!r} was asked for. Leave out `@{layer}`.")
        return (None,)
    if layer == "all":
        return shape.layers
    if layer not in shape.layers:
        raise RequestError(
            f"{str(feature_set)!r} has the layers {shape.layers[0]} to {shape.layers[-1]}, and {layer!r} was asked for. "
            "Give one of them, as in `@7`."
        )
    return (layer,)


def _column_names(feature_set: FeatureSet, columns: Sequence[str], kept: npt.NDArray[np.intp]) -> tuple[str, ...]:
    heads = [f"{statistic}." if statistic and len(feature_set.pooled) > 1 else "" for statistic in feature_set.pooled]
    return tuple(head + columns[i] for head in heads for i in kept)


def _none(layers: Sequence[int | None], names: list[list[str]], kept: npt.NDArray[np.intp]) -> Values:
    return np.empty((0, len(layers), len(names[0]) * len(kept)), np.float32)
