"""The ledger: one append-only file of what was run, a JSON line each."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from bench.base.durable import unwritable
from bench.base.identity import canonical

Kind = Literal["task", "result", "study"]


class Ledger:
    """An append-only record of tasks, results and studies.

    Lines are written whole under a lock and synced; a line torn by a kill is passed over when reading and closed before the
    next one is written, so any number of processes may write and none can spoil what others wrote.

    Parameters
    ----------
    path : Path
        The file; made with its folder on the first write.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, kind: Kind, key: str, record: Mapping[str, Any]) -> None:
        """Add a record.

        Raises
        ------
        BenchError
            If it cannot be written (a full disk, a folder that is read-only).
        """
        line = canonical({"kind": kind, "key": key, **record}).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as stream:
                fcntl.flock(stream, fcntl.LOCK_EX)
                size = stream.seek(0, os.SEEK_END)
                if size:
                    stream.seek(size - 1)
                    line = (b"" if stream.read(1) == b"\n" else b"\n") + line
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise unwritable(error, self.path) from error

    def records(self, kind: Kind) -> dict[str, dict[str, Any]]:
        """All records of a kind by key, in the order they were written; of equal keys the last one counts."""
        found: dict[str, dict[str, Any]] = {}
        for record in self._lines():
            if record["kind"] == kind:
                found.pop(record["key"], None)
                found[record["key"]] = record
        return found

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            for line in stream:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue  # torn by a kill: its job was not finished
                if isinstance(record, dict) and {"kind", "key"} <= record.keys():
                    yield record
