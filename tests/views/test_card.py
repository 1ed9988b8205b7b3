"""The card on a terminal: aligned at any width, nothing cut off, and no text steers the terminal."""

import re
from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.decoders.facts import ClipFacts
from bench.runs.card import make_card
from bench.views.card import render_card

LONG = "a/very/long/path/without/any/place/to/break/it/" * 3 + "end.wav"


@pytest.fixture(scope="module")
def card():
    target = Target("fatigue-proxy", "proxy", "A stand-in for \x1b[31mfatigue.", ("low", "high"), (0, 1), cuts=(0.5,))
    clips = tuple(Clip(f"c{n}", f"s{n}", Path(f"{n}.wav"), {"fatigue-proxy": n / 10}) for n in range(9))
    facts = {one.id: ClipFacts(one.id, None, one.id, 1.0, 8000, 1, -1.0, -9.0) for one in clips}
    corpus = Corpus(
        "made",
        "1",
        (target,),
        clips,
        (Exclusion(LONG, "it is not\nread"),),
        about="Über [bold]疲れ[/bold].",
        notes=("One.", "Two."),
    )
    return make_card(corpus, facts)


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_lines_keep_to_the_width_and_nothing_is_cut(card, width):
    text = render_card(card, width)
    assert all(len(line) <= width for line in text.splitlines())
    assert "…" not in text
    assert LONG in re.sub(r"\s", "", text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_words_stand_under_words(card):
    lines = render_card(card, 100).splitlines()
    starts = {line.index(word) for line in lines for word in ("9 clips of", "not given") if word in line}
    assert len(starts) <= 2
    assert [line for line in lines if line.startswith("  - ")] == ["  - One.", "  - Two."]
    assert lines[:2] == ["made", "Über [bold]疲れ[/bold]."]


def test_escapes_of_texts_are_shown_and_ours_only_where_asked_for(card):
    plain = render_card(card)
    assert "\x1b" not in plain
    assert "\\x1b[31mfatigue" in plain
    coloured = render_card(card, colour=True)
    assert "\x1b[1mmade" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_the_kind_of_label_stands_before_what_it_means(card):
    assert "proxy label. A stand-in" in render_card(card)
