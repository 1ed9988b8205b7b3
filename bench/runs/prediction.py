"""The predictions table: what every job said about every clip.

``predictions.parquet`` has a row a clip and job. Columns: ``job`` (fingerprint), ``task``, ``feature_set``, ``layer``,
``model``, ``track``, ``seed`` (its own, of a repeat too), ``clip_id``, ``speaker``, ``fold``, ``truth`` and ``guess`` (the
score, or the index of the level), ``truth_level`` and ``guess_level`` (names of the levels; null in the score form), ``low``
and ``high`` (the CV+ interval; null in the level form), and ``probabilities`` (calibrated, one a level; null for scores).
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.base.durable import make_folder, write_whole
from bench.base.error import BenchError
from bench.metrics.answer import Answers
from bench.runs.job import Job

if TYPE_CHECKING:
    import pyarrow as pa

NAMES = ("job", "task", "feature_set", "layer", "model", "track", "seed", "clip_id", "speaker", "fold")
COLUMNS = (*NAMES, "truth", "guess", "truth_level", "guess_level", "low", "high", "probabilities")


@dataclass(frozen=True)
class Predictions:
    """What one job said.

    Attributes
    ----------
    clip_ids, speakers, folds : tuple of str
    truth, guess : float array, shape (n_clips,)
        Scores, or indices of levels.
    low, high : float array, shape (n_clips,), or None
        Score form: the interval that holds the truth of about 80 % of the clips.
    probabilities : float array, shape (n_clips, n_levels), or None
        Level form: calibrated.
    """

    clip_ids: tuple[str, ...]
    speakers: tuple[str, ...]
    folds: tuple[str, ...]
    truth: npt.NDArray[np.float64]
    guess: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64] | None = None
    high: npt.NDArray[np.float64] | None = None
    probabilities: npt.NDArray[np.float64] | None = None

    def answers(self, n_levels: int) -> Answers:
        """Guesses beside the truth, as metrics read them; ``n_levels`` is 0 in the score form."""
        truth, guess = self.truth, self.guess
        if n_levels:
            return Answers.of(truth.astype(np.int64), guess.astype(np.int64), self.speakers, n_levels)
        return Answers.of(truth, guess, self.speakers)


class PredictionStore:
    """``predictions.parquet`` and the parts that wait to be merged into it.

    A finished job writes a part of its own under a name that nobody reads until it is whole; ``merge`` moves all parts into the
    one table under a lock. Rows of a job that stands twice are equal, so the first counts.

    Parameters
    ----------
    reports : Path
        The folder of the reports.
    """

    def __init__(self, reports: Path) -> None:
        self.table = reports / "predictions.parquet"
        self.parts = reports / ".predictions"

    def put(self, job: Job, predictions: Predictions) -> None:
        """Keep what a job said.

        Raises
        ------
        BenchError
            If it cannot be written.
        """
        self._write(_as_table(job, predictions), self.parts / f"{job.fingerprint}.parquet")

    def get(self, jobs: Iterable[str]) -> dict[str, Predictions]:
        """Predictions by fingerprint, of those jobs that have any."""
        wanted = set(jobs)
        return {job: _from_table(rows) for job, rows in self._read().items() if job in wanted}

    def known(self) -> set[str]:
        """Fingerprints of all jobs that have predictions."""
        return set(self._read())

    def merge(self) -> None:
        """Move all parts into ``predictions.parquet``."""
        if not any(self.parts.glob("[!.]*.parquet")):
            return
        import pyarrow as pa

        with self._lock():
            parts = sorted(self.parts.glob("[!.]*.parquet"))
            self._write(pa.concat_tables(self._read().values()), self.table)
            for part in parts:
                part.unlink(missing_ok=True)

    def _read(self) -> dict[str, pa.Table]:
        """The rows of each job."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        found: dict[str, pa.Table] = {}
        # Parts first: one that is merged away while we read is then in the table that we read after it.
        for path in [*sorted(self.parts.glob("[!.]*.parquet")), self.table]:
            try:
                with path.open("rb") as stream, pq.ParquetFile(stream, page_checksum_verification=True) as file:
                    table = _widened(file.read(use_threads=False))
            except FileNotFoundError:
                continue
            except (pa.ArrowException, OSError, KeyError) as error:
                raise BenchError(
                    f"{str(path)!r} is damaged ({str(error).splitlines()[0]}). "
                    "Delete it and run again: its jobs are fitted once more, nothing is extracted."
                ) from error
            for job, rows in _by_job(table):
                found.setdefault(job, rows)
        return found

    def _write(self, table: pa.Table, path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        stream = pa.BufferOutputStream()
        pq.write_table(table, stream, compression="zstd", write_page_checksum=True)
        make_folder(path.parent)
        write_whole(path, stream.getvalue().to_pybytes())

    def _lock(self) -> _Lock:
        return _Lock(self.parts / ".lock")


class _Lock:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.stream = self.path.open("a")
        fcntl.flock(self.stream, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.stream.close()


def _as_table(job: Job, predictions: Predictions) -> pa.Table:
    import pyarrow as pa

    n = len(predictions.clip_ids)
    task = job.of.task
    same = (job.fingerprint, task.name, str(job.feature_set), job.layer, str(job.model), job.of.track)
    columns: dict[str, object] = dict(zip(NAMES[:6], ([text] * n for text in same), strict=True))
    columns |= {
        "seed": pa.array([job.seed + job.repeat] * n, pa.int64()),
        "clip_id": predictions.clip_ids,
        "speaker": predictions.speakers,
        "fold": predictions.folds,
        "truth": predictions.truth,
        "guess": predictions.guess,
        "truth_level": _level_names(job, predictions.truth),
        "guess_level": _level_names(job, predictions.guess),
        "low": _or_null(predictions.low, n, pa.float64()),
        "high": _or_null(predictions.high, n, pa.float64()),
        "probabilities": _or_null(predictions.probabilities, n, pa.list_(pa.float64())),
    }
    return pa.table(
        {name: pa.array(values) if not isinstance(values, pa.Array) else values for name, values in columns.items()}
    )


def _or_null(values: npt.NDArray[np.float64] | None, n: int, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    return pa.nulls(n, kind) if values is None else pa.array(values.tolist(), kind)


def _widened(table: pa.Table) -> pa.Table:
    """The columns in their order; those that version 0.1 did not write are null."""
    import pyarrow as pa

    for name, kind in (("low", pa.float64()), ("high", pa.float64()), ("probabilities", pa.list_(pa.float64()))):
        if name not in table.column_names:
            table = table.append_column(name, pa.nulls(table.num_rows, kind))
    return table.select(COLUMNS)


def _level_names(job: Job, values: npt.NDArray[np.float64]) -> pa.Array:
    import pyarrow as pa

    levels = job.of.task.target.levels
    names = [levels[int(value)] for value in values] if job.of.task.form == "level" else [None] * len(values)
    return pa.array(names, pa.string())


def _by_job(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each job of a table, which stand together."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return
    runs = pc.run_end_encode(table["job"].combine_chunks())
    start = 0
    for job, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield job, table.slice(start, end - start)
        start = end


def _from_table(table: pa.Table) -> Predictions:
    text = {name: tuple(table[name].to_pylist()) for name in ("clip_id", "speaker", "fold")}
    # `to_numpy` and comparisons would import pandas, which an unchanged run has no need of.
    truth, guess = (np.asarray(table[name].to_pylist(), dtype=np.float64) for name in ("truth", "guess"))
    low, high, shares = (_optional(table, name) for name in ("low", "high", "probabilities"))
    return Predictions(text["clip_id"], text["speaker"], text["fold"], truth, guess, low, high, shares)


def _optional(table: pa.Table, name: str) -> npt.NDArray[np.float64] | None:
    column = table[name]
    return None if column.null_count else np.asarray(column.to_pylist(), dtype=np.float64)
