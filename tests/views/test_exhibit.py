"""The exhibits of a card: every picture has its numbers, and they add up."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.corpora.corpus import Clip, Corpus, Target
from bench.decoders.facts import ClipFacts
from bench.runs.card import make_card
from bench.views.exhibit import MOST_BARS, MOST_CLIPPED, label_pictures, sound_pictures, sound_tables, speaker_pictures

KSS = Target("kss", "measured", "How sleepy.", ("alert", "sleepy"), (1, 9), "KSS", (5.0,))
PROXY = Target("proxy", "proxy", "A stand-in.", scale=(0, 1))
MOOD = Target("mood", "acted", "Which mood.", ("sad", "glad"), ordinal=False)


def card(n=12, alone=False, **given):
    clips = tuple(
        Clip(
            f"c{i}", f"s{i % 6}", Path(f"{i}.wav"), {"kss": 1.0 + i % 9, "proxy": i / 1000, "mood": ("sad", "glad")[i % 3 == 0]}
        )
        for i in range(n)
    )
    facts = {
        one.id: ClipFacts("", "the file does not exist")
        if alone
        else ClipFacts(one.id, None, one.id, 1.0 + i, 8000, 1, -1.0, -9.0 - i, None, given.get("clipped", 0.0), i / n)
        for i, one in enumerate(clips)
    }
    return make_card(Corpus("made", "1", (KSS, PROXY, MOOD), clips), facts)


def test_labels_by_score_or_level_with_what_they_are():
    kss, proxy, mood = label_pictures(card())
    assert [one.badge for one in (kss, proxy, mood)] == ["", "proxy label", "acted"]
    assert kss.numbers.heads == ("score", "clips")
    assert kss.numbers.lines[:4] == (("1", "2"), ("2", "2"), ("3", "2"), ("4", "1"))
    assert sum(int(line[-1]) for line in proxy.numbers.lines) == 12
    assert mood.numbers.lines == (("sad", "67%", "8"), ("glad", "33%", "4"))
    assert all(one.svg.startswith("<svg") for one in (kss, proxy, mood))


def test_speakers_by_minutes_and_by_clips_where_there_is_no_sound():
    (heard,) = speaker_pictures(card())
    assert heard.numbers.lines[0] == ("s0", "0.1", "2")  # 1 s and 7 s
    (alone,) = speaker_pictures(card(alone=True))
    assert alone.numbers.lines[0] == ("s0", "2")
    assert alone.numbers.heads == ("speaker", "clips")


def test_of_many_speakers_the_picture_shows_those_with_most():
    made = card()
    speakers = tuple(replace(made.speakers[0], name=f"n{i}", seconds=60.0 * (i + 1)) for i in range(MOST_BARS + 5))
    (found,) = speaker_pictures(replace(made, speakers=speakers))
    assert len(found.numbers.lines) == MOST_BARS + 5
    assert ">n5<" in found.svg
    assert ">n4<" not in found.svg
    assert f"{MOST_BARS} with the most" in found.numbers.title


def test_what_is_the_same_in_all_clips_is_not_drawn():
    assert [one.numbers.title for one in sound_pictures(card().sound)] == ["Duration", "Level", "Silence"]
    assert sound_pictures(card(1).sound) == ()
    assert sound_pictures(None) == ()


@pytest.mark.parametrize("n", [3, MOST_CLIPPED + 1])
def test_clipped_clips_in_a_table(n):
    (table,) = sound_tables(card(n, clipped=0.5).sound)
    assert len(table.lines) == min(n, MOST_CLIPPED)
    assert table.lines[0] == ("c0", "50%")
    assert table.title.startswith(f"Clips with clipping: {n}")
    assert sound_tables(card().sound) == sound_tables(None) == ()


def test_nobody_known_is_not_drawn():
    assert speaker_pictures(replace(card(), speakers=())) == ()
