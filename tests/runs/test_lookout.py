"""The lookout: what was done beside answering, and whose business it was. An audit hook stays, so each look is a process."""

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

CODE = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from bench.runs.lookout import Lookout
import own
deeds = []
lookout = Lookout(deeds.append, [Path(own.__file__)])
sys.addaudithook(lookout)
open("before.txt", "w").close()
with lookout.watching():
    own.act()
open("after.txt", "w").close()
sys.stdout.flush()
Path("told.json").write_text(json.dumps([asdict(deed) for deed in deeds]))
"""
PACKAGES = {
    "numba/saving.py": "def save(place):\n    open(place, 'w').close()\n",
    "other/saving.py": "def save(place):\n    open(place, 'w').close()\n",
    "other/busy.py": "import subprocess\nsubprocess.run(['true'])\nopen('on_import.txt', 'w').close()\n",
    "huggingface_hub/asking.py": "import socket\n\n\ndef ask():\n    socket.socket().connect_ex(('127.0.0.1', 9))\n",
}


@pytest.fixture
def deeds(tmp_path):
    packages, home = tmp_path / "packages", tmp_path / "home"
    (home / ".cache").mkdir(parents=True)
    for name, text in PACKAGES.items():
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).parent.joinpath("__init__.py").touch()
        (packages / name).write_text(text)

    def of(body):
        (packages / "own.py").write_text("import os\nfrom pathlib import Path\n\n\ndef act():\n    " + body + "\n")
        paths = os.pathsep.join([str(ROOT), str(packages)])
        environment = {**os.environ, "PYTHONPATH": paths, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
        with (tmp_path / "out").open("w+b") as out:
            subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, env=environment, check=True, stdout=out)
        told = json.loads((tmp_path / "told.json").read_text())
        return [(deed["kind"], deed["what"], deed["innocent"]) for deed in told if deed["kind"] != "read"]

    return of


def test_only_what_is_done_meanwhile_is_noticed(deeds, tmp_path):
    assert deeds("Path('now.txt').write_text('x')") == [("wrote", str(tmp_path / "now.txt"), False)]
    assert deeds("Path(__file__).read_text(); open(os.devnull, 'w').close()") == []


def test_what_a_library_writes_unseen_is_counted(deeds, tmp_path):
    body = f"import numpy, soundfile; soundfile.write({str(tmp_path / 'x.wav')!r}, numpy.zeros(1000), 8000)"
    ((kind, what, innocent),) = deeds(body)  # libsndfile writes the header twice
    assert (kind, innocent) == ("hid", False)
    assert 2044 <= int(what.removesuffix(" bytes").replace(",", "")) < 2500


def test_threads_that_wake_each_other_hide_nothing_and_no_file_hides_behind_them(deeds, tmp_path):
    """As scikit-learn's `n_jobs=2` does: through pipes, and semaphores in shared memory."""
    pools = "import joblib, numpy, soundfile; pool = joblib.Parallel(2, prefer='threads')"
    threads = f"{pools}; [pool(joblib.delayed(abs)(n) for n in range(4)) for _ in range(20)]"
    assert [deed for deed in deeds(threads) if deed[0] == "hid"] == []
    body = f"{threads}; soundfile.write({str(tmp_path / 'x.wav')!r}, numpy.zeros(1000), 8000)"
    assert [kind for kind, _, _ in deeds(body) if kind == "hid"] == ["hid"]


def test_prints_are_told_by_their_first_line(deeds):
    assert deeds("print('one'); print('two')") == [("printed", "one", False)]


def test_packages_mind_their_own_business(deeds, tmp_path):
    """A cache is theirs who keep one; importing is everybody's; to save something for you is yours."""
    place = tmp_path / "home" / ".cache" / "kept"
    for package, innocent in (("numba", True), ("other", False)):
        assert deeds(f"from {package}.saving import save; save({str(place)!r})") == [("wrote", str(place), innocent)]
    assert deeds(f"from numba.saving import save; save({str(tmp_path / 'x')!r})") == [("wrote", str(tmp_path / "x"), False)]
    assert deeds("import other.busy") == [("started", "true", True), ("wrote", str(tmp_path / "on_import.txt"), True)]
    assert deeds("from huggingface_hub.asking import ask; ask()") == [("connected", "127.0.0.1:9", True)]
