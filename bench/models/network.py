"""A small network as a scikit-learn estimator (torch is imported with this file).

One hidden layer on standardised columns. Under ``@weighted`` all layers of an encoder come side by side, and a softmax weight a
layer, learnt with the rest, mixes them first (Yang et al. 2021, SUPERB). A part of the training speakers is kept aside to tell
when to stop; the weights of the best step there are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from torch import Tensor, nn

Array = npt.NDArray[Any]


class Mixer(nn.Module):  # type: ignore[misc]  # torch is not followed
    """Layer weights, if there are several layers, then one hidden layer."""

    def __init__(self, n_layers: int, n_columns: int, hidden: int, dropout: float, n_out: int) -> None:
        super().__init__()
        self.n_layers, self.n_columns = n_layers, n_columns
        self.logits = nn.Parameter(torch.zeros(n_layers), requires_grad=n_layers > 1)
        self.layers = nn.Sequential(nn.Linear(n_columns, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, n_out))

    def forward(self, clips: Tensor) -> Tensor:
        """From (n_clips, n_layers * n_columns) to (n_clips, n_out)."""
        if self.n_layers > 1:
            layers = clips.view(len(clips), self.n_layers, self.n_columns)
            clips = torch.einsum("l,clk->ck", torch.softmax(self.logits, 0), layers)
        answer: Tensor = self.layers(clips)
        return answer


def concordance_loss(guess: Tensor, truth: Tensor) -> Tensor:
    """One less the concordance correlation, of all clips at once."""
    apart = guess.var(correction=0) + truth.var(correction=0) + (guess.mean() - truth.mean()) ** 2
    together = 2 * ((guess - guess.mean()) * (truth - truth.mean())).mean()
    return 1 - together / (apart + 1e-8)


def kept_aside(levels: Array, groups: Array | None, share: float, draws: np.random.Generator) -> Array:
    """Which clips tell when to stop: those of whole speakers, such that every level stays among the others.

    Parameters
    ----------
    levels : array, shape (n_clips,)
        All alike where the labels are scores.
    groups : array, shape (n_clips,), or None
        The speakers.
    share : float
        Of the speakers; at least one is taken.

    Returns
    -------
    bool array, shape (n_clips,)
        Nobody where there are fewer than 3 speakers, or none of 20 draws leaves every level.
    """
    nobody = np.zeros(len(levels), dtype=bool)
    if groups is None:
        return nobody
    speakers = np.unique(groups)
    n_aside = max(1, round(share * len(speakers)))
    for _ in range(20 if len(speakers) >= 3 else 0):
        aside: Array = np.isin(groups, draws.permutation(speakers)[:n_aside])
        if len(np.unique(levels[~aside])) == len(np.unique(levels)):
            return aside
    return nobody


class _Network(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """What both forms share.

    Parameters
    ----------
    n_layers : int
        Layers that stand side by side in X.
    hidden : int
        Width of the hidden layer.
    dropout : float
        Share of the hidden units that each step leaves out.
    decay : float
        Weight decay of AdamW.
    rate : float
        Learning rate.
    max_steps, patience : int
        Steps at most, and steps without a better loss on the speakers kept aside; a step sees all clips.
    blind_steps : int
        Steps where no speaker can be kept aside.
    aside : float
        Share of the speakers kept aside.
    seed : int
    """

    def __init__(  # noqa: PLR0913  # scikit-learn's way: a parameter an argument
        self,
        n_layers: int = 1,
        hidden: int = 32,
        dropout: float = 0.3,
        decay: float = 0.1,
        rate: float = 3e-3,
        max_steps: int = 200,
        patience: int = 20,
        blind_steps: int = 40,
        aside: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.n_layers, self.hidden, self.dropout, self.decay = n_layers, hidden, dropout, decay
        self.rate, self.max_steps, self.patience, self.blind_steps = rate, max_steps, patience, blind_steps
        self.aside, self.seed = aside, seed

    def _loss(self, guess: Tensor, truth: Tensor) -> Tensor:
        raise NotImplementedError

    def _train(self, X: Array, target: Tensor, aside: Array, n_out: int) -> None:
        """Fit the network to the target; the caller's random state is left as it was."""
        X = np.asarray(X, dtype=np.float32)
        self.varies_ = np.ptp(X[~aside], axis=0) > 0  # a constant column would carry untrained weights
        clips = torch.from_numpy(X * self.varies_)
        train, stop = torch.from_numpy(np.flatnonzero(~aside)), torch.from_numpy(np.flatnonzero(aside))
        with torch.random.fork_rng(devices=[]), _one_thread():
            torch.manual_seed(self.seed)
            net = Mixer(self.n_layers, X.shape[1] // self.n_layers, self.hidden, self.dropout, n_out)
            mixing = {"params": [net.logits], "lr": 10 * self.rate, "weight_decay": 0.0}
            steps = torch.optim.AdamW(
                [{"params": net.layers.parameters()}, mixing], lr=self.rate, weight_decay=self.decay, fused=True
            )
            self.net_, self.n_steps_ = self._descend(net, steps, (clips[train], target[train]), (clips[stop], target[stop]))
        self.layer_weights_: npt.NDArray[np.float64] = torch.softmax(self.net_.logits.detach().double(), 0).numpy()

    def _descend(
        self, net: Mixer, steps: torch.optim.Optimizer, train: tuple[Tensor, Tensor], stop: tuple[Tensor, Tensor]
    ) -> tuple[Mixer, int]:
        """The network after its best step on the clips kept aside (after its last where there are none), and that step."""
        best: list[Tensor] = []
        best_loss, best_step = float("inf"), 0
        for step in range(1, (self.max_steps if len(stop[0]) else self.blind_steps) + 1):
            net.train()
            steps.zero_grad()
            self._loss(net(train[0]), train[1]).backward()
            steps.step()
            if len(stop[0]) == 0:
                best_step = step
                continue
            net.eval()
            with torch.no_grad():
                loss = float(self._loss(net(stop[0]), stop[1]))
            if loss < best_loss:
                best, best_loss, best_step = [part.detach().clone() for part in net.parameters()], loss, step
            elif step - best_step >= self.patience:
                break
        with torch.no_grad():
            for part, kept in zip(net.parameters(), best, strict=False):
                part.copy_(kept)
        return net.eval(), best_step

    def _answer(self, X: Array) -> Tensor:
        with torch.no_grad(), _one_thread():
            answer: Tensor = self.net_(torch.from_numpy(np.asarray(X, dtype=np.float32) * self.varies_))
        return answer


@contextmanager
def _one_thread() -> Iterator[None]:
    """A limit that was set before torch was loaded does not reach it, and sums over more threads differ in their last bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class NetworkClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """For levels: cross-entropy with every level weighing the same."""

    def fit(self, X: Array, y: Array, groups: Array | None = None) -> Self:
        """Fit; ``groups`` are the speakers of the clips."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        aside = kept_aside(codes, groups, self.aside, np.random.default_rng(self.seed))
        counts = np.bincount(codes[~aside], minlength=len(self.classes_))
        self._weights = torch.from_numpy((1.0 / counts).astype(np.float32))
        self._train(X, torch.from_numpy(codes), aside, len(self.classes_))
        return self

    def _loss(self, guess: Tensor, truth: Tensor) -> Tensor:
        return nn.functional.cross_entropy(guess, truth, self._weights)

    def predict(self, X: Array) -> Array:
        """The likeliest level of each clip."""
        levels: Array = self.classes_[self._answer(X).argmax(dim=1).numpy()]
        return levels

    def predict_proba(self, X: Array) -> npt.NDArray[np.float64]:
        """The softmax, shape (n_clips, n_levels), as in ``classes_``; as if all levels were equally frequent."""
        shares: npt.NDArray[np.float64] = torch.softmax(self._answer(X).double(), dim=1).numpy()
        return shares


class NetworkRegressor(RegressorMixin, _Network):  # type: ignore[misc]
    """For scores: the concordance loss on standardised scores."""

    def fit(self, X: Array, y: Array, groups: Array | None = None) -> Self:
        """Fit; ``groups`` are the speakers of the clips."""
        y = np.asarray(y, dtype=np.float64)
        aside = kept_aside(np.zeros(len(y)), groups, self.aside, np.random.default_rng(self.seed))
        self.mean_, self.spread_ = float(y[~aside].mean()), float(y[~aside].std())
        target = torch.from_numpy(((y - self.mean_) / (self.spread_ or 1.0)).astype(np.float32))
        self._train(X, target[:, None], aside, 1)
        return self

    def _loss(self, guess: Tensor, truth: Tensor) -> Tensor:
        return concordance_loss(guess, truth)

    def predict(self, X: Array) -> Array:
        """The score of each clip."""
        scores: Array = self._answer(X)[:, 0].numpy().astype(np.float64) * self.spread_ + self.mean_
        return scores
