"""Drawings: in the page's colours, titled, and the same twice."""

import pytest

from bench.views.drawing import drawn, shortened
from bench.views.svg import INK


def paint(ax, seaborn):
    seaborn.scatterplot(x=[0, 1], y=[0, 1], color=INK["series-2"], linewidth=0, ax=ax)
    ax.set_xlabel("a $cost$ & 疲れ")


def test_a_drawing_for_a_page():
    svg = drawn(paint, (3, 2), "own", "Two points <here>\x1b.")
    assert svg.startswith('<svg viewBox="0 0 216 144" role="img" class="drawing"><title>Two points &lt;here&gt;\\x1b.</title>')
    assert "var(--series-2)" in svg
    assert "#0000" not in svg
    assert "a $cost$ &amp; 疲れ" in svg
    assert svg == drawn(paint, (3, 2), "own", "Two points <here>\x1b.")


def test_a_colour_that_the_page_does_not_know_is_refused():
    with pytest.raises(ValueError, match="draw in the colours of INK"):
        drawn(lambda ax, _: ax.plot([0, 1], color="red"), (3, 2), "x", "t")


@pytest.mark.parametrize(
    ("name", "shown"), [("a" * 20, "a" * 20), ("a" * 16 + "bcdef", "a" * 14 + "…bcdef"), ("\x1b", "\\x1b")]
)
def test_names_are_shortened_in_the_middle(name, shown):
    assert shortened(name) == shown
