"""The witness: reads a corpus in a process of its own, and tells what came out, and which files were opened and written."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from bench.base.error import RequestError
from bench.base.spelling import parse
from bench.corpora.corpus import Clip, Corpus
from bench.corpora.reader import READERS, CorpusReader
from bench.runs.chamber import Limits, Respondent, ask
from bench.runs.lookout import Deed, Lookout


@dataclass(frozen=True)
class Introduced:
    """A corpus reader as another process knows it; it stands in for the reader itself.

    Attributes
    ----------
    spelled, name, version, identity : str
    makes_itself : bool
    """

    spelled: str
    name: str
    version: str
    identity: str
    makes_itself: bool

    def __str__(self) -> str:
        return self.spelled


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
    written : tuple of str
        What was written, moved or removed while it was read; what packages keep for themselves is left out.
    """

    root: str = ""
    corpus: Mapping[str, Any] | None = None
    error: str = ""
    raised: str = ""
    refused: bool = False
    opened: tuple[str, ...] = ()
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class Testimony:
    """What a process that read told: the readings that it got to, and why it got no further ("" if it did)."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    broken: str = ""


def witness(
    reader: CorpusReader | Introduced, files: Sequence[Path], wanted: Sequence[Wanted], *, backwards: bool, limit_s: float
) -> Testimony:
    """Read in another process.

    Parameters
    ----------
    reader : CorpusReader or Introduced
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
    question = {
        "reader": str(reader),
        "files": [str(file.resolve()) for file in files],
        "wanted": [asdict(one) for one in wanted],
        "backwards": backwards,
    }
    limits = Limits(limit_s, limit_s)
    answered = ask((__name__, "testify"), question, limits, salt="2" if backwards else "1")
    told = [line for line in answered.lines if "reading" in line]
    readings = {line["name"]: Reading(**{**line["reading"], **_tuples(line["reading"])}) for line in told}
    subject = "Reading" if answered.broken.startswith("did not") else "The process that read"
    return Testimony(readings, f"{subject} {answered.broken}" if answered.broken else "")


def _tuples(reading: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(reading[name]) for name in ("opened", "written")}


def testify(respondent: Respondent) -> None:
    """What the other process does: read as asked, and answer one line a reading."""
    from bench.runs.plugin import add_plugins

    files = [Path(file) for file in respondent.question["files"]]
    add_plugins(files)
    reader = READERS.make(parse(respondent.question["reader"]))
    _list_folders(backwards=respondent.question["backwards"])
    log = _Log(files)
    for one in respondent.question["wanted"]:
        respondent.say(name=one["name"], reading=asdict(_read(reader, Wanted(**one), log)))
    respondent.end()


def _read(reader: CorpusReader, wanted: Wanted, log: _Log) -> Reading:
    folder = None if wanted.folder is None else Path(wanted.folder)
    root = folder
    try:
        root = reader.unpack(folder, Path(wanted.place)) if wanted.place else folder
        if root is not None and wanted.link:
            root = _linked(root, Path(wanted.link))
        with log.kept():
            corpus = reader.read(root)  # type: ignore[arg-type]  # a stranger's `unpack` may give anything, and that is told
        if not isinstance(corpus, Corpus):
            raise TypeError(f"`read` gave {type(corpus).__name__}, and a bench.Corpus is expected")
        return Reading(str(root), described(corpus), opened=log.opened(), written=log.written())
    except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a stranger's code raises is told
        refused = isinstance(error, RequestError)
        return Reading(str(root), None, str(error), type(error).__name__, refused, log.opened(), log.written())


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


class _Log:
    """What one reading opened and wrote."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.deeds: list[Deed] = []
        self.lookout = Lookout(self.deeds.append, files)
        sys.addaudithook(self.lookout)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is done inside, and nothing from before."""
        self.deeds.clear()
        with self.lookout.watching():
            yield

    def opened(self) -> tuple[str, ...]:
        """Files that were opened for reading and not written before."""
        own = {deed.what for deed in self.deeds if deed.kind == "wrote"}
        read = dict.fromkeys(deed.what for deed in self.deeds if deed.kind == "read")
        return tuple(path for path in read if path not in own and os.path.isfile(path))

    def written(self) -> tuple[str, ...]:
        """What was written, moved or removed."""
        return tuple(dict.fromkeys(d.what for d in self.deeds if d.kind in ("wrote", "removed") and not d.innocent))


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
