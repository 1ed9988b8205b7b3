"""Several processes that learn as one: each goes through its share of a step's batches, then all take the same step.

On a processor two processes of one thread are nearly twice as quick as one process of two threads, because much of a step is
single-threaded. Every process holds the whole model and its optimizer; only gradients and counts are shared.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from bench.base.error import BenchError

_PATIENCE_S = 3_600.0


@dataclass
class Team:
    """The place of one process among those that learn together.

    Attributes
    ----------
    rank, size : int
        The process of rank 0 leads: it says how things go, keeps what was learned, and ends the work.
    shared : float32 tensor, shape (size, n_values), or None
        In memory that all see; None where there is one process.
    barrier : multiprocessing Barrier, or None
    """

    rank: int = 0
    size: int = 1
    shared: torch.Tensor | None = None
    barrier: Any = None
    stopped: Any = field(default=None, repr=False)

    @property
    def leads(self) -> bool:
        """Whether this process is the first."""
        return self.rank == 0

    def share(self, model: nn.Module, told: torch.Tensor) -> torch.Tensor:
        """Bring the sum of all processes' gradients into the model.

        Parameters
        ----------
        model : torch module
            With gradients.
        told : float32 tensor, shape (n_told,)
            What else is to be summed.

        Returns
        -------
        float32 tensor, shape (n_told,)
            The sum over processes.
        """
        if self.shared is None:
            return told
        gradients = [parameter.grad for parameter in model.parameters()]
        own = torch.cat([told, *(gradient.flatten() for gradient in gradients)])
        self.shared[self.rank, : len(own)] = own
        self._meet()
        total = self.shared[:, : len(own)].sum(dim=0)
        self._meet()
        told, *parts = total.split([len(told), *(gradient.numel() for gradient in gradients)])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))
        return told

    def agree(self, stop: bool) -> bool:
        """Whether the leader wants to stop; all ask after the same step."""
        if self.shared is None:
            return stop
        if self.leads:
            self.stopped.value = int(stop)
        self._meet()
        return bool(self.stopped.value)

    def _meet(self) -> None:
        try:
            self.barrier.wait(_PATIENCE_S)
        except threading.BrokenBarrierError as error:
            raise BenchError(
                "One of the processes that learn together ended too early; its own words are above, unless it was killed. "
                "The same command goes on from what was last kept; with --processes 1 it needs less memory."
            ) from error


@contextmanager
def assembled(size: int, n_values: int, follow: Callable[..., None], *given: Any) -> Iterator[Team]:
    """Start ``size - 1`` processes that call ``follow(team, *given)``, and lead them.

    Parameters
    ----------
    size : int
        1 for this process alone.
    n_values : int
        At least as many as gradients and what else is shared in a step.
    follow : callable
        Of a module, so that another process finds it.
    *given
        Its further arguments.

    Raises
    ------
    BenchError
        From ``Team.share`` and ``Team.agree``, if one of the processes ended before the others.
    """
    if size == 1:
        yield Team()
        return
    start = torch.multiprocessing.get_context("spawn")
    shared = torch.zeros(size, n_values).share_memory_()
    barrier, stopped = start.Barrier(size), start.Value("i", 0)
    others = [
        start.Process(target=_follow, args=(follow, Team(rank, size, shared, barrier, stopped), *given), daemon=True)
        for rank in range(1, size)
    ]
    watchers = [threading.Thread(target=_watch, args=(process, barrier), daemon=True) for process in others]
    for process, watcher in zip(others, watchers, strict=True):
        process.start()
        watcher.start()
    try:
        yield Team(0, size, shared, barrier, stopped)
        for watcher in watchers:
            watcher.join()
    finally:
        for process in others:
            process.terminate()


def _watch(process: Any, barrier: Any) -> None:
    """A process that was killed can tell nobody."""
    process.join()
    if process.exitcode:
        barrier.abort()


def _follow(follow: Callable[..., None], team: Team, *given: Any) -> None:
    threading.Thread(target=_end_with_leader, daemon=True).start()
    with suppress(KeyboardInterrupt):  # the leader got it, too, and says so
        follow(team, *given)


def _end_with_leader() -> None:
    """A leader that was killed can tell nobody."""
    leader = multiprocessing.parent_process()
    if leader is not None:
        leader.join()
        os._exit(1)
