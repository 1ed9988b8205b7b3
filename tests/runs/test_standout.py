import dataclasses

import numpy as np
import pytest

from bench.features.cue import Cue
from bench.runs.standout import CueRange

CUES = (Cue("pace", "pace", "x", ("a",), "down"), Cue("pauses", "pauses", "x", ("b",), "not reported"))


def made(n_speakers=20, n_each=10, seed=0):
    rng = np.random.default_rng(seed)
    speakers = np.repeat([f"s{k:02d}" for k in range(n_speakers)], n_each)
    own = np.linspace(0, 1, n_speakers)
    return np.column_stack([np.repeat(own, n_each), rng.normal(size=len(speakers))]), speakers


def test_a_cue_beyond_nearly_all_clips_stands_out():
    ranges = CueRange.of(CUES, *made())
    (found,) = ranges.standing_out(np.array([-0.5, 0.0]))
    assert (found.cue.name, found.side, found.n_beyond, found.n_speakers) == ("pace", "down", 20, 20)
    assert (found.agreement, found.as_far) == ("as", 0.0)
    up = ranges.standing_out(np.array([0.98, 5.0]))
    assert [(one.side, one.n_beyond, one.agreement, one.as_far) for one in up] == [
        ("up", 20, "", 0.0),
        ("up", 19, "against", 0.05),
    ]
    assert ranges.standing_out(np.array([0.5, np.nan])) == ()


def test_what_stands_out_of_training_clips_is_counted_among_the_other_speakers():
    values, speakers = made(n_speakers=8)
    values[3, 1] = np.nan
    counts = []
    for row, speaker in zip(values, speakers, strict=True):
        others = values[speakers != speaker]
        known = np.isfinite(others).sum(axis=0)
        below, above = (others <= row).sum(axis=0) / known, (others >= row).sum(axis=0) / known
        counts.append(((np.minimum(below, above) <= 0.05) & np.isfinite(row)).sum())
    ranges = CueRange.of(CUES, values, speakers)
    assert ranges.counts.tolist() == counts
    assert 0 < ranges.usual == pytest.approx(np.mean(counts))


@pytest.mark.parametrize(("n_clips", "strange"), [(200, (21, 29, 30)), (60, (30,)), (0, ())])
def test_too_many_cues_are_more_than_in_99_percent_of_the_clips_or_far_more_than_in_any_of_few(n_clips, strange):
    """Of 40 cues; the counts of the clips run from 0 to 19."""
    cues = tuple(dataclasses.replace(CUES[0], name=f"c{n}") for n in range(40))
    counts = np.arange(n_clips) % 20.0
    ranges = CueRange(cues, np.zeros((6, 40)), np.zeros((n_clips, 40)), counts)
    assert tuple(n for n in (5, 19, 21, 29, 30) if ranges.too_many(n)) == strange
    if n_clips:
        assert ranges.too_many(30) == (
            f"30 of its 40 cues are more extreme than in 95% of the training clips (all {n_clips} held-out clips have fewer)"
        )


def test_of_clips_of_new_speakers_one_in_a_hundred_has_too_many_cues():
    rng = np.random.default_rng(0)
    cues = tuple(dataclasses.replace(CUES[0], name=f"c{n}") for n in range(30))
    speakers = np.repeat([f"s{n:02d}" for n in range(80)], 20)
    own = np.repeat(rng.normal(0, 0.7, (80, 30)), 20, axis=0)
    values = own + rng.normal(size=(1600, 1)) * 0.7 + rng.normal(size=(1600, 30))
    trained = speakers < "s40"
    ranges = CueRange.of(cues, values[trained], speakers[trained])
    called = [bool(ranges.too_many(len(ranges.standing_out(one)))) for one in values[~trained]]
    assert 0.002 < np.mean(called) < 0.03


def test_a_cue_that_no_speaker_has_never_stands_out():
    values, speakers = made()
    values[:, 1] = np.nan
    assert CueRange.of(CUES, values, speakers).standing_out(np.array([0.5, 3.0])) == ()


def test_fewer_than_five_speakers_show_no_cue():
    far = np.array([-9.0, 9.0])
    for n_speakers, n_found, n_known in ((1, 0, 0), (4, 0, 0), (5, 2, 2)):
        ranges = CueRange.of(CUES, *made(n_speakers))
        assert (len(ranges.standing_out(far)), ranges.known.sum()) == (n_found, n_known)
        assert np.isnan(ranges.usual)
    assert CueRange.of(CUES, *made(6)).usual > 0
    values, speakers = made()
    values[speakers > "s03", 1] = np.nan  # a cue that four speakers have
    some = CueRange.of(CUES, values, speakers)
    assert [one.cue.name for one in some.standing_out(far)] == ["pace"]
    assert some.known.tolist() == [True, False]
