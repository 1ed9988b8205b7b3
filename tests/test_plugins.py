"""The page on plug-ins: every command of it is run, in its order, in a folder that was empty."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from bench.__main__ import app
from bench.runs.plugin import REGISTRIES
from tests.conftest import ROOT, ZCR

PAGE = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if not kind for line in block.splitlines()]


@dataclass
class Step:
    """A command of the page, what it printed, and how the folder looked after it."""

    code: int
    output: str
    ledger: list
    parts: dict
    page: str


def look(folder):
    """The ledger, what is stored, and the board."""
    ledger, page = folder / "reports" / "ledger.jsonl", folder / "reports" / "leaderboard.html"
    parts = {path: path.stat().st_mtime_ns for path in (folder / "features_cache").rglob("*.parquet")}
    lines = [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []
    return lines, parts, page.read_text() if page.exists() else ""


def step(line, folder):
    words = shlex.split(line)
    if words[:3] == ["python", "-m", "pytest"]:
        done = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True)
        return Step(done.returncode, done.stdout, *look(folder))
    quicker = ["--jobs", "1"] if words[1] == "run" else []  # workers would import everything anew
    answer = CliRunner().invoke(app, [*words[1:], *quicker])
    return Step(answer.exit_code, answer.output, *look(folder))


@pytest.fixture
def walk(tmp_path, monkeypatch):
    """Each command of the page with what it did."""
    monkeypatch.chdir(tmp_path)
    for registry in REGISTRIES:
        monkeypatch.setattr(registry, "_added", dict(registry._added))
    steps = {}
    for kind, block in BLOCKS:
        if kind == "python" and "recordings" in block:
            subprocess.run([sys.executable, "-c", block], check=True)
        for line in [] if kind else block.splitlines():
            steps[line] = step(line, tmp_path)
    return steps


def test_the_page_walks_through_all_three_kinds():
    words = [shlex.split(line) for line in COMMANDS]
    assert [word[2] for word in words if word[1] == "new"] == ["feature-set", "corpus", "model"]
    assert sum(word[1] == "check" for word in words) == 3
    assert all(word[0] == "fatigue-bench" or word[:3] == ["python", "-m", "pytest"] for word in words)


def test_every_command_of_the_page_does_what_it_says(walk):
    assert list(walk) == COMMANDS
    for line, done in walk.items():
        assert done.code == 0, (line, done.output)
        if " check " in line:
            assert re.fullmatch(r"[a-z-]+: nothing wrong was found\n", done.output)
        if " new " in line:
            assert "are written, and work as they are" in done.output
    check_that_a_feature_set_that_is_added_computes_its_own_jobs_alone(walk)
    check_that_the_list_says_where_a_plug_in_comes_from(walk)


def check_that_a_feature_set_that_is_added_computes_its_own_jobs_alone(walk):
    before, dry, after = (walk[line] for line in COMMANDS if line.startswith("fatigue-bench run"))
    assert (dry.ledger, dry.parts, dry.page) == (before.ledger, before.parts, before.page)
    assert "night-level: 36 clips" in dry.output
    assert "egemaps: 0 clips" in dry.output
    assert after.ledger[: len(before.ledger)] == before.ledger
    new = after.ledger[len(before.ledger) :]
    (study,) = [line for line in new if line["kind"] == "study"]
    (fitted,) = [line for line in new if line["kind"] != "study"]
    rows = {row["job"]: row["feature_set"] for row in study["rows"] if not row["baseline"]}
    assert sorted(rows.values()) == ["egemaps", "night-level"]
    assert rows[fitted["key"]] == "night-level"
    assert {path: after.parts[path] for path in before.parts} == before.parts
    added = [path for path in after.parts if path not in before.parts]
    assert added
    assert all("night-level" in str(path) for path in added)
    assert "night-level" not in before.page
    assert "night-level" in after.page


def check_that_the_list_says_where_a_plug_in_comes_from(walk):
    lines = next(done.output for line, done in walk.items() if line.startswith("fatigue-bench list")).splitlines()
    (own,) = [line for line in lines if "night-level" in line]
    assert re.search(r"\(from \S*/night_level\.py\)$", own)
    # Other tests may have added plug-ins to this process; ours have no place told.
    ours = [line for line in lines if line.split()[:1] in (["egemaps"], ["timing"], ["table"])]
    assert ours
    assert not any("(from " in line for line in ours)


def test_the_examples_of_the_page_are_those_that_lie_beside_it(tmp_path):
    (zcr,) = [block for kind, block in BLOCKS if kind == "python" and "ZeroCrossings" in block]
    assert zcr == ZCR.read_text()
    (toml,) = [block for kind, block in BLOCKS if kind == "toml"]
    ((name, target),) = tomllib.loads(toml)["project"]["entry-points"]["bench.features"].items()
    done = subprocess.run(
        [sys.executable, "-m", "bench", "new", "feature-set", name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert f'{name} = "{target}"' in done.stdout
