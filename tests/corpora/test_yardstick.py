"""Yardsticks in the TOML of a folder of one's own."""

import pytest

from bench.base.error import RequestError
from bench.corpora.declaration import read_declaration
from bench.corpora.folder import Folder
from bench.corpora.yardstick import published

HEAD = 'name = "own"\nmanifest = "clips.csv"\n[targets.kss]\nkind = "measured"\nscale = [1, 9]\n'
ONE = (
    '[[yardsticks]]\ntarget = "kss"\nform = "score"\nlabel = "theirs"\nvalue = 0.41\nsource = "Ann (2024)"\n'
    'protocol = "one speaker after the other"\nsplitter = "loso"\nn_clips = 2\n'
)


def write(folder, text):
    path = folder / "own.toml"
    path.write_text(HEAD + text)
    (folder / "clips.csv").write_text("id,path,speaker,kss\na,a.wav,x,1\nb,b.wav,y,9\n")
    return path


def test_a_folder_tells_its_own(tmp_path):
    path = write(tmp_path, ONE)
    (one,) = Folder().read(path).yardsticks
    assert (one.value, one.label, one.is_for("kss", "score"), one.is_for("kss", "level")) == (0.41, "theirs", True, False)
    assert one.cited == "Ann (2024); not re-checked"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('target = "kss"', 'target = "kks"', "the target 'kks' is none of kss"),
        ("value = 0.41", "value = 41.0", "yardsticks, number 1: value: input should be less than or equal to 1, not 41.0"),
        ('form = "score"', 'form = "both"', "yardsticks, number 1: form"),
        ('label = "theirs"', 'lable = "theirs"', "did you mean 'label'?"),
        ('protocol = "one speaker after the other"\n', "", "yardsticks, number 1: protocol: it is missing"),
    ],
)
def test_every_mistake_is_told(tmp_path, old, new, said):
    path = write(tmp_path, ONE.replace(old, new))
    assert any(said in problem for problem in read_declaration(path).problems)
    with pytest.raises(RequestError, match="yardsticks, number 1"):
        Folder().read(path)


def test_a_corpus_that_nobody_wrote_about_has_none():
    assert published("folder") == ()
