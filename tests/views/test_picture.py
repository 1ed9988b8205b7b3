"""The pictures of a card: what is drawn is what was counted."""

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from bench.runs.portion import Numbers
from bench.views.picture import Bar, bins, draw_bars, draw_spread, steps


@pytest.mark.parametrize("values", [np.linspace(-3, 9, 500), [1.5], [2.0, 2.0, 2.0], [0, 1e9]])
def test_every_number_is_in_one_bin(values):
    found = bins(Numbers.of(values))
    assert sum(one.count for one in found) == len(values)
    for one, following in itertools.pairwise(found):
        assert one.high == following.low
    inside = [np.sum((np.array(values) >= one.low) & (np.array(values) < one.high)) for one in found[:-1]]
    assert [one.count for one in found[:-1]] == inside
    assert 8 <= len(found) <= 30


def test_whole_numbers_have_a_bin_each():
    found = steps(Numbers.of([3, 1, 3, 5]))
    assert [(one.low, one.count) for one in found] == [(0.5, 1), (1.5, 0), (2.5, 2), (3.5, 0), (4.5, 1)]
    assert steps(Numbers.of([1, 2.5])) == ()
    assert steps(Numbers.of([0, 30])) == ()
    assert len(steps(Numbers.of([0, 29]))) == 30


def boxes(svg):
    """Height and width of every bar, by where it stands."""
    found = []
    for path in ET.fromstring(svg).iter("path"):  # noqa: S314 - our own drawing
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.attrib["d"])]
        if path.attrib.get("fill") == "var(--series-1)":
            xs, ys = numbers[0::2], numbers[1::2]
            found.append((min(xs), max(xs) - min(xs), min(ys), max(ys) - min(ys)))
    return sorted(found)


def test_bars_of_a_spread_are_as_high_as_their_counts():
    found = bins(Numbers.of([1, 1, 1, 1, 2, 2, 9]))
    svg = draw_spread(found, "a length (s)", (), "x")
    heights = [height for _, _, _, height in boxes(svg)]
    counts = [one.count for one in found]
    drawn = [height for height in heights if height > 0]
    assert len(drawn) == sum(count > 0 for count in counts)
    assert [height / drawn[0] for height in drawn] == pytest.approx([n / counts[0] for n in counts if n], abs=0.02)


def test_bars_are_as_long_as_their_values_and_in_order():
    svg = draw_bars([Bar("anna", 3.0), Bar("bert", 1.5), Bar("<clara>", 6.0)], "minutes", "speaker", "x")
    lengths = [width for _, width, _, _ in sorted(boxes(svg), key=lambda one: one[2])]
    assert [length / lengths[0] for length in lengths] == pytest.approx([1, 0.5, 2], abs=0.01)
    assert "&lt;clara&gt;" in svg
    assert "<clara>" not in svg


def test_bounds_of_levels_are_drawn_and_said():
    found = bins(Numbers.of(np.arange(10)))
    with_cuts, without = draw_spread(found, "KSS", (3.5, 6.5), "x"), draw_spread(found, "KSS", (), "x")
    assert with_cuts.count("stroke-dasharray") == without.count("stroke-dasharray") + 2
    assert "Bounds of the levels are drawn at 3.5, 6.5." in with_cuts


def test_the_same_picture_is_the_same_text():
    found = bins(Numbers.of([1, 2, 3]))
    assert draw_spread(found, "x", (), "p") == draw_spread(found, "x", (), "p")
