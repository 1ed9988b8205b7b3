"""Recalling a study from the command that its board shows."""

from __future__ import annotations

import shlex
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from bench.base.error import BenchError
from bench.base.spelling import split_outside
from bench.runs.study import LISTS, Study, make_study


def study_of(command: str, cache: Path, reports: Path) -> Study:
    """The study behind a command; where things are kept does not stand in it.

    Parameters
    ----------
    command : str
        As ``Study.command`` writes it.
    cache, reports : Path

    Returns
    -------
    Study

    Raises
    ------
    BenchError
        If it is no such command.

    Examples
    --------
    >>> asked = make_study({"tasks": "synthetic/fatigue", "features": ["timing", "egemaps"], "limit": 3})
    >>> study_of(asked.command(), asked.cache, asked.reports) == asked
    True
    """
    words = shlex.split(command)[2:]
    given: dict[str, Any] = {}
    names = {item.name for item in fields(Study)}
    for flag, value in zip(words[::2], words[1::2], strict=False):
        name = flag.removeprefix("--")
        if not flag.startswith("--") or name not in names:
            raise BenchError(f"The board was made by {command!r}, which this version cannot read. Run the benchmark again.")
        if name == "corpora":
            corpus, *path = split_outside(value, "=")
            given.setdefault(name, {})[corpus] = Path("=".join(path))
        elif name in LISTS:
            given.setdefault(name, []).append(value)
        else:
            given[name] = int(value) if value.lstrip("-").isdigit() else value
    return replace(make_study(given), cache=cache, reports=reports)
