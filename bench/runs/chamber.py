"""The chamber: another process of this interpreter, in which a stranger's code may hang, crash or eat memory.

It is asked with a file and answers line by line. Each line has its time; whoever lets it pass is ended, with all that it
started, and what was answered until then is kept.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PACKAGE = Path(__file__).parents[2]
CODE = "import sys; from bench.runs.chamber import Respondent; from {} import {}; {}(Respondent.of(sys.argv))"
LOOK_S = 0.05  # between two looks at the process
OWN_S = 120.0  # for what is ours: starting Python, and what the questions themselves need
MOST_MEMORY = 16 << 30
MOST_SAID = 64 << 20  # bytes on standard output or error, which are kept on disk until it ends
GROUP_MEMORY = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


@dataclass(frozen=True)
class Limits:
    """What the process may use.

    Attributes
    ----------
    line_s : float
        Longest time for one line, in seconds.
    whole_s : float
        Longest time for all of them.
    memory : int
        Most bytes of memory; 0 for three quarters of what is free, at most 16 GiB.
    """

    line_s: float = 60.0
    whole_s: float = float("inf")
    memory: int = 0


@dataclass(frozen=True)
class Answered:
    """What a process answered, and why it broke off.

    Attributes
    ----------
    lines : tuple of dict
    broken : str
        As in "did not answer within 60 s"; "" where it came to its end.
    """

    lines: tuple[dict[str, Any], ...] = ()
    broken: str = ""


class Respondent:
    """The side of the process that answers.

    Parameters
    ----------
    question : dict
        What it was asked.
    line : int
        File descriptor for the answers.
    """

    def __init__(self, question: dict[str, Any], line: int) -> None:
        self.question, self._line = question, line

    @classmethod
    def of(cls, words: list[str]) -> Respondent:
        """As the other side started it."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # who crashes leaves no file behind
        return cls(json.loads(Path(words[1]).read_text()), int(words[2]))

    def say(self, **line: Any) -> None:
        """Answer one line; the time for the next one begins."""
        data = json.dumps(line).encode() + b"\n"
        while data:
            data = data[os.write(self._line, data) :]

    def end(self) -> None:
        """Say that all is answered."""
        self.say(end=True)


def ask(where: tuple[str, str], question: dict[str, Any], limits: Limits, *, salt: str = "1") -> Answered:
    """Ask another process.

    Parameters
    ----------
    where : tuple of str
        The module and the function of it that answers; it is given a `Respondent`.
    question : dict
        As JSON holds it.
    limits : Limits
    salt : str
        Texts hash differently under another one.

    Returns
    -------
    Answered
    """
    with tempfile.TemporaryDirectory(prefix="fatigue-bench-") as place, tempfile.TemporaryFile() as out:
        asked = Path(place, "asked.json")
        asked.write_text(json.dumps(question))
        with tempfile.TemporaryFile() as said:
            reading, writing = os.pipe()
            process = _started(where, asked, writing, (out, said), salt)
            os.close(writing)
            lines, broken = _Conversation(process, reading, limits, (out.fileno(), said.fileno())).held()
            last = _last_words(said)
    if broken == "ended with code 1" and last:  # what Python says of an exception that nobody caught
        broken += f" ({last})"
    return Answered(tuple(lines), broken)


def _started(
    where: tuple[str, str], asked: Path, writing: int, said: tuple[IO[bytes], IO[bytes]], salt: str
) -> subprocess.Popen[bytes]:
    paths = [str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
    own = {
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": salt,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(asked.parent),
        "OMP_NUM_THREADS": "1",
    }
    code = CODE.format(*where, where[1])
    return subprocess.Popen(  # noqa: S603  # this interpreter
        [sys.executable, "-P", "-c", code, str(asked), str(writing)],
        env={**os.environ, **own},
        stdin=subprocess.DEVNULL,
        stdout=said[0],
        stderr=said[1],
        pass_fds=(writing,),
        start_new_session=True,
    )


class _Conversation:
    """Reads lines from a process until it ends, or has to be ended."""

    def __init__(self, process: subprocess.Popen[bytes], reading: int, limits: Limits, said: tuple[int, ...]) -> None:
        self.process, self.reading, self.limits, self.said = process, reading, limits, said
        self.memory = limits.memory or _free_memory()
        self.lines: list[dict[str, Any]] = []
        self.rest: list[bytes] = []

    def held(self) -> tuple[list[dict[str, Any]], str]:
        """All lines, and why there are no more."""
        try:
            broken = self._listen()
        finally:
            _end(self.process)
            os.close(self.reading)
        return self.lines, broken

    def _listen(self) -> str:
        began = line_began = time.monotonic()
        while True:
            ended = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            data = self._heard()
            if ended is not None and not data:
                return self._why(ended)
            now = time.monotonic()
            if data and self._hear(data):
                line_began = now
            if now - began > self.limits.whole_s:
                return f"did not end within {self.limits.whole_s:.3g} s"
            if now - line_began > self._line_s():
                return f"did not answer within {self._line_s():.3g} s"
            if _memory_of(self.process.pid) > self.memory:
                return f"took more than {self.memory / (1 << 30):.1f} GiB of memory"
            if any(os.fstat(number).st_size > MOST_SAID for number in self.said):
                return f"printed more than {MOST_SAID >> 20} MiB"

    def _heard(self) -> bytes:
        """What it wrote since, after a moment of waiting; empty where it wrote nothing."""
        if not select.select([self.reading], [], [], LOOK_S)[0]:
            return b""
        data = os.read(self.reading, 1 << 16)
        if not data:
            time.sleep(LOOK_S)  # it closed the line and goes on
        return data

    def _hear(self, data: bytes) -> bool:
        """Take up data; says whether a line came to its end."""
        *whole, rest = data.split(b"\n")
        for piece in whole:
            with contextlib.suppress(ValueError):  # written by somebody else into our pipe
                self.lines.append(json.loads(b"".join([*self.rest, piece])))
            self.rest = []
        self.rest.append(rest)
        return bool(whole)

    def _line_s(self) -> float:
        """The time that the next line has; ours is longer than a stranger's."""
        ours = not self.lines or self.lines[-1].get("ours", False)
        return max(self.limits.line_s, OWN_S) if ours else self.limits.line_s

    def _why(self, ended: os.waitid_result) -> str:
        """Why it ended; it is not waited for yet, so that its number still names its group."""
        if ended.si_code != os.CLD_EXITED:
            hint = ", as happens when memory runs out" if ended.si_status == signal.SIGKILL else ""
            return f"crashed with {signal.Signals(ended.si_status).name}{hint}"
        if ended.si_status or not self.lines or "end" not in self.lines[-1]:
            return f"ended with code {ended.si_status}"
        return ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _memory_of(pid: int) -> int:
    """Bytes that a process holds; 0 where nobody tells."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def _free_memory() -> int:
    return min(MOST_MEMORY, *(size * 3 // 4 for size in _bounds())) if sys.platform == "linux" else MOST_MEMORY


def _bounds() -> Iterator[int]:
    """What is free on this machine, and what this group of processes may have."""
    for place in GROUP_MEMORY:
        with contextlib.suppress(OSError, ValueError):
            yield int(place.read_text())
    text = Path("/proc/meminfo").read_text()
    yield int(text.split("MemAvailable:")[1].split()[0]) * 1024


def _last_words(said: IO[bytes]) -> str:
    """The last line that it said."""
    said.seek(0, os.SEEK_END)
    said.seek(max(0, said.tell() - 2000))
    words = said.read().decode(errors="replace").strip().splitlines()
    return " ".join(words[-1].split())[:300] if words else ""
