"""Portions: numbers in order, and parts of clips."""

import statistics
from pathlib import Path

import pytest

from bench.corpora.corpus import Clip
from bench.runs.portion import Numbers, Part, part_of


@pytest.mark.parametrize("values", [[3.0], [2, 1], [5.5, -1, 7, 7], [1, 2, 3, 4, 100]])
def test_the_ends_and_the_middle(values):
    found = Numbers.of(iter(values))
    assert found.values == tuple(sorted(values))
    assert (found.least, found.median, found.most) == (min(values), statistics.median(values), max(values))


def test_speakers_count_once_and_nobody_not_at_all():
    clips = [Clip(f"{n}", speaker, Path("a.wav"), {}) for n, speaker in enumerate(["anna", "bert", "anna", ""])]
    assert part_of("all", clips) == Part("all", 4, 2)
    assert part_of("none", []) == Part("none", 0, 0)
