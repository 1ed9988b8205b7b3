"""A line on standard error every ten seconds, and one for each look at held-out speech."""

from __future__ import annotations

import logging
import time
from typing import Any

from recipes.nano.state import State

_EVERY_S = 10.0
log = logging.getLogger(__name__)


class Progress:
    """How far a stage is.

    Parameters
    ----------
    stage, total, done : int
        Its number, its steps, and those done before this call.
    """

    def __init__(self, stage: int, total: int, done: int) -> None:
        self.stage, self.total, self.done_before = stage, total, done
        self.started = self.shown = self.counted = time.monotonic()
        if done:
            log.info("stage %d goes on after step %d of %d", stage, done, total)

    def show(self, state: State) -> None:
        """Say how it goes, unless that was said just now."""
        now = time.monotonic()
        if now - self.shown < _EVERY_S:
            return
        self.shown = now
        speed = (state.step - self.done_before) / (now - self.started)
        loss, accuracy = state.means()
        log.info(
            "stage %d  step %d of %d  loss %s  masked accuracy %s  %.2f h heard  %.2f steps/s  %s left",
            *(self.stage, state.step, self.total, _listed(loss), _listed(accuracy), state.hours, speed),
            _clock((self.total - state.step) / speed),
        )

    def say(self, row: dict[str, Any]) -> None:
        """Say what a look found."""
        found = _listed(row["held_out_loss"]), _listed(row["held_out_accuracy"])
        log.info("stage %d  step %d  held out: loss %s  masked accuracy %s", self.stage, row["step"], *found)

    def since_last(self) -> float:
        """Seconds since it was last asked."""
        before, self.counted = self.counted, time.monotonic()
        return self.counted - before


class Preparation:
    """How much of the speech was gone through before the learning starts.

    Parameters
    ----------
    what : str
        Is done with it.
    total : float
        Hours of it.
    """

    def __init__(self, what: str, total: float) -> None:
        self.what, self.total, self.done = what, total, 0.0
        self.started = self.shown = time.monotonic()

    def add(self, hours: float) -> None:
        """Say how it goes, unless that was said just now, or this was the last of it."""
        self.done += hours
        now = time.monotonic()
        if now - self.shown >= _EVERY_S and self.done < self.total:
            self.shown = now
            left = _clock((self.total - self.done) / self.done * (now - self.started))
            log.info("%s  %.2f of %.2f h  %s left", self.what, self.done, self.total, left)


def _listed(values: list[float]) -> str:
    return " / ".join(f"{value:.3f}" for value in values)


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02d}"
