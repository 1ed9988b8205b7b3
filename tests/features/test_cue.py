import itertools
from typing import get_args

import numpy as np
import pytest

from bench.base.spelling import parse
from bench.features.cue import Cue, Direction, read_cues, value_of
from bench.features.feature_set import FEATURE_SETS


def test_every_cue_is_made_from_columns_that_its_feature_set_has():
    for cue in read_cues():
        has = FEATURE_SETS.make(parse(cue.features)).columns
        assert cue.columns
        assert set(cue.columns) <= set(has), cue.name
        assert (len(cue.columns) > 1) == (cue.join == "product"), cue.name


def test_a_direction_has_its_sources_and_none_is_given_without():
    for cue in read_cues():
        assert cue.reported in get_args(Direction), cue.name
        assert bool(cue.sources) == (cue.reported != "not reported"), cue.name


def test_names_differ_and_groups_stand_together():
    cues = read_cues()
    assert len({cue.name for cue in cues}) == len(cues) > 30
    groups = [group for group, _ in itertools.groupby(cue.group for cue in cues)]
    assert len(groups) == len(set(groups))
    wanted = {"pace", "pauses", "voicing", "pitch", "loudness", "voice quality", "spectrum", "articulation"}
    assert set(groups) == wanted


def test_one_column_is_taken_as_it_is_and_several_are_multiplied():
    columns = {("a", "x"): np.array([2.0, 3.0, np.nan], np.float32), ("a", "y"): np.array([10.0, np.nan, 1.0], np.float32)}
    plain = Cue("plain", "g", "a", ("y",), "up")
    product = Cue("product", "g", "a", ("x", "y"), "up", join="product")
    np.testing.assert_array_equal(value_of(plain, columns), [10.0, np.nan, 1.0])
    np.testing.assert_array_equal(value_of(product, columns), [20.0, np.nan, np.nan])


def test_the_spread_of_pitch_is_in_semitones():
    spread = next(cue for cue in read_cues() if cue.name == "pitch, spread")
    semitones = np.array([30.0, 34.0, 29.0, 33.0])
    given = (semitones.mean(), semitones.std() / semitones.mean())
    columns = {(spread.features, name): np.array([value]) for name, value in zip(spread.columns, given, strict=True)}
    assert value_of(spread, columns) == pytest.approx([semitones.std()])
