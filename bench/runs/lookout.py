"""The lookout: what code did beside giving back a value: files, processes, connections, prints.

Python tells every such step to an audit hook; what a library writes behind its back shows in what the system counts. What a
package does while it is imported, and what it keeps below ``~/.cache``, is its own business and no fault of who uses it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["read", "wrote", "removed", "started", "connected", "printed", "hid"]
EVENTS: dict[str, Kind] = {
    "os.remove": "removed",
    "os.rename": "removed",
    "os.rmdir": "removed",
    "os.mkdir": "wrote",
    "os.link": "wrote",
    "os.symlink": "wrote",
    "os.truncate": "wrote",
    "subprocess.Popen": "started",
    "os.system": "started",
    "os.exec": "started",
    "os.posix_spawn": "started",
    "os.fork": "started",
    "os.forkpty": "started",
    "socket.connect": "connected",
    "socket.sendto": "connected",
    "socket.getaddrinfo": "connected",
}
KEPT = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HF_HOME", "TORCH_HOME", "NUMBA_CACHE_DIR", "MPLCONFIGDIR")
LEAST_BYTES = 256  # written by nobody known
WAKE_BYTES = 24  # a write, on average: threads wake each other by 8 in a pipe, and a new semaphore has 32
KEEPERS = ("huggingface_hub/", "transformers/", "matplotlib/", "numba/", "pooch/", "torch/hub.py")
"""Packages that keep what they fetch or compile below ``~/.cache``, known by its hash."""
LOOKERS = ("huggingface_hub/", "transformers/", "torch/", "joblib/")
"""Packages that ask the network whether what they keep is the newest, or the machine how many cores it has."""


@dataclass(frozen=True)
class Deed:
    """One thing that was done.

    Attributes
    ----------
    kind : {'read', 'wrote', 'removed', 'started', 'connected', 'printed', 'hid'}
    what : str
        A path, a program, an address, a text; of what a library wrote unseen (``hid``), the number of bytes.
    innocent : bool
        Whether it is a package's own business.
    """

    kind: Kind
    what: str
    innocent: bool = False


class Lookout:
    """An audit hook; add it once with ``sys.addaudithook``, it sleeps but for ``watching``.

    Parameters
    ----------
    note : callable
        Is given each `Deed` when it is done.
    files : sequence of Path
        The files whose code is tried.
    """

    def __init__(self, note: Callable[[Deed], None], files: Sequence[Path] = ()) -> None:
        self.note, self.active, self.wrote = note, False, False
        self.files = {str(file) for file in files}
        self.standard = sysconfig.get_paths()["stdlib"]
        own = [os.environ[name] for name in KEPT if name in os.environ]
        self.kept = tuple(
            os.path.realpath(place) for place in [*own, str(Path.home() / ".cache"), str(Path.home() / ".config")]
        )
        tempfile.gettempdir()  # asked for the first time, it writes a file to see whether it can

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Notice what is done inside."""
        out, said, counted = _size(1), _size(2), _counted()
        self.active, self.wrote = True, False
        try:
            yield
        finally:
            self.active = False
            printed = _size(1) - out
            if printed:
                self.note(Deed("printed", _text(out)))
            written, writes = (now - before for now, before in zip(_counted(), counted, strict=True))
            silent = written - printed - (_size(2) - said)
            if silent - WAKE_BYTES * writes > LEAST_BYTES and not self.wrote:
                self.note(Deed("hid", f"{silent:,} bytes"))

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take notice of an event of Python's."""
        if not self.active:
            return
        if event == "open":
            self._open(*arguments)
        elif event in EVENTS:
            kind, what = EVENTS[event], _what(event, arguments)
            self.wrote = True
            self.note(Deed(kind, what, self._innocent(kind, what)))

    def _open(self, path: Any, mode: str | None, flags: int | None) -> None:
        if isinstance(path, int):
            return
        place = os.path.abspath(os.fsdecode(path))
        writes = bool(set(mode) & set("wax+")) if mode else bool((flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
        if not writes:
            self.note(Deed("read", place))
        elif not place.startswith("/dev/") or place.startswith("/dev/shm/"):  # noqa: S108  # a place to be noticed
            self.wrote = True
            self.note(Deed("wrote", place, self._innocent("wrote", place)))

    def _innocent(self, kind: Kind, what: str) -> bool:
        """Whether a package between this step and the code that is tried is to blame, and may do it."""
        packages, frame = [], sys._getframe()
        while frame is not None and frame.f_code.co_filename not in self.files:
            name = frame.f_code.co_filename
            if name.startswith("<frozen importlib"):
                return True
            if not name.startswith(("<", __file__)) and (not name.startswith(self.standard) or "site-packages" in name):
                packages.append(name)
            frame = frame.f_back  # type: ignore[assignment]
        if kind in ("started", "connected"):
            return _any_of(packages, LOOKERS)
        return "__pycache__" in what or (_any_of(packages, KEEPERS) and os.path.realpath(what).startswith(self.kept))


def _any_of(files: Sequence[str], packages: Sequence[str]) -> bool:
    return any(f"/{package}" in file for file in files for package in packages)


def _size(number: int) -> int:
    """Bytes that went to standard output (1) or error (2), where these are files."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        (sys.stdout if number == 1 else sys.stderr).flush()
    with contextlib.suppress(OSError):
        return os.fstat(number).st_size
    return 0


def _text(start: int) -> str:
    """The first line that was printed from there on; "" where standard output cannot be read."""
    with contextlib.suppress(OSError):
        return os.pread(1, 200, start).decode(errors="replace").strip().split("\n")[0][:80]
    return ""


def _counted() -> tuple[int, int]:
    """Bytes that this process wrote to anything, and in how many writes, as the system counts them; 0 where it does not."""
    with contextlib.suppress(OSError, KeyError, ValueError):
        told = dict(line.split(":") for line in Path("/proc/self/io").read_text().splitlines())
        return int(told["wchar"]), int(told["syscw"])
    return 0, 0


def _what(event: str, arguments: tuple[Any, ...]) -> str:
    """What a step was done to."""
    if event in ("os.fork", "os.forkpty"):
        return "a copy of this one"
    if event.startswith("socket."):
        place = arguments[0] if event == "socket.getaddrinfo" else arguments[-1]
        return ":".join(map(str, place[:2])) if isinstance(place, tuple) else _decoded(place)
    return _decoded(arguments[0])


def _decoded(what: Any) -> str:
    with contextlib.suppress(TypeError, UnicodeError):
        return os.fsdecode(what)
    return str(what)
