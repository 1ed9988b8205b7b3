import inspect
import os
import shlex
from dataclasses import fields
from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.commands.benchmark import run as command
from bench.runs.run import run
from bench.runs.study import Study, make_study


@pytest.mark.parametrize("limit", [2, 5])
def test_a_limit_below_the_groups_of_the_embedded_default_is_told_before_anything_is_done(limit):
    with pytest.raises(RequestError, match=rf"6 groups \(grouped-6\), and `limit` is {limit}\. .*Add `--splitter loso`"):
        make_study({"limit": limit})
    assert make_study({"limit": limit, "splitter": "loso"}).splitter == "loso"
    assert make_study({"limit": limit, "tasks": "synthetic/fatigue"}).splitter == "auto"
    assert make_study({"limit": 6}).splitter == "grouped-6"


def test_keywords_flags_and_keys_are_the_same():
    keys = {item.name for item in fields(Study)}
    assert set(inspect.signature(run).parameters) == keys | {"study", "progress"}
    assert set(inspect.signature(command).parameters) == keys | {"study", "dry_run"}


def test_a_study_file_and_keywords_say_the_same(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text(
        'tasks = ["ravdess/fatigue-proxy"]\nfeatures = ["egemaps"]\nseed = 3\nplugin = "mine.py"\n[corpora]\nravdess = "data"\n'
    )
    made = make_study({"jobs": 2}, file)
    assert made.corpora == {"ravdess": tmp_path / "data"}
    assert made.plugin == (tmp_path / "mine.py",)
    assert made == make_study(
        {
            "tasks": "ravdess/fatigue-proxy",
            "features": "egemaps",
            "seed": 3,
            "corpora": [f"ravdess={tmp_path / 'data'}"],
            "plugin": [tmp_path / "mine.py"],
            "jobs": 2,
        }
    )


def test_what_is_given_beside_the_file_counts(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('tasks = ["synthetic/fatigue"]\nfeatures = ["timing"]\nseed = 3\n')
    assert make_study({"seed": 5}, file).seed == 5


def test_without_anything_it_is_the_embedded_default():
    made = make_study({})
    assert made.tasks == ("synthetic/fatigue",)
    assert len(made.models) == 4
    assert make_study({"seed": 1}).tasks == made.tasks
    assert make_study({"features": ["zcr"]}).tasks == made.tasks
    assert make_study({"tasks": ["ravdess/emotion"]}).features == made.features


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"task": "a/b"}, "Did you mean 'tasks'"),
        ({"tasks": [], "features": ["timing"]}, "names no tasks"),
        ({"corpora": ["ravdess=/data"], "features": ["timing"]}, "names no tasks"),
        ({"tasks": ["a/b"], "features": ["x", "x"]}, "twice"),
        ({"tasks": ["a/b"], "features": ["x"], "tracks": ["opened"]}, "Did you mean 'open'"),
        ({"tasks": ["a/b"], "features": ["x"], "jobs": 0}, "at least 1"),
        ({"tasks": ["a/b"], "features": ["x"], "seed": 2**63}, "`seed` is 9223372036854775808. Expected .* at most 2000000000"),
        ({"tasks": ["a/b"], "features": ["x"], "seed": "1"}, "whole number"),
        ({"tasks": ["a/b"], "features": ["x"], "seed": True}, "whole number"),
        ({"tasks": ["a/b"], "features": ["x"], "corpora": ["ravdess"]}, "NAME=PATH"),
        ({"tasks": ["a/b"], "features": [3]}, "list of names"),
        ({"tasks": ["a/b"], "features": ["x"], "corpora": ["a=1", "a=2"]}, "twice"),
        ({"tasks": ["a/b"], "features": ["x"], "corpora": 5}, "`corpora` is 5. Expected is NAME=PATH"),
        ({"tasks": ["a/b"], "features": ["x"], "corpora": ["a=1", 5]}, "Expected is NAME=PATH"),
        ({"tasks": ["a/b"], "features": ["x"], "corpora": {"a": 5}}, "`corpora: a` is 5. Expected is a path"),
        ({"tasks": ["a/b"], "features": ["x"], "cache": 5}, "`cache` is 5. Expected is a path"),
        ({"tasks": ["a/b"], "features": ["x"], "reports": [1]}, r"`reports` is \[1\]. Expected is a path"),
        ({"tasks": ["a/b"], "features": ["x"], "splitter": 5}, "`splitter` is 5. Expected is a name"),
    ],
)
def test_mistakes_are_told(given, sentence):
    with pytest.raises(RequestError, match=sentence):
        make_study(given)


def test_paths_are_taken_from_the_folder_of_their_file(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/home/anna")
    lines = (
        'tasks = ["r/kss"]', 'features = ["x"]', 'splitter = "f.json"', 'plugin = ["~/p.py", "q.py"]', 'cache = "c"',
        '[corpora]', 'r = "~/r"', 's = "s"', 't = "/t"',
    )  # fmt: skip
    (tmp_path / "study.toml").write_text("\n".join(lines))
    made = make_study({}, tmp_path / "study.toml")
    assert made.splitter == str(tmp_path / "f.json")
    assert made.plugin == (Path("/home/anna/p.py"), tmp_path / "q.py")
    assert made.cache == tmp_path / "c"
    assert made.corpora == {"r": Path("/home/anna/r"), "s": tmp_path / "s", "t": Path("/t")}
    given = make_study({"tasks": ["r/kss"], "features": ["x"], "splitter": "f.json", "corpora": ["r=~/r"]})
    assert (given.splitter, given.corpora) == ("f.json", {"r": Path("/home/anna/r")})


@pytest.mark.parametrize("text", ["tasks = [", "taks = ['a/b']", "\xff"])
def test_a_broken_study_file_is_told(tmp_path, text):
    file = tmp_path / "study.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(RequestError, match="study"):
        make_study({}, file)


def test_a_path_that_is_not_utf_8_is_told():
    odd = os.fsdecode(b"recordings/d\xe9")
    for given in (
        {"corpora": f"ravdess={odd}"},
        {"cache": odd},
        {"reports": odd},
        {"plugin": [odd]},
        {"splitter": f"{odd}.json"},
    ):
        with pytest.raises(RequestError, match=r"which is not UTF-8, as the record of a run is\. Rename it") as caught:
            make_study(given)
        str(caught.value).encode()


def test_the_command_makes_the_same_study_again():
    made = make_study(
        {
            "tasks": ["ravdess/fatigue-proxy/level"],
            "features": ["egemaps[level=-26,only=F0*]"],
            "corpora": {"ravdess": "/data with space/ravdess"},
            "tracks": ["open", "speaker"],
            "seed": 4,
            "permute": 2,
        }
    )
    words = shlex.split(made.command())
    assert words[:2] == ["fatigue-bench", "run"]
    flags: dict[str, list[str]] = {}
    for flag, value in zip(words[2::2], words[3::2], strict=True):
        flags.setdefault(flag.removeprefix("--"), []).append(value)
    given = {key: int(values[0]) if key in ("seed", "permute") else values for key, values in flags.items()}
    again = make_study(given)
    assert again == made
    assert again.corpora["ravdess"] == Path("/data with space/ravdess")
