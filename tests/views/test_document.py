"""The board as JSON: the numbers of the CSV, whole and strict."""

import csv
import dataclasses
import io
import json
import math
from typing import Any

import pytest

from bench.corpora.corpus import Target
from bench.runs.board import Board, Stability, TaskBoard, VariantBoard
from bench.runs.row import Row, Value
from bench.views.document import FORMAT, render_json
from bench.views.table import render_csv


def strict(text: str) -> dict[str, Any]:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.fixture(scope="module", params=["board", "full"])
def both(request):
    given = request.getfixturevalue(request.param)
    return strict(render_json(given)), list(csv.DictReader(io.StringIO(render_csv(given), newline="")))


def number(cell: str) -> float | None:
    """A cell of the CSV as JSON says it: what is empty or not defined is null."""
    return None if cell in ("", "nan") else float(cell)


def test_every_number_of_the_table_is_read_back(both):
    document, table = both
    lines = iter(table)
    for task in document["tasks"]:
        for row in task["rows"]:
            for name, value in row["metrics"].items():
                line = next(lines)
                assert (line["task"], line["fingerprint"], line["metric"]) == (task["name"], row["fingerprint"], name)
                assert [number(line[key]) for key in ("value", "low", "high")] == [
                    value[key] for key in ("value", "low", "high")
                ]
                costs = ("extract_seconds", "fit_seconds", "cache_mb", "n_columns")
                assert [number(line[key]) for key in costs] == [row[key] for key in costs]
                if name == task["metric"]:
                    assert number(line["chance"]) == task["chance"]
                    for prefix, key in (("difference", "difference"), ("null_mean", "null")):
                        told = row[key] or {"value": None, "low": None, "high": None}
                        stem = prefix.removesuffix("_mean")
                        cells = (line[prefix], line[f"{stem}_low"], line[f"{stem}_high"])
                        assert [number(cell) for cell in cells] == [told["value"], told["low"], told["high"]]
            if not row["metrics"]:
                assert next(lines)["status"] == row["status"] == "failed"
    assert next(lines, None) is None


def test_badge_and_label_kind_stand_at_every_task_and_row(both):
    document, table = both
    for task in document["tasks"]:
        assert {(line["badge"], line["label_kind"]) for line in table if line["task"] == task["name"]} == {
            (one["badge"], one["label_kind"]) for one in (task, *task["rows"])
        }
        assert task["label_kind"] == task["target"]["kind"]


def keys(noun: type) -> set[str]:
    return {item.name for item in dataclasses.fields(noun)}


def test_objects_hold_the_fields_of_the_nouns(both):
    document, _ = both
    assert document["format"] == FORMAT == 1
    assert set(document) == keys(Board) | {"format"}
    for task in document["tasks"]:
        assert set(task) == keys(TaskBoard) | {"badge", "label_kind"}
        assert set(task["target"]) == keys(Target)
        for row in task["rows"]:
            assert set(row) == keys(Row) | {"badge", "label_kind"}
            assert all(set(value) == keys(Value) for value in row["metrics"].values())
        if task["stability"]:
            assert set(task["stability"]) == keys(Stability) | {"held", "needed", "holds"}
            assert all(set(one) == keys(VariantBoard) for one in task["stability"]["variants"])


def test_what_follows_from_the_readings_stands_there(full):
    first, second, third = strict(render_json(full))["tasks"]
    assert [first["stability"][key] for key in ("held", "needed", "holds")] == [3, 4, False]
    assert [second["stability"][key] for key in ("held", "needed", "holds")] == [4, 4, True]
    assert third["stability"] is None


def test_numbers_that_json_does_not_know_are_null(single):
    task = single.tasks[0]
    odd = dataclasses.replace(task.rows[0], metrics={"uar": Value(math.nan, -math.inf, 0.1)}, by_speaker={"a": math.nan})
    text = render_json(dataclasses.replace(single, tasks=(dataclasses.replace(task, rows=(odd,)),)))
    row = strict(text)["tasks"][0]["rows"][0]
    assert row["metrics"]["uar"] == {"value": None, "low": None, "high": 0.1}
    assert row["by_speaker"] == {"a": None}


def test_it_can_be_written_whatever_a_file_is_called(single):
    text = render_json(dataclasses.replace(single, command="run 'caf\udce9\x1b[31m'"))
    assert strict(text.encode("utf-8").decode())["command"] == "run 'caf\\udce9\\x1b[31m'"


def test_twice_the_same_and_keys_in_order(full):
    assert render_json(full) == render_json(full)
    assert list(strict(render_json(full)))[:2] == ["format", "command"]
