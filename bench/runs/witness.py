"""The witness: reads a corpus in a process of its own, and writes down what came out and which files were opened.

A stranger's reader may hang, crash, or change the process it runs in; the process that asks is not touched by it. What is
asked and answered are JSON files, because the reader may print.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import Clip, Corpus
from bench.corpora.reader import READERS, CorpusReader

CODE = "import sys; from bench.runs.witness import testify; testify(sys.argv[1], sys.argv[2])"
PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Wanted:
    """One reading that is wanted.

    Attributes
    ----------
    name : str
        What the reading is called in the answer.
    folder : str or None
        What the reader is given first; None where it makes itself.
    link : str
        A path at which a link to the unpacked folder is made and read instead; "" for none.
    place : str
        What ``unpack`` may fill; "" where the folder is unpacked already.
    """

    name: str
    folder: str | None
    link: str = ""
    place: str = ""


@dataclass(frozen=True)
class Reading:
    """What one reading gave.

    Attributes
    ----------
    root : str
        The folder that was read.
    corpus : dict or None
        The corpus, as ``described`` writes it; None where there is none.
    error : str
        The message where reading raised, else "".
    raised : str
        The name of what it raised, else "".
    refused : bool
        Whether it raised a ``RequestError``.
    opened : tuple of str
        Files that Python opened for reading and that this reading had not written, absolute, in order.
    """

    root: str = ""
    corpus: Mapping[str, Any] | None = None
    error: str = ""
    raised: str = ""
    refused: bool = False
    opened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Testimony:
    """What a process that read told: the readings that it got to, and why it got no further ("" if it did)."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    broken: str = ""


def witness(
    reader: CorpusReader, files: Sequence[Path], wanted: Sequence[Wanted], *, backwards: bool, limit_s: float
) -> Testimony:
    """Read in another process.

    Parameters
    ----------
    reader : CorpusReader
    files : sequence of Path
        Plug-in files that the other process needs in order to know it.
    wanted : sequence of Wanted
    backwards : bool
        Whether folders are listed from Z to A there, and not from A to Z; texts hash differently, too.
    limit_s : float
        After so many seconds the process is ended.

    Returns
    -------
    Testimony
    """
    with tempfile.TemporaryDirectory(prefix="fatigue-bench-") as place:
        asked, answered = Path(place, "asked.json"), Path(place, "answered.jsonl")
        question = {
            "reader": str(reader),
            "files": [str(file.resolve()) for file in files],
            "wanted": [asdict(one) for one in wanted],
            "backwards": backwards,
        }
        asked.write_text(json.dumps(question))
        answered.touch()
        broken = _finished([sys.executable, "-P", "-c", CODE, str(asked), str(answered)], backwards, limit_s)
        lines = [json.loads(line) for line in answered.read_text().splitlines() if line.endswith("}")]
    readings = {line["name"]: Reading(**{**line["reading"], "opened": tuple(line["reading"]["opened"])}) for line in lines}
    return Testimony(readings, broken)


def _finished(command: list[str], backwards: bool, limit_s: float) -> str:
    """Run to the end or to the limit; says what was wrong, or nothing."""
    paths = [str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONHASHSEED": "2" if backwards else "1"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  # this interpreter
            command, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
        )
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            return f"Reading did not end within {limit_s:g} s"
        finally:
            _end(process)
        said.seek(0)
        words = said.read().decode(errors="replace").strip().splitlines()
    return f"The process that read ended with code {code}{': ' + words[-1] if words else ''}" if code else ""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and those that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def testify(asked: str, answered: str) -> None:
    """What the other process does: read as asked, and write one line of JSON a reading."""
    from bench.runs.plugin import add_plugins

    question = json.loads(Path(asked).read_text())
    add_plugins([Path(file) for file in question["files"]])
    reader = READERS.make(parse(question["reader"]))
    _list_folders(backwards=question["backwards"])
    watch = _Watch()
    sys.addaudithook(watch)
    with Path(answered).open("a") as lines:
        for one in question["wanted"]:
            reading = _read(reader, Wanted(**one), watch)
            lines.write(json.dumps({"name": one["name"], "reading": asdict(reading)}) + "\n")
            lines.flush()


def _read(reader: CorpusReader, wanted: Wanted, watch: _Watch) -> Reading:
    folder = None if wanted.folder is None else Path(wanted.folder)
    root = folder
    try:
        root = reader.unpack(folder, Path(wanted.place)) if wanted.place else folder
        if root is not None and wanted.link:
            root = _linked(root, Path(wanted.link))
        watch.begin()
        corpus = reader.read(root)  # type: ignore[arg-type]  # a stranger's `unpack` may give anything, and that is told
        opened = watch.end()
        if not isinstance(corpus, Corpus):
            raise TypeError(f"`read` gave {type(corpus).__name__}, and a bench.Corpus is expected")
        return Reading(str(root), described(corpus), opened=opened)
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a stranger's code raises is told
        refused = isinstance(error, RequestError)
        return Reading(str(root), None, str(error), type(error).__name__, refused, watch.end())


def _linked(root: Path, link: Path) -> Path:
    """The folder through a link; of a file, what lies beside it belongs to it."""
    folder = root if root.is_dir() else root.parent
    link.symlink_to(folder, target_is_directory=True)
    return link / root.relative_to(folder)


def described(corpus: Corpus) -> dict[str, Any]:
    """A corpus as JSON holds it, paths and all."""
    texts = ("name", "version", "about", "licence", "citation", "published", "source", "caution", "splitter", "speakers")
    return {
        **{name: getattr(corpus, name) for name in texts},
        "identity": corpus.identity,
        "notes": list(corpus.notes),
        "targets": [target.as_json() for target in corpus.targets],
        "clips": [_row(clip) for clip in corpus.clips],
        "excluded": [[gone.clip_id, gone.reason] for gone in corpus.excluded],
    }


def _row(clip: Clip) -> dict[str, Any]:
    row = {item.name: getattr(clip, item.name) for item in fields(clip)}
    maps = {name: dict(row[name]) for name in ("labels", "traits", "confidence")}
    return {**row, **maps, "path": str(clip.path)}


class _Watch:
    """An audit hook: which files are opened, from ``begin`` to ``end``."""

    def __init__(self) -> None:
        self.active = False
        self.read: dict[str, None] = {}
        self.written: set[str] = set()

    def begin(self) -> None:
        self.read, self.written, self.active = {}, set(), True

    def end(self) -> tuple[str, ...]:
        self.active = False
        return tuple(path for path in self.read if path not in self.written and os.path.isfile(path))

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active or event != "open" or isinstance(arguments[0], int):
            return
        path, mode, flags = arguments
        writes = bool(set(mode) & set("wax+")) if mode else bool((flags or 0) & (os.O_WRONLY | os.O_RDWR))
        place = os.path.abspath(os.fsdecode(path))
        if writes:
            self.written.add(place)
        else:
            self.read[place] = None


def _list_folders(*, backwards: bool) -> None:
    """Make this process list every folder in one order, or in its reverse: what depends on it shows, on every disk."""
    os.listdir = _sorted_names(os.listdir, backwards)
    os.scandir = _SortedScan.of(os.scandir, backwards)  # type: ignore[assignment]


def _sorted_names(listdir: Callable[..., list[Any]], backwards: bool) -> Callable[..., list[Any]]:
    def listed(path: Any = ".") -> list[Any]:
        return sorted(listdir(path), reverse=backwards)

    return listed


class _SortedScan:
    """What ``os.scandir`` gives, in order."""

    def __init__(self, entries: list[os.DirEntry[Any]]) -> None:
        self._entries = iter(entries)

    @classmethod
    def of(cls, scandir: Callable[..., Any], backwards: bool) -> Callable[..., _SortedScan]:
        def scanned(path: Any = ".") -> _SortedScan:
            with scandir(path) as entries:
                return cls(sorted(entries, key=lambda entry: entry.name, reverse=backwards))

        return scanned

    def __iter__(self) -> Iterator[os.DirEntry[Any]]:
        return self

    def __next__(self) -> os.DirEntry[Any]:
        return next(self._entries)

    def __enter__(self) -> _SortedScan:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is open any more."""
        self._entries = iter(())
