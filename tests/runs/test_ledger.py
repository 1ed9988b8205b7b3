import json
import multiprocessing

import pytest

from bench.runs.ledger import Ledger


def test_records_come_back_in_order_and_the_last_of_a_key_counts(tmp_path):
    ledger = Ledger(tmp_path / "deep" / "ledger.jsonl")
    ledger.append("result", "a", {"n": 1})
    ledger.append("task", "a", {"n": 2})
    ledger.append("result", "b", {"n": 3})
    ledger.append("result", "a", {"n": 4})
    assert [(key, record["n"]) for key, record in ledger.records("result").items()] == [("b", 3), ("a", 4)]
    assert ledger.records("task")["a"]["n"] == 2


def test_a_missing_ledger_holds_nothing(tmp_path):
    assert Ledger(tmp_path / "none.jsonl").records("result") == {}


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_line_torn_by_a_kill_is_passed_over_and_closed(tmp_path, cut):
    path = tmp_path / "ledger.jsonl"
    ledger = Ledger(path)
    ledger.append("result", "a", {"n": 1})
    ledger.append("result", "b", {"n": 2})
    path.write_bytes(path.read_bytes()[:-cut])
    ledger.append("result", "c", {"n": 3})
    kept = set(ledger.records("result"))
    # Losing only the newline loses nothing: the line is whole.
    assert kept == ({"a", "b", "c"} if cut == 1 else {"a", "c"})
    assert json.loads(path.read_text().splitlines()[-1])["n"] == 3


def _append_many(path, name):
    ledger = Ledger(path)
    for number in range(50):
        ledger.append("result", f"{name}{number}", {"text": name * 300})


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_many, args=(path, name)) for name in "xyz"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(Ledger(path).records("result")) == 150


def test_a_ledger_that_cannot_be_written_says_so_in_one_sentence(tmp_path):
    from bench.base.error import BenchError

    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="cannot be written"):
        Ledger(tmp_path / "file" / "ledger.jsonl").append("result", "a", {})
