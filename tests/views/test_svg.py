"""Drawings made fit for a page."""

import pytest

from bench.views.svg import INK, shade, tidy

DRAWING = f"""<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10" xmlns="http://www.w3.org/2000/svg" width="10pt">
 <metadata><a href="http://example.org/"/></metadata>
 <defs><style type="text/css">*{{stroke-linejoin: round}}</style></defs>
 <g id="unused"><g style="fill: {INK["ink"]}; font: 10px 'DejaVu Sans'; opacity: 0.5"><text x="1.23456">a &lt; b</text></g></g>
 <defs><path id="m1" d="M 0 0 L 1.999999 0"/></defs>
 <use xlink:href="#m1" style="stroke: {shade(25)}; fill: none"/>
 <g clip-path="url(#p2)"/><clipPath id="p2"><rect x="0" y="0" width="1" height="1"/></clipPath>
</svg>"""


def test_colours_become_variables_and_nothing_else_styles_it():
    page = tidy(DRAWING, "t1", "Two & two")
    assert page == (
        '<svg viewBox="0 0 10 10" role="img" class="drawing"><title>Two &amp; two</title>'
        '<g fill="var(--ink)" opacity="0.5"><text x="1.23">a &lt; b</text></g>'
        '<defs><path id="t1-m1" d="M 0 0 L 2 0" /></defs>'
        '<use href="#t1-m1" stroke="var(--series-1)" stroke-opacity="0.50" fill="none" />'
        '<g clip-path="url(#t1-p2)" /><clipPath id="t1-p2"><rect x="0" y="0" width="1" height="1" /></clipPath></svg>'
    )


def test_a_colour_that_the_page_does_not_know_is_refused():
    with pytest.raises(ValueError, match="#1f77b4"):
        tidy('<svg viewBox="0 0 1 1"><path style="fill: #1f77b4"/></svg>', "a", "b")
