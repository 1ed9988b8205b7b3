"""The witness: what another process read, which files it opened, and how it ended."""

import os
import time

import pytest

from bench.corpora.reader import READERS
from bench.runs.plugin import REGISTRIES, add_plugins
from bench.runs.witness import Wanted, witness

FILE = """
import os
import subprocess
import sys
from pathlib import Path

import bench

KSS = bench.Target("kss", "measured", "How sleepy.", scale=(1, 9))


class Own(bench.CorpusReader):
    name = "own"
    version = "1"
    how: str = "read"

    def unpack(self, folder, place):
        if self.how != "unpack":
            return folder
        place.mkdir(parents=True, exist_ok=True)
        (place / "x.wav").write_bytes((folder / "x.wav").read_bytes())
        return place

    def read(self, folder):
        return getattr(self, self.how)(folder)

    def corpus(self, folder, names=("x",)):
        clips = tuple(bench.Clip(name, "a", folder / f"{name}.wav", {"kss": 1.0}) for name in names)
        return bench.Corpus(str(self), "1", (KSS,), clips, notes=(os.environ["PYTHONHASHSEED"],))

    def unpacked(self, folder):
        return self.corpus(folder)

    def opening(self, folder):
        os.close(os.open(folder / "labels.txt", os.O_RDONLY))
        (folder / "x.wav").read_bytes()
        (folder / "own.tmp").write_text("written here")
        (folder / "own.tmp").read_text()
        return self.corpus(folder)

    def listing(self, folder):
        ways = (os.listdir(folder), (e.name for e in os.scandir(folder)), (p.name for p in folder.iterdir()))
        walked = next(os.walk(folder))[2]
        return self.corpus(folder, ["-".join(Path(n).stem for n in names) for names in (*ways, walked)][:1])

    def refusing(self, folder):
        raise bench.RequestError(f"{folder} is not mine. Expected is another.")

    def breaking(self, folder):
        print("on its way", flush=True)
        os._exit(7)

    def sleeping(self, folder):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        (folder / "child").write_text(str(child.pid))
        child.wait()

    def asking(self, folder):
        input("Which one? ")


Own.unpack.__doc__ = "See bench.CorpusReader."
"""


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Reads a folder in another process, each reading in a way of the file above."""
    for registry in REGISTRIES:
        monkeypatch.setattr(registry, "_added", dict(registry._added))
    folder, file = tmp_path / "corpus", tmp_path / "own.py"
    folder.mkdir()
    for name in ("x.wav", "labels.txt"):
        (folder / name).write_text(name)
    file.write_text(FILE)
    add_plugins([file])

    def told(how, wanted=None, backwards=False, limit_s=60.0):
        wanted = wanted or [Wanted("one", str(folder), place=str(tmp_path / "place"))]
        return witness(READERS.get("own")(how=how), [file], wanted, backwards=backwards, limit_s=limit_s)

    told.folder = folder
    return told


def test_what_was_read_and_opened(read):
    told = read("opening")
    assert told.broken == ""
    one = told.readings["one"]
    assert (one.root, one.raised, one.error) == (str(read.folder), "", "")
    assert [path.rsplit("/", 1)[-1] for path in one.opened] == ["labels.txt", "x.wav"]  # and not what it wrote itself
    (clip,) = one.corpus["clips"]
    assert (clip["id"], clip["path"], clip["labels"]) == ("x", str(read.folder / "x.wav"), {"kss": 1.0})


@pytest.mark.parametrize(("backwards", "order", "seed"), [(False, "labels-x", "1"), (True, "x-labels", "2")])
def test_folders_are_listed_in_one_order_or_the_other(read, backwards, order, seed):
    corpus = read("listing", backwards=backwards).readings["one"].corpus
    assert corpus["clips"][0]["id"] == order
    assert corpus["notes"] == [seed]


def test_unpacking_and_links(read, tmp_path):
    place, link = tmp_path / "place", tmp_path / "link"
    wanted = [Wanted("one", str(read.folder), place=str(place)), Wanted("two", str(read.folder), str(link), str(place))]
    told = read("unpack", wanted)
    assert told.readings["one"].raised == "TypeError"  # reading is `unpacked`; the place was filled all the same
    assert (place / "x.wav").read_text() == "x.wav"
    assert link.resolve() == place
    (one,) = read("unpacked", [Wanted("one", str(place))]).readings.values()
    assert (one.root, len(one.corpus["clips"])) == (str(place), 1)


def test_what_is_raised(read):
    told = read("refusing")
    one = told.readings["one"]
    assert told.broken == ""
    assert (one.corpus, one.raised, one.refused) == (None, "RequestError", True)
    assert one.error.endswith("is not mine. Expected is another.")
    asked = read("asking").readings["one"]
    assert (asked.raised, asked.refused) == ("EOFError", False)  # nobody answers


def test_a_process_that_breaks_off(read):
    wanted = [Wanted("one", str(read.folder))]
    told = read("breaking", wanted)
    assert told.readings == {}
    assert told.broken == "The process that read ended with code 7"


def test_a_process_that_does_not_end_is_ended_with_its_children(read):
    told = read("sleeping", limit_s=3)
    assert told.readings == {}
    assert told.broken == "Reading did not end within 3 s"
    child = int((read.folder / "child").read_text())
    for _ in range(50):
        if not _runs(child):
            break
        time.sleep(0.1)
    assert not _runs(child)


def _runs(process):
    try:
        os.kill(process, 0)
        return "Z" not in open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
