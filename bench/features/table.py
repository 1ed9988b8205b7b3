"""The feature table: what the models are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class FeatureTable:
    """Values of one feature set view, a row a clip.

    Attributes
    ----------
    clip_ids : tuple of str
    values : float32 array, shape (n_clips, n_columns) or (n_clips, n_layers, n_columns)
        NaN where a value is missing. Three dimensions where all layers were asked for.
    columns : tuple of str
        Names of the last dimension.
    notes : dict of str to str
        By clip id: why values are missing there.
    """

    clip_ids: tuple[str, ...]
    values: npt.NDArray[np.float32]
    columns: tuple[str, ...]
    notes: dict[str, str]

    def __post_init__(self) -> None:
        if self.values.shape[0] != len(self.clip_ids) or self.values.shape[-1] != len(self.columns):
            raise ValueError(f"{len(self.clip_ids)} clips and {len(self.columns)} columns, values {self.values.shape}")

    @property
    def missing_share(self) -> float:
        """Share of the values that are missing, 0 to 1."""
        return float(np.isnan(self.values).mean()) if self.values.size else 0.0
