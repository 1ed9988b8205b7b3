"""The executor: works in parallel processes, one numerical thread each, whatever their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.base.error import BenchError
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
    from joblib import Parallel, delayed, parallel_config
    from joblib.externals.loky.process_executor import BrokenProcessPool

    with parallel_config(backend="loky", n_jobs=jobs, inner_max_num_threads=1):
        results = Parallel(return_as="generator_unordered", pre_dispatch="2*n_jobs")(
            delayed(_numbered)(n, w) for n, w in enumerate(works)
        )
        try:
            for number, outcome in results:
                yield works[number], outcome
        except BrokenProcessPool as error:
            raise BenchError(
                "A worker process was killed, perhaps for want of memory. What is finished is kept. "
                "Run again, with fewer --jobs."
            ) from error


def _numbered(number: int, work: Work) -> tuple[int, Outcome]:
    return number, _alone(work)


def _alone(work: Work) -> Outcome:
    import scipy.linalg  # noqa: F401  # it brings a BLAS of its own, and a limit reaches only what is loaded
    from threadpoolctl import threadpool_limits

    # Sums over another number of threads are added in another order, so the same job would differ in its last bits.
    with threadpool_limits(limits=1):
        return fit(work)
