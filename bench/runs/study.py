"""The study: what to run, in one signature with three spellings (keywords, flags, ``study.toml``)."""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from bench.base.error import RequestError, unknown_name

Track = Literal["open", "speaker"]
EMBEDDED = Path(__file__).with_name("embedded.toml")
NOT_NUMBERS = ("cache", "reports", "jobs")
MOST = 2_000_000_000  # the largest seed, and what is added to it, fits every library
LISTS = ("tasks", "features", "models", "sweep", "tracks", "plugin")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(jobs: int | None) -> int:
    """How many processes to use: as many as are asked for, or one a core.

    Raises
    ------
    RequestError
        If that is no number of processes.
    """
    if jobs is not None and jobs < 1:
        raise RequestError(f"`jobs` is {jobs}. Expected is a whole number of at least 1. Correct it.")
    return cores() if jobs is None else jobs


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything that a run is told; the fields are the keywords of ``bench.run`` and the flags of ``fatigue-bench run``.

    Attributes
    ----------
    tasks : tuple of str
        ``CORPUS/TARGET`` (both forms), ``CORPUS/TARGET/level`` or ``CORPUS/TARGET/score``.
    features : tuple of str
        As spelled: ``egemaps[level=-26]``, ``wav2vec2@7``, ``wav2vec2@all``; a bare set with layers means ``@best``.
    models : tuple of str
    sweep : tuple of str
        Models that also run on every single layer of each feature set whose layer is left open: of ``wav2vec2``, which means
        ``@best``, and ``wav2vec2@all``, and not of ``wav2vec2@7``.
    corpora : mapping of str to Path
        Where each corpus lies, by its spelling; corpora that make themselves need no entry.
    tracks : tuple of {'open', 'speaker'}
        ``speaker``: each speaker's clips are z-scored on their own, without labels; a board of its own.
    splitter : str
        ``auto``, ``loso``, ``grouped-K``, ``sessions``, ``fixed``, or a JSON file of folds.
    seed : int
        Seed of everything random.
    seeds : int
        With how many seeds stochastic models run: the first is the row, the others tell how far its value hangs on it.
    limit : int or None
        The first N speakers only; the board says partial.
    permute : int or None
        Permute the labels within each speaker under this seed: the control whose values must lie at chance.
    plugin : tuple of Path
        Files of the user's own.
    cache, reports : Path
        Where stored features and reports lie.
    jobs : int
        Parallel processes, each with one numerical thread.
    """

    tasks: tuple[str, ...]
    features: tuple[str, ...]
    models: tuple[str, ...] = ("linear", "svm", "xgboost", "head")
    sweep: tuple[str, ...] = ()
    corpora: Mapping[str, Path] = field(default_factory=dict)
    tracks: tuple[str, ...] = ("open",)
    splitter: str = "auto"
    seed: int = 0
    seeds: int = 5
    limit: int | None = None
    permute: int | None = None
    plugin: tuple[Path, ...] = ()
    cache: Path = Path("features_cache")
    reports: Path = Path("reports")
    jobs: int = field(default_factory=cores)

    def __post_init__(self) -> None:
        for name in ("tasks", "features", "models", "tracks"):
            values = getattr(self, name)
            if not values:
                raise RequestError(f"The study names no {name}. At least one is needed. Give `{name}`.")
            if len(set(values)) != len(values):
                raise RequestError(f"The study names some {name} twice: {', '.join(values)}. Name each once.")
        for track in self.tracks:
            if track not in get_args(Track):
                raise unknown_name("track", track, get_args(Track))
        for name, least in (("jobs", 1), ("limit", 1), ("seeds", 1), ("seed", 0), ("permute", 0)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise RequestError(f"`{name}` is {value}. Expected is a whole number of at least {least}. Correct it.")
            if value is not None and value > MOST:
                raise RequestError(f"`{name}` is {value}. Expected is a whole number of at most {MOST}. Correct it.")

    def command(self) -> str:
        """The shell command that makes the same numbers: every keyword that changes them and is not a default."""
        words = ["fatigue-bench", "run"]
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in NOT_NUMBERS or value is None or (value == item.default and item.name != "seed"):
                continue
            flag = "--" + item.name
            if item.name == "corpora":
                words += [word for name, path in value.items() for word in (flag, f"{name}={path}")]
            elif isinstance(value, tuple):
                words += [word for entry in value for word in (flag, str(entry))]
            else:
                words += [flag, str(value)]
        return shlex.join(words)


def make_study(given: Mapping[str, Any], file: Path | None = None) -> Study:
    """Make a study from keywords, on top of a study file or the embedded default.

    Parameters
    ----------
    given : mapping
        Keywords of ``Study``; None means not given. If neither a file nor ``tasks`` nor ``corpora`` is given, the embedded
        default is what they change.
    file : Path or None
        A ``study.toml``; paths in it are taken from its own folder.

    Returns
    -------
    Study

    Raises
    ------
    RequestError
        For an unknown key, a value of the wrong kind, or a missing one; for a limit that the splitter of the embedded default
        cannot serve.

    Examples
    --------
    >>> make_study({"tasks": "synthetic/fatigue", "features": ["timing"], "jobs": 2}).models
    ('linear', 'svm', 'xgboost', 'head')
    >>> make_study({}).splitter
    'grouped-6'
    """
    keywords = {key: value for key, value in given.items() if value is not None}
    bare = not {"tasks", "corpora"} & set(keywords)
    source = file or (EMBEDDED if bare else None)
    values = {**(_from_file(source) if source else {}), **_checked(keywords, Path())}
    if source == EMBEDDED and "splitter" not in keywords:
        _check_default_splitter(values["splitter"], values.get("limit"))
    if "features" not in values:
        values["features"] = _from_file(EMBEDDED)["features"]
    if "tasks" not in values:
        raise RequestError(
            "The study names no tasks. Expected is CORPUS/TARGET, as in `--tasks ravdess/fatigue-proxy`. Give one."
        )
    return Study(**values)


def _check_default_splitter(splitter: str, limit: int | None) -> None:
    """Refuse too few speakers for folds that nobody asked for; of one speaker alone there are no folds at all."""
    n_groups = int(splitter.removeprefix("grouped-"))
    if limit is not None and 2 <= limit < n_groups:
        raise RequestError(
            f"The embedded default holds speakers out in {n_groups} groups ({splitter}), and `limit` is {limit}. Expected are "
            f"{n_groups} speakers or more, or another splitter. Add `--splitter loso`, which holds out one speaker after the "
            f"other, or `--splitter grouped-{limit}`."
        )


def _from_file(path: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RequestError(
            f"The study file {str(path)!r} cannot be read ({error.strerror}). Give the path of a TOML file."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RequestError(f"The study file {str(path)!r} is not TOML: {error}. Correct it.") from error
    return _checked(raw, path.parent)


def _checked(raw: Mapping[str, Any], base: Path) -> dict[str, Any]:
    known = [item.name for item in fields(Study)]
    for key in raw:
        if key not in known:
            raise unknown_name("key of a study", key, known)
    return {key: _value(key, value, base) for key, value in raw.items()}


def _value(key: str, value: Any, base: Path) -> Any:
    if key == "corpora":
        return _corpora(value, base)
    if key in LISTS:
        entries = (value,) if isinstance(value, str | Path) else value
        if not isinstance(entries, Sequence) or not all(isinstance(entry, str | Path) for entry in entries):
            raise RequestError(f"`{key}` is {value!r}. Expected is a list of names. Correct it.")
        return tuple(_placed(key, entry, base) for entry in entries) if key == "plugin" else tuple(map(str, entries))
    if key in ("cache", "reports"):
        return _placed(key, value, base)
    if key == "splitter" and isinstance(value, str | Path) and str(value).endswith(".json"):
        return str(_placed(key, value, base))
    kind = str if key == "splitter" else int
    if not isinstance(value, kind) or isinstance(value, bool):
        raise RequestError(f"`{key}` is {value!r}. Expected is a {'name' if kind is str else 'whole number'}. Correct it.")
    return value


def _corpora(value: Any, base: Path) -> dict[str, Path]:
    if isinstance(value, Mapping):
        return {str(name): _placed(f"corpora: {name}", path, base) for name, path in value.items()}
    entries = (value,) if isinstance(value, str) else value
    if not isinstance(entries, Sequence) or not all(isinstance(entry, str) for entry in entries):
        raise RequestError(
            f"`corpora` is {value!r}. Expected is NAME=PATH, as in ravdess=/data/ravdess, or a table. Correct it."
        )
    pairs = [_corpus_pair(text) for text in entries]
    if len(dict(pairs)) != len(pairs):
        raise RequestError(f"`corpora` names a corpus twice: {', '.join(name for name, _ in pairs)}. Name each once.")
    return {name: _placed("corpora", path, base) for name, path in pairs}


def _placed(key: str, value: Any, base: Path) -> Path:
    """A path, from the folder of the file that it stands in."""
    if not isinstance(value, str | Path) or not str(value):
        raise RequestError(f"`{key}` is {value!r}. Expected is a path. Correct it.")
    path = base / Path(value).expanduser()
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise RequestError(
            f"`{key}` is {str(path)!r}, which is not UTF-8, as the record of a run is. Rename it, or give a link to it."
        ) from error
    return path


def _corpus_pair(text: str) -> tuple[str, Path]:
    depth = 0
    for index, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if char == "=" and depth == 0 and index and text[index + 1 :]:
            return text[:index], Path(text[index + 1 :])
    raise RequestError(f"`corpora` got {text!r}. Expected is NAME=PATH, as in ravdess=/data/ravdess. Correct it.")
