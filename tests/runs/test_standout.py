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


def test_a_cue_beyond_nearly_all_speakers_stands_out():
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


def test_what_is_usual_is_counted_clip_by_clip_against_other_speakers():
    values, speakers = made(n_speakers=8)
    count = []
    for row, speaker in zip(values, speakers, strict=True):
        others = np.stack([values[speakers == one].mean(axis=0) for one in sorted(set(speakers) - {speaker})])
        low, high = np.quantile(others, [0.05, 0.95], axis=0)
        count.append(((row < low) | (row > high)).sum())
    assert CueRange.of(CUES, values, speakers).usual == pytest.approx(np.mean(count))


def test_a_cue_that_no_speaker_has_never_stands_out():
    values, speakers = made()
    values[:, 1] = np.nan
    assert CueRange.of(CUES, values, speakers).standing_out(np.array([0.5, 3.0])) == ()


def test_fewer_than_five_speakers_are_no_range():
    far = np.array([-9.0, 9.0])
    for n_speakers, n_found, n_ranges in ((1, 0, 0), (4, 0, 0), (5, 2, 2)):
        ranges = CueRange.of(CUES, *made(n_speakers))
        assert (len(ranges.standing_out(far)), ranges.n_ranges) == (n_found, n_ranges)
        assert np.isnan(ranges.usual)
    assert CueRange.of(CUES, *made(6)).usual > 0
    values, speakers = made()
    values[speakers > "s03", 1] = np.nan  # a cue that four speakers have
    some = CueRange.of(CUES, values, speakers)
    assert [one.cue.name for one in some.standing_out(far)] == ["pace"]
    assert some.n_ranges == 1
