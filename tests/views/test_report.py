"""A board becomes four files, drawn when there is something new to show."""

import dataclasses
import os
import pickle
import re
import subprocess
import sys

import pytest

from bench.base.durable import Unwritable
from bench.views.document import render_json
from bench.views.layer_page import render_layers
from bench.views.leaderboard import render_html
from bench.views.markdown import render_markdown
from bench.views.report import DOCUMENT, LAYERS, MARKDOWN, PAGE, TABLE, report
from bench.views.table import render_csv

FILES = (DOCUMENT, TABLE, MARKDOWN, PAGE)


@pytest.fixture
def small(board):
    """A board without figures, quick to draw."""
    return dataclasses.replace(board, tasks=board.tasks[-1:])


def age(folder):
    """Make the files look old, and give what the clock says of them."""
    for name in FILES:
        if (folder / name).exists():
            os.utime(folder / name, ns=(0, 10**18))
    return stamps(folder)


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in sorted(folder.iterdir())}


def test_it_writes_four_files_and_gives_the_page(small, tmp_path):
    page = report(small, tmp_path / "new" / "reports")
    assert page == tmp_path / "new" / "reports" / "leaderboard.html"
    assert sorted(os.listdir(page.parent)) == ["leaderboard.csv", "leaderboard.html", "leaderboard.json", "leaderboard.md"]
    assert page.with_suffix(".csv").read_bytes().decode() == render_csv(small)
    assert page.with_suffix(".json").read_text() == render_json(small)
    assert page.with_suffix(".md").read_text() == render_markdown(small)
    text, mark = page.read_text().rsplit("<!--", 1)
    assert text.rstrip("\n") == render_html(small).rstrip("\n")
    assert re.fullmatch(r" board [0-9a-f]{20} -->\n", mark)


def test_a_folder_may_be_given_as_text(small, tmp_path):
    assert report(small, str(tmp_path)) == tmp_path / PAGE


def test_nothing_is_drawn_where_the_same_board_is_shown(small, tmp_path):
    report(small, tmp_path)
    before = age(tmp_path)
    assert report(dataclasses.replace(small), tmp_path) == tmp_path / PAGE
    assert stamps(tmp_path) == before


def test_an_unchanged_board_loads_nothing_that_draws(small, tmp_path):
    report(small, tmp_path)
    (tmp_path / "board.pickle").write_bytes(pickle.dumps(small))
    code = (
        "import pickle, sys\nfrom pathlib import Path\nfrom bench.views.report import report\n"
        "folder = Path(sys.argv[1])\nreport(pickle.loads((folder / 'board.pickle').read_bytes()), folder)\n"
        "print(sorted({'jinja2', 'matplotlib', 'seaborn', 'bench.views.leaderboard'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 1},
        {"jobs_waiting": 3},
        {"partial": "the first 3 speakers only"},
        {"versions": {"numpy": "9.9"}},
        {"command": "fatigue-bench run --seed 1"},
        {"tasks": ()},
    ],
    ids=lambda change: next(iter(change)),
)
def test_all_is_drawn_where_the_board_changed(small, tmp_path, change):
    report(small, tmp_path)
    before = age(tmp_path)
    page = (tmp_path / PAGE).read_text()
    changed = dataclasses.replace(small, **change)
    report(changed, tmp_path)
    now = stamps(tmp_path)
    assert all(now[name] != before[name] for name in FILES)
    assert (tmp_path / PAGE).read_text() != page
    age(tmp_path)
    report(small, tmp_path)
    assert (tmp_path / PAGE).read_text() == page


@pytest.mark.parametrize("name", FILES)
def test_all_is_drawn_where_a_file_is_missing(small, tmp_path, name):
    report(small, tmp_path)
    text = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    report(small, tmp_path)
    assert (tmp_path / name).read_bytes() == text


@pytest.mark.parametrize("keep", [0, 40, -1])
def test_a_page_that_was_cut_off_is_drawn_again(small, tmp_path, keep):
    page = report(small, tmp_path)
    whole = page.read_bytes()
    page.write_bytes(whole[:keep])
    report(small, tmp_path)
    assert page.read_bytes() == whole


def test_it_draws_again_when_it_is_told_to(small, tmp_path):
    report(small, tmp_path)
    before = age(tmp_path)
    report(small, tmp_path, again=True)
    now = stamps(tmp_path)
    assert all(now[name] != before[name] for name in FILES)


def test_a_folder_that_cannot_be_made_is_named(small, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unwritable, match=r"file/reports' cannot be written\. .*Give another place"):
        report(small, tmp_path / "file" / "reports")


def test_a_folder_that_cannot_be_written_is_named_and_the_old_report_stays(small, tmp_path, monkeypatch):
    report(small, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bench.base.durable.os.fsync", full)
    with pytest.raises(Unwritable, match=re.escape(f"{str(tmp_path)!r} cannot be written. The disk is full.")):
        report(dataclasses.replace(small, seed=1), tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.fixture
def few_layers(layered):
    """A board of layers with one small encoder, quick to draw."""
    task = dataclasses.replace(layered.tasks[0], rows=(), curves=(), stability=None, layers=layered.tasks[0].layers[1:])
    return dataclasses.replace(layered, tasks=(task,))


def test_a_board_with_layers_has_their_page_beside_it_and_links_to_it(few_layers, small, tmp_path):
    page = report(few_layers, tmp_path)
    assert (tmp_path / LAYERS).read_text() == render_layers(few_layers)
    assert 'href="layers.html#t1-e1"' in page.read_text()
    assert 'id="t1-e1"' in (tmp_path / LAYERS).read_text()
    words = "Choosing a layer by looking at this curve would be optimistic"
    assert words in (tmp_path / MARKDOWN).read_text()
    (tmp_path / LAYERS).unlink()
    report(few_layers, tmp_path)
    assert words in (tmp_path / LAYERS).read_text()
    report(small, tmp_path)
    assert not (tmp_path / LAYERS).exists()
    assert "layers.html" not in page.read_text()
