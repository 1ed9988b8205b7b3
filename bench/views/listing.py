"""Listings for a terminal: the dry run, and what lies in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from bench.runs.estimate import Estimate


def render_estimate(estimate: Estimate) -> str:
    """Say what a run would do, a line a thing.

    Examples
    --------
    >>> print(render_estimate(Estimate(36, 36, {"zcr": 36}, {"zcr": 0.4}, 0.01, 8, 0, 2.0)), end="")
    clips     36, of which 36 were never looked at
    extract   zcr: 36 clips, about 1 s
    disk      about 0.0 MB
    jobs      8, of which 0 are done; about 2 s of fitting
    in all    about 8 s
    """
    lines = [f"clips     {estimate.clips}, of which {estimate.to_decode} were never looked at"]
    for name, count in estimate.to_extract.items():
        lines.append(f"extract   {name}: {count} clips" + (f", about {duration(estimate.extract_s[name])}" if count else ""))
    lines.append(f"disk      about {estimate.disk_mb:.1f} MB")
    fitting = duration(estimate.fit_s)
    lines.append(f"jobs      {estimate.jobs}, of which {estimate.jobs_done} are done; about {fitting} of fitting")
    lines.append(f"in all    about {duration(estimate.total_s)}")
    return "\n".join(lines) + "\n"


def duration(seconds: float) -> str:
    """A length of time for a person.

    Examples
    --------
    >>> duration(0.2), duration(75), duration(1500), duration(8000)
    ('1 s', '75 s', '25 min', '2.2 h')
    """
    if seconds < 120:
        return f"{max(1, round(seconds))} s" if seconds else "0 s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def render_rows(rows: Sequence[Any]) -> str:
    """Show dataclasses of one kind, a block each, a field a line; empty fields are left out."""
    if not rows:
        return "Nothing is stored.\n"
    return "\n".join(_block(row) for row in rows)


def _block(row: Any) -> str:
    lines = []
    for item in fields(row):
        value = getattr(row, item.name)
        if value in ("", (), None):
            continue
        number = f"{value:.3g}" if isinstance(value, float) else str(value)
        shown = "; ".join(map(str, value)) if isinstance(value, tuple) else number
        lines.append(f"{item.name.replace('_', ' '):<16} {shown}")
    return "\n".join(lines) + "\n"
