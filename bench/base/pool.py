"""The pool: calls in parallel processes, one numerical thread each, given back as each ends."""

from __future__ import annotations

import math
import signal
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, TypeVar

from bench.base.collector import end_quickly
from bench.base.error import BenchError

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_processes(function: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """Call a function with each item, in processes of their own.

    Parameters
    ----------
    function : callable
        Importable by its name: it is sent to the processes.
    items : iterable
        Drawn as processes fall idle, two a process ahead.
    jobs : int
        Processes; 1 is this one alone.

    Yields
    ------
    What the function gives, in the order in which calls end.

    Raises
    ------
    BenchError
        If a process was killed. What was given before is finished.

    Examples
    --------
    >>> sorted(in_processes(abs, [-1, 2], jobs=2))
    [1, 2]
    """
    import joblib
    from joblib.externals.loky.process_executor import BrokenProcessPool

    # A process that had nothing to do for long is ended and started again when it is wanted, which joblib warns of: no news.
    warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given", category=UserWarning)
    try:
        with joblib.parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1, initializer=_begin):
            parallel = joblib.Parallel(return_as="generator_unordered", batch_size=1, max_nbytes=None)
        given = parallel(joblib.delayed(function)(item) for item in items)
        try:
            for result in given:  # noqa: UP028  # `yield from` would close it before `_close` can, and aloud
                yield result
        finally:
            _close(given)
    except BrokenProcessPool as error:
        raise BenchError(
            "A worker process was killed, perhaps for want of memory. What is finished is kept. Run again, with fewer --jobs."
        ) from error


def _close(given: Generator[Any, None, None]) -> None:
    """End what still runs. Whoever stops taking results has a reason, and says it; that calls were cancelled is no news."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\d+ tasks (which were still|have been successfully)", category=UserWarning)
        given.close()


def _begin() -> None:
    """A terminal sends Ctrl-C to every process; this one ends when its parent does, and has nothing to say about it."""
    from joblib.externals.loky import process_executor

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Where psutil is installed, a process that has grown by 300 MB is taken for one that leaks and is ended between two calls.
    # The activations of an encoder are as large as that, and it would be loaded again and again.
    process_executor._MAX_MEMORY_LEAK_SIZE = math.inf
    end_quickly()
