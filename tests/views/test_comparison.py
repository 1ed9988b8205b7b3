"""Two runs compared, as text, Markdown and a page."""

import dataclasses
from html.parser import HTMLParser

import pytest

from bench.base.error import RequestError
from bench.runs.difference import WAITING, Change, LedgerComparison, MovedRow, TaskComparison
from bench.runs.row import Row, Value
from bench.views.comparison import (
    HOW,
    parts,
    render_comparison,
    render_comparison_markdown,
    render_comparison_page,
    summary,
    write_comparison,
)


def row(name, verdict, gap=0.0, n_changed=0, p=None, same_job=False):
    made = Row(name, name, "", "linear", 0, "done")
    return MovedRow(
        made,
        Value(0.5, 0.4, 0.6),
        Value(0.5 + gap, 0.4, 0.6),
        Value(gap, gap - 0.1, gap + 0.1),
        p,
        n_changed,
        same_job,
        verdict,
    )


TASK = TaskComparison(
    "ravdess/fatigue-proxy/level",
    "speaker",
    "proxy label",
    "UAR",
    (Change("splitter", "loso", "grouped-6"),),
    ("Rows are compared on 719 clips of 12 speakers, which are all.",),
    (
        row("<b>new</b>", "moved", 0.2, 90, 0.004),
        row("egemaps", "still", -0.01, 3, 0.7, same_job=True),
        row("timing", "equal", p=1.0),
    ),
    (row("zcr", "equal").row,),
    failed_after=tuple(
        dataclasses.replace(row(name, "equal").row, status="failed", error=error)
        for name, error in (("zcr", "It broke."), *((f"late{n}", WAITING) for n in range(5)))
    ),
)
GIVEN = LedgerComparison("monday", "tuesday", (Change("numpy", "2.3", "2.4"),), (TASK,), (), ("ravdess/emotion/level",))


def test_what_was_changed_stands_before_what_moved():
    text = render_comparison(GIVEN, 120)
    places = [text.index(word) for word in ("monday -> tuesday", "What was changed", "numpy", "splitter", "<b>new</b>")]
    assert places == sorted(places)
    assert "Only the second has ravdess/emotion/level." in text
    assert "ravdess/fatigue-proxy/level, speaker track (proxy label)" in text
    assert "Only the first has a value of zcr with linear." in text
    assert "zcr with linear failed in the second: It broke." in text
    said = " ".join(text.split())
    assert "late0 with linear; late1 with linear; late2 with linear and 2 more have no value in the second: it is not" in said


def test_a_terminal_leaves_out_bit_equal_rows_and_counts_them():
    text = render_comparison(GIVEN, 120)
    assert "timing with linear" not in text
    assert "1 of 3 rows moved beyond noise, and 1 is bit-equal." in " ".join(text.split())
    assert "+0.200 [0.100, 0.300]" in text
    assert "timing with linear" in render_comparison_markdown(GIVEN)


def test_the_same_job_with_other_guesses_is_pointed_out():
    assert "1 row of the same job gave other guesses" in summary(TASK)
    assert "same job" not in summary(dataclasses.replace(TASK, rows=TASK.rows[:1]))
    assert (
        summary(dataclasses.replace(TASK, rows=(TASK.rows[2],) * 2)) == "All 2 rows that both have guess the same, bit for bit."
    )
    untold = dataclasses.replace(TASK, rows=(row("a", "untold", 0.1, 4),), untold="Nobody knows who speaks.")
    assert summary(untold) == "1 row guesses otherwise."
    assert "Nobody knows who speaks." in parts(dataclasses.replace(GIVEN, tasks=(untold,)))[-1].sentences


def test_markdown_has_each_verdict():
    text = render_comparison_markdown(GIVEN)
    assert "| numpy | 2.3 | 2.4 |" in text
    for words in ("moved beyond noise", "not beyond noise", "bit-equal"):
        assert words in text
    assert "\\<b\\>new\\</b\\> with linear" in text
    assert text.endswith("\n")


def test_the_page_is_whole_and_escaped():
    page = render_comparison_page(GIVEN)
    assert "<b>new" not in page
    assert "&lt;b&gt;new" in page
    assert "default-src &#39;none&#39;" in page
    assert HOW.partition("row")[2][3:60] in page
    open_, closed = [], []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            open_.append(tag)

        def handle_endtag(self, tag):
            closed.append(tag)

    Tags().feed(page)
    for tag in ("section", "table", "tr", "td", "th"):
        assert open_.count(tag) == closed.count(tag) > 0


@pytest.mark.parametrize(("name", "start"), [("page.html", "<!DOCTYPE html>"), ("told.md", "# Two runs compared")])
def test_the_name_of_the_file_says_what_is_written(tmp_path, name, start):
    assert write_comparison(GIVEN, tmp_path / name).read_text().startswith(start)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("told.pdf", r"ends in '.pdf'. Expected is .html or .md"),
        ("told", "ends in 'nothing'"),
        ("folder.html", "is a folder"),
        ("no/told.md", "does not exist"),
    ],
)
def test_where_nothing_can_be_written_is_a_wrong_request(tmp_path, name, said):
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(RequestError, match=said):
        write_comparison(GIVEN, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]
