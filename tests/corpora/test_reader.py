import subprocess
import sys
from pathlib import Path

import pytest

from bench.base.spelling import parse
from bench.corpora.corpus import Corpus
from bench.corpora.reader import READERS, CorpusReader


class Empty(CorpusReader):
    """A corpus without clips."""

    name = "empty"
    version = "1"
    part: str = "all"

    def read(self, folder: Path) -> Corpus:
        return Corpus(str(self), self.version, (), ())


def test_a_reader_must_say_how_to_read(tmp_path):
    class Lazy(CorpusReader):
        name = "lazy"
        version = "1"

    with pytest.raises(NotImplementedError):
        Lazy().read(tmp_path)


def test_a_corpus_is_called_as_it_was_asked_for(tmp_path):
    reader = Empty.from_spelling(parse("empty[part=first]"))
    assert reader.read(tmp_path).name == "empty[part=first]"
    assert Empty().read(tmp_path).identity != reader.read(tmp_path).identity


def test_only_the_synthetic_corpus_makes_its_recordings():
    ours = [name for name in READERS.names() if READERS.get(name).__module__.startswith("bench.")]
    assert [name for name in ours if READERS.get(name)().makes_itself] == ["synthetic"]


def test_definitions_load_no_heavy_library():
    code = (
        "import sys\nfrom bench.corpora.reader import READERS\n"
        "[READERS.get(name)() for name in READERS.names()]\n"
        "print(sorted({'pandas', 'scipy', 'soundfile', 'pyarrow', 'sklearn', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
