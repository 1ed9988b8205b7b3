"""The door for models: how to build an estimator, and what to try."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from bench.base.plugin import Plugin
from bench.base.registry import Registry
from bench.corpora.corpus import Form

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

Candidate = dict[str, Any]


class ModelRecipe(Plugin):
    """Builds an unfitted estimator for a form.

    Attributes
    ----------
    solves : tuple of {'score', 'level'}
    weighs_layers : bool
        Whether it can be given all layers at once, shape (n_clips, n_layers * n_columns), under ``@weighted``.
    stochastic : bool
        Whether the fit hangs on the seed: such models are run with several.
    wants_speakers : bool
        Whether its last step's ``fit`` takes ``groups``, one speaker a row.
    """

    solves: ClassVar[tuple[Form, ...]] = ("score", "level")
    weighs_layers: ClassVar[bool] = False
    stochastic: ClassVar[bool] = False
    wants_speakers: ClassVar[bool] = False

    def grid(self, form: Form) -> tuple[Candidate, ...]:
        """Parameters to try, as for ``set_params`` of the pipeline, most regularised first; empty: nothing is tuned."""
        return ()

    def default(self, form: Form) -> Candidate:
        """The candidate that is used where nothing can be tuned (fewer than 3 training speakers)."""
        grid = self.grid(form)
        return grid[len(grid) // 2] if grid else {}

    def cost(self, form: Form, n_clips: int, n_columns: int, n_levels: int) -> float:
        """Rough seconds of one core for one candidate; used by the dry run only.

        What stands before the model is fitted once for all candidates of a fold: each carries its share.
        """
        return 1e-8 * n_clips * n_columns

    def build(self, form: Form, seed: int, n_layers: int = 1) -> Pipeline:
        """Build an unfitted estimator.

        Parameters
        ----------
        form : {'score', 'level'}
            Score: ``fit(X, y)`` with float y. Level: integer codes, and ``predict`` gives codes.
        seed : int
            Seed of everything random in it.
        n_layers : int
            How many layers stand side by side in X (more than 1 under ``@weighted`` only).

        Returns
        -------
        sklearn.pipeline.Pipeline
            Imputing and scaling inside; the last step is called ``model``.
        """
        raise NotImplementedError


MODELS = Registry(ModelRecipe, "bench.models", "model")
