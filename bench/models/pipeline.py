"""The pipeline that all models share: impute, drop what is constant, scale; everything learnt from the training side."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from bench.base.error import BenchError

Floats = npt.NDArray[np.float64]


def pipeline(model: BaseEstimator, *steps: tuple[str, BaseEstimator], drop_constant: bool = True) -> Pipeline:
    """Put a model behind imputing and scaling.

    Parameters
    ----------
    model : scikit-learn estimator
        Becomes the last step, called ``model``.
    *steps : tuple of str and transformer
        Further steps between scaling and the model.
    drop_constant : bool
        Whether columns that do not vary over the training clips are dropped; without, they become 0 in training.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Missing values become the column's training mean; a column without any value is constant. Float64 throughout: the
        features are float32, and the last digits of a float32 fit depend on the order of summing.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> built = pipeline(Ridge())
    >>> [name for name, _ in built.steps]
    ['cast', 'impute', 'vary', 'scale', 'model']
    """
    before: list[tuple[str, Any]] = [
        ("cast", FunctionTransformer(as_float64)),
        ("impute", SimpleImputer(strategy="mean", keep_empty_features=True)),
    ]
    if drop_constant:
        before.append(("vary", Varying()))
    return Pipeline([*before, ("scale", StandardScaler()), *steps, ("model", model)])


def as_float64(values: npt.ArrayLike) -> Floats:
    """The values as float64; NaN stays."""
    return np.asarray(values, dtype=np.float64)


class Varying(VarianceThreshold):  # type: ignore[misc]  # scikit-learn has no types
    """Keeps the columns that vary over the training clips, and says so in a sentence where none does."""

    def fit(self, X: Floats, y: Any = None) -> Self:  # noqa: N803  # scikit-learn's own name
        """Find the columns that vary.

        Raises
        ------
        BenchError
            If none does.
        """
        if not (np.ptp(X, axis=0) > 0).any():
            raise BenchError(
                f"None of the {X.shape[1]} columns varies over the {len(X)} training clips, so nothing can be learnt. "
                "Check the feature set with `fatigue-bench check`, or take more clips."
            )
        super().fit(X, y)
        return self


class Compact(BaseEstimator):  # type: ignore[misc]
    """Divides by the root of the number of columns and, where columns outnumber clips, turns clips into their own span.

    Both are exact for models that penalise the length of a weight vector (ridge, logistic): their weights lie in the span of the
    training clips, so that 660 clips of 6,373 columns are fitted as 660 x 660, with the same guesses. After the division a clip
    has a length near 1 whatever the feature set, so that one search range fits 20 columns and 6,373.
    """

    def fit(self, X: Floats, y: Any = None) -> Self:  # noqa: N803
        """Find the span of the training clips (through the eigenvectors of their products)."""
        n_clips, n_columns = X.shape
        self.basis_: Floats | None = None
        self.scale_ = 1.0 / np.sqrt(n_columns)
        if n_columns > 2 * n_clips:
            squares, turns = np.linalg.eigh(X @ X.T)
            real = squares > squares[-1] * 1e-12  # the rest is rounding: centred clips span one dimension less
            self.basis_ = X.T @ (turns[:, real] / np.sqrt(squares[real]))
        return self

    def transform(self, X: Floats) -> Floats:  # noqa: N803
        """Turn and divide."""
        turned = X if self.basis_ is None else X @ self.basis_
        return turned * self.scale_

    def fit_transform(self, X: Floats, y: Any = None) -> Floats:  # noqa: N803
        """Fit, then transform the same clips."""
        return self.fit(X).transform(X)


class Screen(BaseEstimator):  # type: ignore[misc]
    """Keeps the columns with the largest F value against the labels, at most ``limit``, in their order.

    Parameters
    ----------
    limit : int
        At or below this number of columns nothing is dropped.
    """

    def __init__(self, limit: int = 1000) -> None:
        self.limit = limit

    def fit(self, X: Floats, y: npt.NDArray[Any]) -> Self:  # noqa: N803
        """Find the columns, from the training clips alone."""
        kept = np.arange(X.shape[1])
        if X.shape[1] > self.limit:
            centred = X - X.mean(axis=0)
            if np.issubdtype(np.asarray(y).dtype, np.integer):
                levels, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
                sums = np.zeros((len(levels), X.shape[1]))
                np.add.at(sums, codes, centred)
                explained = (sums**2 / counts[:, None]).sum(axis=0)
            else:
                explained = (centred.T @ (y - np.mean(y))) ** 2
            share = explained / np.maximum((centred**2).sum(axis=0), np.finfo(float).tiny)  # rises with F
            kept = np.sort(np.argsort(-share, kind="stable")[: self.limit])
        self.kept_ = kept
        return self

    def transform(self, X: Floats) -> Floats:  # noqa: N803
        """Keep them."""
        return X[:, self.kept_]


class Balanced(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose clips weigh as if every level had as many; levels may be any codes, even a single one.

    Parameters
    ----------
    classifier : scikit-learn classifier
        Its ``fit`` takes ``sample_weight``; it is given codes 0 to k-1 without gaps.
    """

    def __init__(self, classifier: BaseEstimator) -> None:
        self.classifier = classifier

    def fit(self, X: Floats, y: npt.NDArray[np.int64]) -> Self:  # noqa: N803
        """Fit with weights ``n / (k * n_level)``."""
        self.classes_, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
        self.fitted_ = None
        if len(self.classes_) > 1:
            weights = len(codes) / (len(counts) * counts[codes])
            self.fitted_ = clone(self.classifier).fit(X, codes, sample_weight=weights)
        return self

    def predict(self, X: Floats) -> npt.NDArray[np.int64]:  # noqa: N803
        """The level of each clip; where training saw one level only, that one."""
        if self.fitted_ is None:
            return np.full(len(X), self.classes_[0])
        guess: npt.NDArray[np.int64] = self.classes_[np.asarray(self.fitted_.predict(X), dtype=np.int64)]
        return guess
