"""The check of a stranger's file: what it defines, and what is wrong with each; nothing of it runs in this process."""

import os
import sys
import time
from pathlib import Path

import pytest

from bench.base.error import RequestError
from bench.runs.check import check
from bench.runs.plugin import REGISTRIES
from tests.conftest import ZCR

FILE = """
import numpy as np

import bench


class Level(bench.FeatureSet):
    name = "level"
    version = "1"
    columns = ("rms",)

    def extract(self, wave):
        return np.array([wave.samples.std()], np.float32)


class Silent(Level):
    name = "silent"

    def extract(self, wave):
        return np.array([np.nan], np.float32)


class Needy(Level):
    name = "needy"
    window_s: float


class Night(bench.CorpusReader):
    name = "night"
    version = "1"
"""

BAD = """
import ctypes
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

import bench


class Good(bench.FeatureSet):
    name = "good"
    version = "1"
    columns = ("rms",)

    def beside(self, wave):
        pass

    def extract(self, wave):
        self.beside(wave)
        return np.array([wave.samples.std()], np.float32)
"""
BESIDE = {
    "busy": {
        "open('here.txt', 'w').close()": "it wrote '{cwd}/here.txt'; several processes extract",
        "Path('{tmp}/gone').unlink(missing_ok=True)": "it removed or moved '{tmp}/gone'; what is there belongs",
        "print('on my way')": "it printed 'on my way', which stands among the results",
        "subprocess.run(['true'], check=True)": "it started a process ('true'), which outlives a run",
        "socket.socket().connect_ex(('127.0.0.1', 9))": "it opened a network connection ('127.0.0.1:9');",
    },
    "temp": {"Path('{tmp}/x.npy').touch()": "it wrote '{tmp}/x.npy';"},
    "home": {"np.save(Path.home() / '.cache' / 'mine.npy', np.ones(3))": "it wrote '{home}/.cache/mine.npy';"},
    "folders": {
        "os.makedirs('folder', exist_ok=True)": "it wrote 'folder';",
        "os.fork() or os._exit(0)": "('a copy of this one')",
    },
    "native": {
        "soundfile.write('{tmp}/x.wav', wave.samples, wave.rate)": " bytes through a library; several processes extract"
    },
    "quits": {"sys.exit('enough')": "it raised SystemExit: enough."},
    "asks": {"sys.stdin.read(1) or 1 / 0": "it raised ZeroDivisionError: division by zero."},
    "leaves": {"os._exit(0)": "it ended with code 0. A run would lose its worker there, and nothing else was asked."},
    "crashes": {"ctypes.string_at(0)": "it crashed with SIGSEGV. A run would lose its worker there"},
}
CALM = {"calm": "open(os.devnull, 'w').close(); Path(__file__).read_text(); print('careful', file=sys.stderr)"}


def write_sets(folder, bodies):
    text = BAD
    for name, line in bodies.items():
        text += f"\n\nclass {name.title()}(Good):\n    name = {name!r}\n\n    def beside(self, wave):\n        {line}\n"
    file = folder / "sets.py"
    file.write_text(text)
    return file


def told(file, **more):
    return {one.name: one.faults for one in check(file, **more)}


def test_every_plug_in_of_a_file_is_checked(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(FILE)
    before = [registry.names() for registry in REGISTRIES], len(sys.modules)
    found = told(file)
    assert ([registry.names() for registry in REGISTRIES], len(sys.modules)) == before
    assert list(found) == ["level", "silent", "needy", "night"]
    assert (found["level"], found["night"]) == ((), ())
    (fault,) = found["silent"]
    assert fault.startswith("On all 5 sounds, 1 of 1 values are not finite")
    (fault,) = found["needy"]
    assert fault.startswith("It cannot be made without parameters")
    assert "'window_s'" in fault
    assert fault.endswith("Give every field a default.")


def test_the_example_of_the_documents_passes():
    (checked,) = check(ZCR)
    assert (checked.name, checked.faults) == ("zcr", ())


def test_what_is_done_beside_answering_is_told(tmp_path, monkeypatch):
    """Each is told once, by the first question; where the process breaks off, the next set has a process of its own."""
    places = {"tmp": str(tmp_path), "home": str(tmp_path / "home"), "cwd": str(tmp_path / "cwd")}
    for place in ("home/.cache", "cwd"):
        (tmp_path / place).mkdir(parents=True)
    monkeypatch.setenv("HOME", places["home"])
    monkeypatch.chdir(tmp_path / "cwd")
    lines = {name: "; ".join(told).replace("{tmp}", str(tmp_path)) for name, told in BESIDE.items()}
    found = told(write_sets(tmp_path, {**CALM, **lines}))
    assert list(found) == ["good", *CALM, *BESIDE]
    assert {name: found[name] for name in ("good", *CALM)} == dict.fromkeys(("good", *CALM), ())
    for name, sentences in BESIDE.items():
        own = [fault for fault in found[name] if not fault.startswith("On a single sample")]
        assert len(own) == len(sentences), own
        for sentence in sentences.values():
            (fault,) = [fault for fault in own if sentence.format(**places) in fault]
            assert fault.startswith("Asked for the values of a clip, ")


def test_whoever_does_not_answer_is_ended_with_what_it_started(tmp_path):
    child = tmp_path / "child"
    hanging = {
        "sleeps": f"Path({str(child)!r}).write_text(str(subprocess.Popen(['sleep', '60']).pid)); time.sleep(60)",
        "threads": "threading.Thread(target=time.sleep, args=(60,)).start()",
    }
    start = time.monotonic()
    found = told(write_sets(tmp_path, hanging), patience=2)
    assert time.monotonic() - start < 50
    wrote, started, slow = found["sleeps"]
    assert slow.startswith("Asked for the values of a clip, it did not answer within 2 s. A run would stand still there")
    assert ("it wrote" in wrote + started, "it started a process ('sleep')" in wrote + started) == (True, True)
    assert found["threads"] == (slow.replace("for the values of a clip", "to come to its end"),)
    assert not _runs(int(child.read_text()))


def test_memory_is_bounded(tmp_path):
    from bench.runs.chamber import Limits
    from bench.runs.examination import examine

    file = write_sets(tmp_path, {"eats": "self.__class__.kept = [np.ones(1 << 18) for _ in range(1 << 20)]"})
    eats = examine(file, [], Limits(30.0, memory=400 << 20))[1]
    (fault,) = eats.faults
    assert fault.startswith("Asked for the values of a clip, it took more than 0.4 GiB of memory.")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("while True: pass", "While it was imported, it did not answer within 1 s."),
        ("import os; os._exit(3)", "While it was imported, it ended with code 3."),
        ("open(__file__ + '.txt', 'w').close()", "While it was imported, it wrote '"),
    ],
)
def test_importing_is_tried_too(tmp_path, line, sentence):
    file = tmp_path / "own.py"
    file.write_text(f"{line}\n{FILE[: FILE.index('class Silent')]}")
    first = check(file, patience=1)[0]
    assert first.name == "own.py"
    assert first.faults[0].startswith(sentence)


MODELS = """
import time

import bench


class Whole(bench.ModelRecipe):
    name = "whole"
    version = "1"
    solves = ("score",)

    def build(self, form, seed, n_layers=1):
        return 3


class Slow(Whole):
    name = "slow"

    def build(self, form, seed, n_layers=1):
        time.sleep(60)
"""


def test_models_are_tried_too_and_ended_where_they_never_end(tmp_path):
    file = tmp_path / "own.py"
    file.write_text(MODELS)
    found = told(file, patience=2)
    assert found["whole"][0].startswith("In the score form `build` gave int;")
    assert found["slow"] == (
        "In the score form, asked to build, and for its candidates, it did not answer within 2 s. "
        "A run would stand still there, and nothing else was asked.",
    )


READER = """
import time
from pathlib import Path

import bench

LINE


class Night(bench.CorpusReader):
    name = "night"
    version = "1"

    def read(self, folder):
        time.sleep(60)
"""


def test_a_reader_that_hangs_when_it_is_imported_or_reads_is_ended(tmp_path):
    file = tmp_path / "night.py"
    for line, sentence in (
        ("", "Reading did not end within 1.5 s. Nothing else can be tried"),
        ("time.sleep(60)", "While it was imported, it did not answer within 1.5 s."),
    ):
        file.write_text(READER.replace("LINE", line))
        (checked,) = check(f"night={tmp_path}", [file], tmp_path / "cache", patience=1.5)
        assert checked.name == "night"
        assert checked.faults[0].startswith(sentence)


def test_wrong_requests_are_told(tmp_path):
    file, broken = tmp_path / "empty.py", tmp_path / "broken.py"
    file.write_text("x = 1\n")
    broken.write_text("import bench\n1 / 0\n")
    with pytest.raises(RequestError, match=r"defines no plug-in.*@bench.feature_function"):
        check(file)
    with pytest.raises(RequestError, match=r"cannot be imported: ZeroDivisionError: division by zero \(line 2\)"):
        check(broken)
    broken.write_text("import sys\nsys.exit(3)\n")
    with pytest.raises(RequestError, match=r"cannot be imported: SystemExit: 3 \(line 2\)"):
        check(broken)
    with pytest.raises(RequestError, match=r"'nowhere.py' does not exist"):
        check(file, ["nowhere.py"])
    with pytest.raises(RequestError, match="number of seconds above 0"):
        check(file, patience=0)
    with pytest.raises(RequestError, match=r"nights' of the corpus 'night' does not exist"):
        check(f"night={tmp_path}/nights")
    with pytest.raises(RequestError, match="No corpus is called 'nigth'"):
        check(f"nigth={tmp_path}")


def _runs(process):
    try:
        os.kill(process, 0)
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
