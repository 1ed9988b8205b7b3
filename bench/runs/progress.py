"""Progress: what a run tells whoever watches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bench.features.extraction import Event


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


class Watch:
    """Passes the events of an extraction on, as a stage that begins with its first event."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.begun = progress, False

    def __call__(self, event: Event) -> None:
        """Tell the progress; an extraction with nothing to do is no stage."""
        if not event.total:
            return
        if not self.begun:
            self.progress.stage("clips", event.total)
            self.begun = True
        self.progress.step(event.done)
