"""Recordings by name: one, none or several, and links that lead out."""

import os

import pytest

from bench.base.error import RequestError
from bench.corpora.recording import Recordings


def test_names_of_other_machines(tmp_path):
    for name in ("wav/one.wav", "x/two.WAV", "y/two.wav", "y/three.flac"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    recordings = Recordings(tmp_path)

    def found(name):
        return [path.relative_to(tmp_path).as_posix() for path in recordings.find(name)]

    assert found("one.wav") == found("/home/her/data/one.wav") == found(r"C:\one.WAV") == found("one") == ["wav/one.wav"]
    assert found("two.wav") == found("z/two.wav") == ["x/two.WAV", "y/two.wav"]
    assert found("/home/y/two.wav") == ["y/two.wav"]
    assert found("three") == ["y/three.flac"]
    assert found("three.wav") == found("") == found("four.wav") == []


def test_links_that_lead_out(tmp_path, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.wav").touch()
    os.symlink(elsewhere, tmp_path / "wav")
    with pytest.raises(RequestError, match=r"Recordings below .* lead out of it: 1, the first is 'wav/a\.wav'"):
        Recordings(tmp_path)
