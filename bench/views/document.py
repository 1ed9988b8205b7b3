"""The board as one JSON document, for programs: every noun of the board as an object, every number in full precision."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from bench.runs.board import Board, TaskBoard
from bench.views.number import visible
from bench.views.stability import holds, needed

FORMAT = 1


def render_json(board: Board) -> str:
    """Write a board as JSON.

    Parameters
    ----------
    board : Board

    Returns
    -------
    str
        An object with ``"format": 1`` and the fields of ``Board``; what they mean stands at the nouns of ``bench.runs.board``.
        Every task and every row says ``badge`` and ``label_kind``. What is not known or not defined is null. Keys stand in the
        same order each time; texts as in the other views; ended by a line feed.

    Examples
    --------
    >>> empty = Board("fatigue-bench run", {}, 0, 0, 0, 0, "", ())
    >>> json.loads(render_json(empty))["format"]
    1
    """
    document = {"format": FORMAT, **_plain(board), "tasks": [_task(task) for task in board.tasks]}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _task(task: TaskBoard) -> dict[str, Any]:
    label = {"badge": task.badge, "label_kind": task.target.kind}
    found = {**label, **_plain(task), "rows": [{**label, **_plain(row)} for row in task.rows]}
    if task.stability is not None:
        said = {"held": task.stability.held, "needed": needed(task.stability), "holds": holds(task.stability)}
        found["stability"] = {**_plain(task.stability), **said}
    return found


def _plain(given: Any) -> Any:
    """Objects, lists, texts and numbers in place of dataclasses, tuples, and numbers that JSON does not know."""
    if is_dataclass(given):
        return {item.name: _plain(getattr(given, item.name)) for item in fields(given)}
    if isinstance(given, Mapping):
        return {visible(str(key)): _plain(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_plain(value) for value in given]
    if isinstance(given, float) and not math.isfinite(given):
        return None
    return visible(given) if isinstance(given, str) else given
