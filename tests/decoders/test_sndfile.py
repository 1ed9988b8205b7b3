"""Recordings are opened whatever their names are made of."""

import os

import numpy as np
import pytest
import soundfile

from bench.decoders.channel import loudest_channel
from bench.decoders.decoder import decode
from bench.decoders.sndfile import SYSTEM_ERROR, open_audio


@pytest.mark.parametrize("name", [b"d\xe9", b"\xff\xfe", "d\u00e9".encode(), b"plain"])
def test_names_that_need_not_be_text(tmp_path, name):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, (800, 2))
    soundfile.write(tmp_path / "a.wav", samples * (0.1, 1), 8000)
    path = (tmp_path / os.fsdecode(name)) / "a.wav"
    path.parent.mkdir()
    (tmp_path / "a.wav").rename(path)
    with open_audio(path) as audio:
        assert (audio.frames, audio.channels) == (800, 2)
    assert decode(path).wave.duration_s == 0.1
    assert loudest_channel(path, ((0.0, 0.1),)) == 1


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(soundfile.LibsndfileError) as caught:
        open_audio(tmp_path / os.fsdecode(b"d\xe9"))
    assert caught.value.code == SYSTEM_ERROR
