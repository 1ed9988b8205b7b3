from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.features.cue import Cue
from bench.runs.cue import judge_cues
from bench.views.cue import claimed, counts, remarks, render_cues, reported, verdict, warnings

NASTY = "<b>&\x1b[31m"


def made(kind="measured", n_speakers=8, n_clips=9):
    """A board of four cues: one goes as reported, one the other way, one without a report, and one that goes nowhere."""
    target = Target("kss", kind, f"How sleepy. {NASTY}", scale=(1, 9), unit="KSS")
    clips = tuple(
        Clip(f"s{s}_{n}", f"s{s}", Path("a.wav"), {"kss": 1.0 + n}) for s in range(n_speakers) for n in range(n_clips)
    )
    corpus = Corpus("made", "1", (target, replace(target, name="other")), clips, (Exclusion("gone", f"broken {NASTY}"),))
    rng = np.random.default_rng(1)
    labels = np.array([clip.labels["kss"] for clip in clips])
    moving = labels + rng.normal(0, 2, len(labels))
    gaps = np.where(np.arange(len(labels)) == 3, np.nan, moving)
    values = {
        Cue("speech rate", "pace", "timing", ("speech_rate_hz",), "up", ("Ann 2001",)): moving,
        Cue("pause share", "pauses", "timing", ("pause_share",), "down", ("Ann 2001", f"Bob 2002 {NASTY}"), "A remark."): gaps,
        Cue("pause length", "pauses", "timing", ("pause_mean_s",), "not reported"): -moving,
        Cue("shimmer", "voice", "egemaps", ("x", "y"), "conflicting", ("Cyd 2003",), join="product"): rng.normal(
            0, 1, len(labels)
        ),
    }
    return judge_cues(corpus, target, values, "fatigue-bench cues made --target kss")


@pytest.fixture
def board():
    return made()


def test_what_is_claimed_stands_beside_what_is_reported(board):
    assert [(reported(row), claimed(row)) for row in board.rows] == [
        ("up", "up, agrees"),
        ("down", "up, opposite"),
        ("–", "down"),
        ("conflicting", "–"),
    ]
    first, second = verdict(board).split(". ")
    assert first == "Of 4 cues, 3 move with the label within speakers"
    assert second == "For 2 of them one direction is reported: 1 agrees with it, 1 is opposite."


def test_no_source_is_named_without_saying_that_nobody_checked(board):
    said = dict(remarks(board))
    assert said["speech rate"] == "Up as reported by Ann 2001, not re-checked."
    assert said["pause share"].endswith("not re-checked. A remark. No value in 1 clip, which is left out.")
    assert said["shimmer"].startswith("Conflicting as reported by Cyd 2003, not")
    assert "pause length" not in said


@pytest.mark.parametrize(("kind", "word"), [("proxy", "stand-in"), ("acted", "acted"), ("synthetic", "nobody was tired")])
def test_a_label_that_is_not_measured_is_called_so_at_the_top(kind, word):
    board = made(kind)
    head = render_cues(board, 100).split("Cue  ")[0]
    assert board.badge in head
    assert word in " ".join(head.split())
    assert warnings(made("measured")) == []


def test_counts_say_what_was_left_out(board):
    said = " ".join(counts(board))
    assert said == "72 clips of 8 speakers; the label is its score (KSS). 1 clip excluded. Other targets, for --target: other."
    fewer = replace(board, n_usable=6, n_unlabelled=2)
    assert "2 speakers left out: fewer than 5 clips with a label, or one label only. 2 clips without" in " ".join(counts(fewer))


def test_four_speakers_claim_nothing():
    board = made(n_speakers=4)
    assert {claimed(row) for row in board.rows} == {"no interval"}
    assert verdict(board).startswith("Fewer than 5 speakers")
    assert "None of" in verdict(replace(board, n_usable=8))


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_and_steers_no_terminal(board, width):
    text = render_cues(board, width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    assert text.endswith("\n")
    row = next(line for line in text.splitlines() if line.startswith("pause share"))
    first = board.rows[1]
    assert f"{first.adjusted.low:.3f}, {first.adjusted.high:.3f}" in row
    assert (f"{first.value.low:.3f}, {first.value.high:.3f}" in row) == (width == 120)
    assert "\x1b[" in render_cues(board, width, colour=True)
