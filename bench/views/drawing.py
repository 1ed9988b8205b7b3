"""The drawing of a figure: seaborn paints on axes in the page's stand-in colours, and an ``<svg>`` fit for a page comes out.

seaborn and matplotlib are imported when something is drawn, not before.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

from bench.views.number import visible
from bench.views.svg import INK, tidy

WIDTH_IN = 4.6
_MOST_CHARS = 20
_RC = {
    "svg.fonttype": "none",
    "svg.hashsalt": "fatigue-bench",
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "font.size": 10,
    "axes.edgecolor": INK["rule"],
    "axes.labelcolor": INK["ink"],
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "text.color": INK["ink"],
    "xtick.color": INK["muted"],
    "ytick.color": INK["muted"],
    "grid.color": INK["rule"],
    "grid.linewidth": 0.6,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
}


def drawn(paint: Callable[[Any, Any], None], size_in: tuple[float, float], prefix: str, title: str) -> str:
    """Draw a figure.

    Parameters
    ----------
    paint : callable
        Is given the axes and seaborn, and paints in the colours of `bench.views.svg.INK` only.
    size_in : tuple of float
        Width and height in inches; text is 10 points high.
    prefix : str
        Put before every id, so that several drawings can stand on one page.
    title : str
        What a screen reader says.

    Returns
    -------
    str
        An ``<svg>`` element; the same figure always gives the same text.
    """
    import seaborn
    from matplotlib import style
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    with style.context(["default", _RC]), warnings.catch_warnings():
        # The page's own font draws the letters; that matplotlib's lacks one does not matter.
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from font")
        figure = Figure(figsize=size_in, layout="constrained")
        FigureCanvasSVG(figure)
        ax = figure.subplots()
        paint(ax, seaborn)
        seaborn.despine(ax=ax, left=True)
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return tidy(stream.getvalue().decode(), prefix, visible(title))


def shortened(name: str) -> str:
    """A name that leaves room for what is drawn; the table beside the figure has it whole.

    Examples
    --------
    >>> shortened("a-very-long-name-of-a-speaker")
    'a-very-long-na…eaker'
    """
    shown = visible(name)
    return shown if len(shown) <= _MOST_CHARS else f"{shown[: _MOST_CHARS - 6]}…{shown[-5:]}"
