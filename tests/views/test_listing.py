from dataclasses import dataclass

import pytest

from bench.runs.estimate import Estimate
from bench.views.listing import duration, render_estimate, render_rows


@dataclass(frozen=True)
class Line:
    folder: str
    clips: int = 0
    extract_seconds: float = 0.0
    status: str = ""
    removed: tuple = ()
    note: str | None = None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.01, "1 s"),
        (1.4, "1 s"),
        (59.6, "60 s"),
        (119.4, "119 s"),
        (120, "2 min"),
        (7170, "120 min"),
        (7200, "2.0 h"),
        (90_000, "25.0 h"),
    ],
)
def test_lengths_of_time(seconds, text):
    assert duration(seconds) == text


def test_the_dry_run_says_a_thing_a_line():
    estimate = Estimate(720, 20, {"egemaps": 20, "timing": 0}, {"egemaps": 61.2, "timing": 0.0}, 12.34, 90, 30, 600.0)
    lines = render_estimate(estimate).splitlines()
    assert lines[:5] == [
        "clips     720, of which 20 were never looked at",
        "extract   egemaps: 20 clips, about 61 s",
        "extract   timing: 0 clips",
        "disk      about 12.3 MB",
        "jobs      90, of which 30 are done; about 10 min of fitting",
    ]
    assert lines[5:] == [f"in all    about {duration(estimate.total_s)}"]
    assert estimate.total_s >= 61.2 + 600.0


def test_rows_are_blocks_of_lines_and_what_is_empty_is_left_out():
    text = render_rows([Line("egemaps-01", 720, 3.14159, "current", ("a", "b")), Line("timing-02")])
    assert text == (
        "folder           egemaps-01\n"
        "clips            720\n"
        "extract seconds  3.14\n"
        "status           current\n"
        "removed          a; b\n"
        "\n"
        "folder           timing-02\n"
        "clips            0\n"
        "extract seconds  0\n"
    )


def test_where_there_is_nothing_it_says_so():
    assert render_rows([]) == "Nothing is stored.\n"
