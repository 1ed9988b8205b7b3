"""Progress: what a run tells whoever watches it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Something that watches a run; the command line draws a bar, a pipe stays quiet."""

    def stage(self, name: str, total: int) -> None:
        """A stage begins: its name ("clips", "jobs") and how many steps it has."""

    def step(self, done: int, what: str = "") -> None:
        """So many steps of the stage are done; the last one was this."""


class Quiet:
    """Watches nothing."""

    def stage(self, name: str, total: int) -> None:
        """Say nothing."""

    def step(self, done: int, what: str = "") -> None:
        """Say nothing."""
