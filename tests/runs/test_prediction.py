"""The predictions table: nothing lost, nothing doubled, damage told."""

import re
import threading
import time

import numpy as np
import pyarrow.parquet as pq
import pytest

import bench.runs.prediction as room
from bench.base.error import BenchError
from bench.base.spelling import parse
from bench.models.recipe import MODELS
from bench.runs.job import Job
from bench.runs.prediction import Predictions, PredictionStore
from bench.runs.representation import Representation
from tests.runs.conftest import make_corpus, make_run


@pytest.fixture
def job_of(given):
    def job(form="score", seed=0, features="given"):
        run = make_run(form, corpus=make_corpus(2))
        return Job(run, Representation.of(features), MODELS.make(parse("linear")), seed)

    return job


def predictions_of(job, seed=0):
    task = job.of.task
    rng = np.random.default_rng([seed, job.seed])
    guess = rng.integers(0, 3, len(task.clips)).astype(float) if task.form == "level" else rng.normal(5, 2, len(task.clips))
    speakers = tuple(task.speakers().tolist())
    return Predictions(task.clip_ids, speakers, speakers, task.y().astype(float), guess)


def same(one, other):
    return (
        (one.clip_ids, one.speakers, one.folds) == (other.clip_ids, other.speakers, other.folds)
        and one.truth.tobytes() == other.truth.tobytes()
        and one.guess.tobytes() == other.guess.tobytes()
    )


def test_what_is_put_comes_back_bit_by_bit_before_and_after_merging(job_of, tmp_path):
    jobs = [job_of(), job_of("level"), job_of(seed=1)]
    store = PredictionStore(tmp_path)
    for job in jobs:
        store.put(job, predictions_of(job))
    for _ in range(2):
        found = PredictionStore(tmp_path).get([job.fingerprint for job in jobs])
        assert all(same(found[job.fingerprint], predictions_of(job)) for job in jobs)
        store.merge()
    assert store.known() == {job.fingerprint for job in jobs}


def test_only_what_is_asked_for_is_given(job_of, tmp_path):
    store = PredictionStore(tmp_path)
    assert store.get(["unknown"]) == {}
    assert store.known() == set()
    store.put(job_of(), predictions_of(job_of()))
    store.put(job_of(seed=1), predictions_of(job_of(seed=1)))
    assert set(store.get([job_of().fingerprint, "unknown"])) == {job_of().fingerprint}


def test_merging_moves_every_part_once(job_of, tmp_path):
    store = PredictionStore(tmp_path)
    for seed in range(3):
        store.put(job_of(seed=seed), predictions_of(job_of(seed=seed)))
    store.merge()
    store.put(job_of(seed=3), predictions_of(job_of(seed=3)))
    store.put(job_of(seed=1), predictions_of(job_of(seed=1)))  # the same job again, as after a killed run
    store.merge()
    table = pq.read_table(tmp_path / "predictions.parquet")
    assert table.num_rows == 4 * 12
    pairs = list(zip(table["job"].to_pylist(), table["clip_id"].to_pylist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert list((tmp_path / ".predictions").glob("*.parquet")) == []


def test_merging_nothing_leaves_the_table_as_it_was(job_of, tmp_path):
    store = PredictionStore(tmp_path)
    store.merge()
    assert list(tmp_path.iterdir()) == []
    store.put(job_of(), predictions_of(job_of()))
    store.merge()
    before = (tmp_path / "predictions.parquet").stat()
    store.merge()
    after = (tmp_path / "predictions.parquet").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)


def test_two_that_write_and_merge_at_once_lose_nothing_and_hide_nothing(job_of, tmp_path):
    jobs = {name: [job_of(seed=seed + start) for seed in range(12)] for name, start in (("one", 0), ("two", 100))}
    failures = []

    def write(own):
        store = PredictionStore(tmp_path)
        try:
            for number, job in enumerate(own):
                store.put(job, predictions_of(job))
                if number % 2:
                    store.merge()
                known = store.known()
                failures.extend(other.label for other in own[: number + 1] if other.fingerprint not in known)
        except Exception as error:  # noqa: BLE001  # a thread's error would be lost
            failures.append(error)

    threads = [threading.Thread(target=write, args=(own,)) for own in jobs.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    PredictionStore(tmp_path).merge()
    assert failures == []
    every = [job for own in jobs.values() for job in own]
    found = PredictionStore(tmp_path).get([job.fingerprint for job in every])
    assert all(same(found[job.fingerprint], predictions_of(job)) for job in every)
    assert pq.read_metadata(tmp_path / "predictions.parquet").num_rows == 24 * 12


def test_a_merge_waits_for_another_one(job_of, tmp_path):
    import fcntl

    store = PredictionStore(tmp_path)
    store.put(job_of(), predictions_of(job_of()))
    with (tmp_path / ".predictions" / ".lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        thread = threading.Thread(target=store.merge)
        thread.start()
        time.sleep(0.1)
        assert not (tmp_path / "predictions.parquet").exists()
    thread.join()
    assert store.known() == {job_of().fingerprint}
    assert (tmp_path / "predictions.parquet").exists()


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("damage", ["cut", "empty", "flipped"])
def test_a_damaged_file_is_told_with_what_to_do(job_of, tmp_path, merged, damage):
    store = PredictionStore(tmp_path)
    store.put(job_of(), predictions_of(job_of()))
    if merged:
        store.merge()
    (path,) = [p for p in tmp_path.rglob("*.parquet")]
    data = bytearray(path.read_bytes())
    if damage == "flipped":  # a digit of a stored clip id or guess: in a page, where only a checksum tells
        data[data.index(b"s0-0")] ^= 0x10
    path.write_bytes({"cut": bytes(data[:-20]), "empty": b"", "flipped": bytes(data)}[damage])
    with pytest.raises(BenchError, match=re.escape(f"{str(path)!r} is damaged")) as told:
        store.get([job_of().fingerprint])
    assert "Delete it and run again" in str(told.value)
    assert "\n" not in str(told.value)


def test_no_flipped_bit_in_the_pages_gives_other_numbers(job_of, tmp_path):
    store, job = PredictionStore(tmp_path), job_of()
    store.put(job, predictions_of(job))
    store.merge()
    data = store.table.read_bytes()
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    told = 0
    for position in [*range(0, footer, 17), data.rindex(b"clip_id"), data.rindex(b"guess_level")]:
        store.table.write_bytes(data[:position] + bytes([data[position] ^ 0x10]) + data[position + 1 :])
        try:
            found = store.get([job.fingerprint])
        except BenchError:
            told += 1
            continue
        # A flip that is not told lies where nobody reads, or in the job's own name: then the job is run again.
        assert all(same(one, predictions_of(job)) for one in found.values())
    assert told > 20


def test_the_columns_are_those_that_are_documented(job_of, tmp_path):
    store = PredictionStore(tmp_path)
    store.put(job_of("level"), predictions_of(job_of("level")))
    store.merge()
    described = room.__doc__.split("Columns:")[1]
    documented = re.findall(r"``(\w+)``", described)
    assert pq.read_schema(tmp_path / "predictions.parquet").names == documented


def test_a_row_can_be_read_without_this_package(job_of, tmp_path):
    store = PredictionStore(tmp_path)
    for job in (job_of("level"), job_of("score", seed=2, features="given[width=2]")):
        store.put(job, predictions_of(job))
    store.merge()
    rows = pq.read_table(tmp_path / "predictions.parquet").to_pylist()
    level = next(row for row in rows if row["task"] == "tiny/kss/level" and row["clip_id"] == "s1-3")
    guess = predictions_of(job_of("level")).guess[9]
    assert {key: level[key] for key in ("job", "feature_set", "layer", "model", "track", "seed", "speaker", "fold")} == {
        "job": job_of("level").fingerprint,
        "feature_set": "given",
        "layer": "",
        "model": "linear",
        "track": "open",
        "seed": 0,
        "speaker": "s1",
        "fold": "s1",
    }
    assert (level["truth"], level["truth_level"]) == (1.0, "neither")  # a KSS of 6
    assert (level["guess"], level["guess_level"]) == (guess, ("alert", "neither", "sleepy")[int(guess)])
    score = next(row for row in rows if row["task"] == "tiny/kss/score" and row["clip_id"] == "s1-3")
    assert (score["truth"], score["truth_level"], score["guess_level"], score["seed"]) == (6.0, None, None, 2)
    assert score["feature_set"] == "given[width=2]"


def test_a_folder_that_cannot_be_written_is_told(job_of, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="cannot be written"):
        PredictionStore(tmp_path / "file").put(job_of(), predictions_of(job_of()))
