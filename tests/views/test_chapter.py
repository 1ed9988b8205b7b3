"""The card in words."""

from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Exclusion, Target
from bench.decoders.facts import ClipFacts
from bench.runs.card import make_card
from bench.runs.sound import Heard
from bench.views.chapter import Chapter, Line, chapters, crowded, size, warnings

PROXY = Target("tired", "proxy", "A stand-in.", ("low", "high"), (0, 1), cuts=(0.5,))
OTHER = Target("tired-pad", "proxy", "Another.", scale=(0, 1), variant_of="tired")
GONE = "the file does not exist"


def card(n=4, facts=None, clips=None, **given):
    clips = clips or tuple(
        Clip(f"c{i}", f"s{i % 2}", Path(f"{i}.wav"), {"tired": i / 10}, traits={"sex": "female"}, confidence={"heard": 0.5})
        for i in range(n)
    )
    known = {
        one.id: ClipFacts(f"k{i}", None, f"h{i}", 90.0 + i, 16_000, 1, -3.0, -20.0 - i, None, 0.0, i / 10)
        for i, one in enumerate(clips)
    }
    return make_card(Corpus("made", "1", (PROXY, OTHER), clips, **given), known | (facts or {}))


def said(card, most=5):
    """Every text by chapter and term; lines of one term are joined."""
    return {(c.title, e[0].term): " ".join(line.text for line in e) for c in chapters(card, most) for e in c.entries}


def test_the_whole_card():
    found = said(
        card(
            published="Nine clips.",
            licence="Free.",
            source="Ask.",
            notes=("First.", "Second."),
            splitter="sessions",
            excluded=(Exclusion("x", "it has no label"),),
        )
    )
    assert found == {
        ("Size", "found"): "4 clips of 2 speakers, 0.10 hours (6 minutes).",
        ("Size", "published"): "Nine clips.",
        ("Labels", "tired"): (
            "A stand-in. Levels: low 4 (100%), high 0 (0%). "
            "Scores: 0.00 to 0.30, median 0.15 on a scale from 0 to 1, 4 different values. "
            "Read in 1 other way, too: tired-pad."
        ),
        ("Labels", "confidence"): "heard: always 0.50 (4 clips).",
        ("Who speaks, and what", "speakers"): "2, with 2 clips each.",
        ("Who speaks, and what", "held out"): "sessions, where nothing else is asked for.",
        ("Who speaks, and what", "sex"): "female (2 speakers, 4 clips).",
        ("Sound", "duration"): "90.00 to 93.00 s, median 91.50 s.",
        ("Sound", "sample rate"): "16,000 Hz (4 clips).",
        ("Sound", "channels"): "1 (4 clips).",
        ("Sound", "level"): "−23.0 to −20.0 dBFS, median −21.5 dBFS (root mean square of a clip).",
        ("Sound", "peak"): "always −3.0 dBFS.",
        ("Sound", "clipping"): "None of 4 clips has two samples or more in a flat run at full scale.",
        ("Sound", "silence"): (
            "0% to 30% of a clip, median 15% (frames of 25 ms over 40 dB below the loudest of the clip, both ends included)."
        ),
        ("Left out", "by the reader"): "it has no label: x.",
        ("Where it comes from", "how to get it"): "Ask.",
        ("Where it comes from", "licence"): "Free.",
        ("Where it comes from", "citation"): "not given",
        ("Notes", ""): "First. Second.",
    }


def test_badges_say_what_the_labels_are():
    labels = next(chapter for chapter in chapters(card()) if chapter.title == "Labels")
    assert labels.lines[0].badge == "proxy label"
    clips = (Clip("c", "s", Path("c.wav"), {}),)
    measured = make_card(Corpus("m", "1", (Target("kss", "measured", "A.", scale=(1, 9)),), clips), {"c": ClipFacts("", GONE)})
    assert next(one for one in chapters(measured) if one.title == "Labels").lines == (
        Line("kss", "A.", "measured"),
        Line("", "No clip has a label."),
    )


def test_what_is_wrong_with_files_is_told_with_counts_and_some_names():
    problems = dict.fromkeys(("c0", "c1", "c2"), ClipFacts("k", "it is truncated")) | {"c3": ClipFacts("", GONE)}
    twins = {"c5": ClipFacts("k5", None, "h4", 90.0, 16_000, 1, -3.0, -20.0)}
    made = card(8, facts=problems | twins)
    found = said(made, most=2)
    assert found["Size", "not usable"] == ("6 of 8 clips, listed below: 1 missing, 3 broken, 2 with the same audio as another.")
    assert found["Left out", "missing"] == "1 recording: c3."
    assert found["Left out", "broken"] == "it is truncated (3): c0, c1 and 1 more."
    assert found["Left out", "the same audio"] == "c4, c5: all are left out, for nobody can know which label is right."


def test_many_reasons_are_counted():
    made = card(excluded=tuple(Exclusion(f"x{n}", f"reason {n % 5}") for n in range(7)))
    found = said(made, most=3)["Left out", "by the reader"]
    assert found == "reason 0 (2): x0, x5. reason 1 (2): x1, x6. reason 2: x2. And 2 more, for 2 other reasons."


def test_clipping_names_the_worst():
    facts = {f"c{n}": ClipFacts(f"k{n}", None, f"h{n}", 1.0, 8000, 1, 0.0, -9.0, None, n / 100) for n in range(4)}
    found = said(card(facts=facts), most=2)["Sound", "clipping"]
    assert found == "3 of 4 clips have samples in flat runs at full scale. The worst: c3 (3%), c2 (2%)."


def test_many_values_are_counted_and_what_is_not_known_is_said():
    clips = tuple(Clip(f"c{n}", "s", Path("a.wav"), {}, text=f"t{n // 2}" if n < 40 else None) for n in range(50))
    found = said(card(clips=clips))
    assert found["Who speaks, and what", "text"] == "20 different, with 2 clips each; of 10 clips it is not known."


def test_label_files_alone():
    made = card(2, facts=dict.fromkeys(("c0", "c1"), ClipFacts("", GONE)), caution="Mind the pairs.")
    assert warnings(made) == (
        "No recording is there. This card is of the label files alone: what needs sound is left out.",
        "Mind the pairs.",
    )
    assert size(made) == "2 clips of 2 speakers"
    titles = {chapter.title for chapter in chapters(made)}
    assert {"Sound", "Left out"}.isdisjoint(titles)


def test_no_recording_can_be_used():
    made = card(2, facts={"c0": ClipFacts("", GONE), "c1": ClipFacts("k", "it is truncated")})
    assert "No recording can be used" in warnings(made)[0]


def test_speakers_nobody_knows():
    clips = (Clip("c", "", Path("a.wav"), {"tired": 0.1}),)
    made = card(clips=clips, speakers="unknown")
    assert size(made).startswith("1 clip of speakers who are not known")
    assert "Nobody knows who speaks" in said(made)["Who speaks, and what", "speakers"]


def test_channels_of_dialogues():
    turns = ((0.0, 1.0),)
    clips = tuple(
        Clip(f"{speaker}{n}", speaker, Path(f"d{n}.wav"), {"tired": 0.1}, 0.0, 1.0, turns=turns)
        for speaker in "ab"
        for n in range(3)
    )
    facts = {
        one.id: ClipFacts(one.id, None, one.id, 1.0, 8000, 2, -1.0, -9.0, 0 if one.id in ("a0", "a1", "a2", "b2") else 1)
        for one in clips
    }
    found = said(card(clips=clips, facts=facts))["Sound", "heard in"]
    assert found == (
        "In 3 dialogues each speaker is heard in the channel loudest over their turns. a: left in 3 dialogues. "
        "b: left in 1 dialogue, right in 2 dialogues. Two speakers are heard in one channel in 1 dialogue: d2.wav."
    )


def test_a_speaker_in_two_channels_is_no_crowd():
    assert crowded([Heard("d", "a", 0, 1), Heard("d", "a", 1, 1), Heard("e", "a", 0, 1), Heard("e", "b", 0, 1)]) == ("e",)


@pytest.mark.parametrize("terms", [("a", "", "b"), ("", "")])
def test_lines_without_a_term_belong_to_the_one_before(terms):
    entries = Chapter("t", tuple(Line(term, "x") for term in terms)).entries
    assert [len(entry) for entry in entries] == ([2, 1] if terms[0] else [2])
