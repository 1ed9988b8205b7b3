"""The executor: works in parallel processes, one numerical thread each, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.base.pool import in_processes
from bench.runs.fit import Outcome, Work, fit


def execute(works: Sequence[Work], jobs: int) -> Iterator[tuple[Work, Outcome]]:
    """Run works and give each with its outcome as soon as it is there, in any order.

    Parameters
    ----------
    works : sequence of Work
        The longest should come first.
    jobs : int
        Parallel processes; with 1 everything runs in this process.

    Yields
    ------
    tuple of (Work, Outcome)

    Raises
    ------
    BenchError
        If a worker process was killed. What was given before is finished.
    """
    if jobs == 1 or len(works) == 1:
        for work in works:
            yield work, _alone(work)
        return
    for number, outcome in in_processes(_numbered, enumerate(works), jobs):
        yield works[number], outcome


def _numbered(numbered: tuple[int, Work]) -> tuple[int, Outcome]:
    number, work = numbered
    return number, _alone(work)


def _alone(work: Work) -> Outcome:
    import scipy.linalg  # noqa: F401  # it brings a BLAS of its own, and a limit reaches only what is loaded
    from threadpoolctl import threadpool_limits

    # Sums over another number of threads are added in another order, so the same job would differ in its last bits.
    with threadpool_limits(limits=1):
        return fit(work)
