"""Readers of strangers with one fault each: the contract tells each with its sentence."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.corpora.reader import READERS
from bench.runs.check import check
from bench.runs.corpus_conformance import corpus_faults
from bench.runs.plugin import REGISTRIES, add_plugins

READER = '''
import csv
import os
import sys
import time
from dataclasses import replace
import re
from pathlib import Path

import bench
from bench.corpora.root import Root
from bench.corpora.tree import audio_files, check_folder, wrong_folder

KSS = bench.Target("kss", "measured", "What they said they felt like.", scale=(1, 9), unit="KSS")
EXPECTED = "the folder of the night study with rows.csv"


class Night(bench.CorpusReader):
    """A reader without a fault."""

    name = "night"
    version = "1"

    def read(self, folder):
        check_folder(folder, EXPECTED)
        if not (folder / "rows.csv").is_file():
            raise wrong_folder(folder, EXPECTED)
        return self.corpus(folder, list(csv.DictReader((folder / "rows.csv").open())))

    def corpus(self, folder, rows):
        clips = self.clips(folder, rows)
        used = {clip.path for clip in clips}
        gone = [path.relative_to(folder).as_posix() for path in audio_files(folder) if path not in used]
        return bench.Corpus(
            name=str(self), version=self.version, targets=(KSS,), clips=tuple(clips),
            excluded=tuple(bench.Exclusion(name, "rows.csv does not name it") for name in gone),
            about="Nurses read a list of words at night.", licence="None.", citation="Nobody (2026).",
            published="Six recordings.", source="Ask at the door.",
        )

    def clips(self, folder, rows):
        root = Root(folder)
        for row in rows:
            if root.problem(row["path"]):
                raise bench.RequestError(root.problem(row["path"]))
        return [bench.Clip(row["id"], row["speaker"], folder / row["path"], {"kss": float(row["kss"])}) for row in rows]
'''
ROWS = ("id,path,speaker,kss", *(f"n{n},wav/n{n}.wav,{'ab'[n % 2]},{n + 1}" for n in range(6)))


@pytest.fixture
def night(tmp_path):
    """The folder of the night study, with a recording that no row names."""
    folder = tmp_path / "studies" / "night"
    (folder / "wav").mkdir(parents=True)
    (folder / "rows.csv").write_text("\n".join(ROWS) + "\n")
    for n in range(7):
        soundfile.write(folder / "wav" / f"n{n}.wav", np.zeros(1600), 16_000)
    return folder


@pytest.fixture
def faults(night, tmp_path, monkeypatch):
    """The faults of a reader whose class has the given body, on the night study."""
    for registry in REGISTRIES:
        monkeypatch.setattr(registry, "_added", dict(registry._added))

    def tried(body="", limit_s=60.0):
        file = tmp_path / "own.py"
        lines = "".join(f"    {line}\n" for line in body.strip("\n").splitlines())
        file.write_text(f'{READER}\n\nclass Own(Night):\n    """One of many."""\n    name = "own"\n{lines}')
        add_plugins([file])
        return corpus_faults(READERS.get("own")(), night, tmp_path / "cache", [file], limit_s)

    return tried


def test_a_right_reader_has_no_fault(faults):
    assert faults() == []


def of_clips(expression):
    return f"""
def clips(self, folder, rows):
    return {expression}
"""


def of_corpus(change, before="pass"):
    return f"""
def corpus(self, folder, rows):
    {before}
    corpus = super().corpus(folder, rows)
    return replace(corpus, {change})
"""


def of_read(line):
    return f"""
def read(self, folder):
    {line}
    return super().read(folder)
"""


WRONG = (
    "an empty folder",
    "a folder of other things",
    "a folder of other recordings",
    "a file of another kind",
    "a path that leads nowhere",
)
FAULTS = {
    "no clip": (of_corpus("clips=()"), "It gave no clip, and 1 exclusions. A folder without one clip is a wrong folder"),
    "no corpus": ("def read(self, folder):\n    return []", "`read` gave list, and a bench.Corpus is expected"),
    "quits": (of_read("sys.exit('I give up')"), "Asked to read, it raised SystemExit: I give up. Nothing else can be tried"),
    "dies": (of_read("os._exit(3)"), "The process that read ended with code 3. Nothing else can be tried"),
    "off the scale": (
        of_corpus("clips=(replace(corpus.clips[0], labels={'kss': 10.0}),)"),
        "The corpus 'own' cannot be used: clip 'n0', target 'kss': the label 10 lies outside the scale 1 to 9. Correct "
        "its label files. Nothing else can be tried before it reads its folder.",
    ),
    "no speaker": (of_corpus("clips=(replace(corpus.clips[0], speaker=''),)"), "clip 'n0' has no speaker"),
    "no card": (of_corpus("licence='', source=''"), "`licence` is empty", "`source` is empty"),
    "dropped": (of_corpus("excluded=()"), "'wav/n6.wav' is a recording but neither a clip nor excluded"),
    "opens recordings": (
        of_corpus("about=corpus.about", "[(folder / row['path']).read_bytes() for row in rows]"),
        "While it indexed, it opened 'n0.wav', 'n1.wav', 'n2.wav' and 3 more; thousands would take minutes",
    ),
    "hears recordings": (
        of_corpus("about=corpus.about", "import soundfile; soundfile.info(folder / 'wav' / 'n0.wav')"),
        "In a copy of the folder whose recordings hold nothing but zeros, it raised LibsndfileError",
    ),
    "writes": (
        of_corpus("about=corpus.about", "(folder / 'index.json').write_text('')"),
        "index.json'. A corpus may lie on a disk that nobody may write to",
    ),
    "leaves quietly": (of_read("os._exit(0)"), "The process that read ended with code 0. Nothing else can be tried"),
    "reads elsewhere": (
        of_corpus("about=corpus.about", f"open({str(Path(__file__))!r}, 'rb').read(1)"),
        "It read outside the folder that it was given: ",
    ),
    "a count that goes on": (
        of_corpus("clips=tuple(replace(c, id=f'{c.id}{len(sys.path)}') for c in corpus.clips)", "sys.path.append('')"),
        "Read a second time, it has other clips (6 before and 6 now, ",
    ),
    "ids by place": (
        of_corpus("clips=tuple(replace(c, id=folder.name + c.id) for c in corpus.clips)"),
        "Read through a link to its folder, it has other clips (6 before and 6 now, 'linkn0', 'linkn1', 'linkn2' and 3 more",
    ),
    "ids by real place": (
        of_corpus("clips=tuple(replace(c, id=folder.resolve().name + c.id) for c in corpus.clips)"),
        "In a copy of the folder whose recordings hold nothing but zeros, it has other clips",
    ),
    "speakers by number": (
        of_corpus("clips=tuple(replace(c, speaker=f'{os.getpid()}') for c in corpus.clips)"),
        "where folders are listed in another order, the same clips have other paths, speakers or labels",
    ),
    "order of a set": (
        of_corpus("clips=tuple({c.id: c for c in corpus.clips}[name] for name in {c.id for c in corpus.clips})"),
        "where folders are listed in another order, the same clips came in another order",
    ),
    "order of the disk": (
        of_corpus("clips=tuple(c for path in (folder / 'wav').iterdir() for c in corpus.clips if c.path == path)"),
        "where folders are listed in another order, the same clips came in another order",
    ),
    "a folder as it comes": (
        "def read(self, folder):\n    return self.corpus(folder, list(csv.DictReader((folder / 'rows.csv').open())))",
        *(f"Given {what}, it raised {'NotADirectory' if 'a file' in what else 'FileNotFound'}Error" for what in WRONG),
    ),
    "an empty corpus": (
        "def read(self, folder):\n    rows = folder / 'rows.csv'\n    return super().read(folder) if rows.is_file() else "
        "bench.Corpus('own', '1', (KSS,), ())",
        *(f"Given {what}, it gave a corpus of 0 clips. Raise bench.RequestError" for what in WRONG),
    ),
    "a short word": (
        of_read("if not (folder / 'rows.csv').is_file(): raise bench.RequestError('No.')"),
        *(f"Given {what}, it says 'No.', which does not tell what was found" for what in WRONG),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_sentence(name, faults, night):
    body, *sentences = FAULTS[name]
    found = faults(body)
    assert len(found) == len(sentences), found
    for fault, sentence in zip(found, sentences, strict=True):
        assert sentence in fault
        assert fault[0].isupper() or fault[0] in "'`"
        assert fault.endswith(".")


def test_a_reader_that_hangs_is_ended(faults):
    (fault,) = faults(of_read("time.sleep(600)"), limit_s=1.5)
    assert fault.startswith("Reading did not end within 1.")
    assert fault.endswith(" s. Nothing else can be tried before it reads its folder.")


def test_a_reader_that_hangs_on_a_wrong_folder_is_ended(faults):
    (fault,) = faults(of_read("time.sleep(0 if (folder / 'rows.csv').is_file() else 600)"), limit_s=4)
    assert "when it read the corpus in a second process, and other folders. It must come to an end" in fault


def test_a_label_file_that_leads_out_of_the_folder(faults):
    row = "bench.Clip(r['id'], r['speaker'], folder / r['path'], {'kss': float(r['kss'])})"
    found = faults(of_clips(f"[{row} for r in rows]"))
    assert len(found) == 2
    assert found[0].startswith("Its label file may name the path '../../outside/n0.wav', and the recording becomes a clip.")
    assert found[1].startswith("Its label file may name a link that leads out of the folder, and the recording becomes a clip.")
    refused = of_clips(f"[{row} for r in rows if os.path.realpath(folder / r['path']).startswith(str(folder.resolve()))]")
    assert faults(refused) == []


def test_copies_may_be_compared_byte_for_byte(faults, night):
    """Two recordings of one name, one of which is excluded as a copy of the other."""
    (night / "again").mkdir()
    (night / "again" / "n0.wav").write_bytes((night / "wav" / "n0.wav").read_bytes())
    compared = "(folder / 'again' / 'n0.wav').read_bytes() == (folder / 'wav' / 'n0.wav').read_bytes()"
    assert faults(of_corpus("about=corpus.about", compared)) == []


def test_the_command_takes_a_reader_and_its_folder(faults, night, tmp_path):
    faults("pass")  # writes and registers the file
    file = tmp_path / "own.py"
    cache = tmp_path / "cache"
    (one,) = check(f"own={night}", [file], cache)
    assert (one.name, one.faults, one.untried) == ("own", (), "")
    two = check(str(file))
    assert [one.name for one in two] == ["night", "own"]
    assert two[1].untried == f"say where its corpus lies: `fatigue-bench check own=PATH --plugin {file}`"
