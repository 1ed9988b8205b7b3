"""The checkpoint that comes with the package: whole, as its card says, and of use."""

from __future__ import annotations

import hashlib
import json
import re

import numpy as np
import pytest

from bench.base.spelling import parse
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FEATURE_SETS
from bench.features.hub import locate
from bench.features.wav2vec2 import Untrained, Wav2vec2

FOLDER = locate("nano")
RATE = 16_000
SAID = (
    "baker lemon silver window garden pocket yellow summer orange thunder coffee mountain "
    "ladder paper river button carpet finger hammer island jacket kitten market number"
)
WORDS = SAID.split()


def test_the_name_is_that_of_the_packaged_one_whatever_lies_around(tmp_path, monkeypatch):
    (tmp_path / "nano").mkdir()
    monkeypatch.chdir(tmp_path)
    assert locate("nano") == FOLDER
    assert locate("./nano").resolve() == tmp_path / "nano"


def test_the_weights_are_those_that_the_card_describes():
    card, weights = (FOLDER / "README.md").read_text(), (FOLDER / "model.safetensors").read_bytes()
    assert f"`{hashlib.sha256(weights).hexdigest()}`" in card
    assert len(weights) <= 8_000_000
    said = re.findall(r"([\d,]+) parameters", card)[0]  # after it come the cards of the checkpoints that it started from
    header = json.loads(weights[8 : 8 + int.from_bytes(weights[:8], "little")])
    shapes = [entry["shape"] for name, entry in header.items() if name != "__metadata__"]
    assert sum(int(np.prod(shape)) for shape in shapes) == int(said.replace(",", ""))
    assert 3_000_000 <= int(said.replace(",", "")) <= 5_000_000
    assert {entry["dtype"] for name, entry in header.items() if name != "__metadata__"} == {"F16"}
    for word in ("not a replacement for wav2vec2-base", "seed", "CC BY-SA", "Apache-2.0", "held out", "steps"):
        assert word in card
    for text in (card, (FOLDER / "LICENSE").read_text()):
        assert "https://creativecommons.org/licenses/by-sa/4.0/legalcode" in text


def test_it_loads_as_it_is_with_nothing_missing():
    import torch
    import transformers

    model, report = transformers.Wav2Vec2Model.from_pretrained(FOLDER, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.dtype == torch.float32
    assert model.config.feat_extract_norm == "layer"
    extractor = transformers.AutoFeatureExtractor.from_pretrained(FOLDER)
    assert (extractor.do_normalize, extractor.return_attention_mask, extractor.sampling_rate) == (True, True, 16_000)


def test_the_untrained_one_of_its_size_is_its_control():
    nano = Wav2vec2(checkpoint="nano")
    assert (nano.layers, len(nano.columns), nano.rate) == (tuple(range(9)), 192, 16_000)
    assert nano.control.identity == Untrained(size="nano").identity
    assert nano.cost == Untrained(size="nano").cost
    assert nano.findings() == ()


def spoken(*manners):
    import soxr

    from bench.corpora import espeak

    found = [samples for manner in manners for samples in espeak.speak(WORDS, espeak.Manner(*manner))]
    return [Waveform(soxr.resample(samples, espeak.RATE, RATE).astype(np.float32), RATE) for samples in found]


def test_words_are_known_again_in_other_voices():
    """For each word of four high voices: whether the nearest clip of four low voices says the same one of 24 words."""
    pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")
    low = spoken(("en-us+m1", 170, 40), ("en-us+m3", 150, 30), ("en-us+m5", 210, 25), ("en-us+m7", 190, 45))
    high = spoken(("en-us+f1", 150, 75), ("en-us+f2", 170, 70), ("en-us+f3", 190, 65), ("en-us+f4", 210, 60))
    truth = np.tile(np.arange(len(WORDS)), 4)
    shares = []
    for spelled in ("wav2vec2[checkpoint=nano]", "untrained[size=nano]"):
        feature_set = FEATURE_SETS.make(parse(spelled))
        known, new = (
            np.stack(feature_set.extract_batch(waves)).reshape(len(truth), 9, -1)[:, :, :192] for waves in (low, high)
        )
        known, new = ((values - values.mean(axis=0)) / values.std(axis=0) for values in (known, new))
        distances = ((new[:, None] - known) ** 2).sum(axis=-1)  # clips, clips, layers
        shares.append((truth[distances.argmin(axis=1)] == truth[:, None]).mean(axis=0))
    trained, untrained = shares
    assert (trained >= untrained + 0.3).all(), shares
    assert trained.mean() > 0.6, shares
