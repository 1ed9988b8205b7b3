"""Every feature set of ours keeps to what `fatigue-bench check` asks of a stranger's."""

import json

import numpy as np
import pytest

from bench.base.spelling import parse
from bench.features.feature_set import FEATURE_SETS, FeatureSet
from bench.runs.conformance import feature_set_faults

OURS = [name for name in FEATURE_SETS.names() if FEATURE_SETS.get(name).__module__.startswith("bench.")]
UNTRIED = {"table": "it looks values up by clip, and hears nothing that it could be tried on"}
SPELLED = {
    "encoder": "encoder[checkpoint={foreign}]",
    "untrained": "untrained[size=small]",
    "wav2vec2": "wav2vec2[checkpoint={tiny}]",
}
OTHERS = ["egemaps[level=-26,trim=true]"]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The folder of a checkpoint of two layers with random weights."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    torch.manual_seed(1)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    convolutions = {"conv_dim": [16] * 7, "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 2}
    folder = tmp_path_factory.mktemp("tiny") / "my models @ home=here"
    Wav2Vec2Model(Wav2Vec2Config(**sizes, **convolutions)).save_pretrained(folder)
    settings = {"feature_extractor_type": "Wav2Vec2FeatureExtractor", "do_normalize": True, "sampling_rate": 16_000}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """The folder of a checkpoint that is none of the family of wav2vec2."""
    import torch
    from transformers import SeamlessM4TFeatureExtractor, Wav2Vec2BertConfig, Wav2Vec2BertModel

    torch.manual_seed(1)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    folder = tmp_path_factory.mktemp("foreign")
    Wav2Vec2BertModel(Wav2Vec2BertConfig(**sizes)).save_pretrained(folder)
    SeamlessM4TFeatureExtractor().save_pretrained(folder)
    return folder


@pytest.mark.parametrize("name", [*(name for name in OURS if name not in UNTRIED), *OTHERS])
def test_it_keeps_its_promises(name, request):
    spelled = SPELLED.get(name, name)
    for fixture in ("tiny", "foreign"):
        if f"{{{fixture}}}" in spelled:
            spelled = spelled.format(**{fixture: request.getfixturevalue(fixture)})
    made = FEATURE_SETS.make(parse(spelled))
    assert feature_set_faults(made) == []
    assert made.findings() == ()


def test_all_of_ours_are_tried():
    assert OURS == ["compare", "duration", "egemaps", "encoder", "loudness", "table", "timing", "untrained", "wav2vec2"]


class Broken(FeatureSet):
    """Breaks what can be broken; nothing else in this file could tell a check that finds nothing."""

    name = "broken-on-purpose"
    version = "1"
    columns = ("calls", "mean")

    def extract(self, wave):
        calls = self.__dict__.get("calls", 0) + 1
        object.__setattr__(self, "calls", calls)
        mean = wave.samples.mean() / wave.samples.std() if len(wave.samples) > 1 else wave.samples[1]
        return np.array([calls, mean], np.float32)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_broken_is_found():
    said = "\n".join(feature_set_faults(Broken()))
    for fault in (
        "On silence, 1 of 2 values are not finite",
        "The same clip gave other values the second time",
        "A clip gave other values in a batch than alone",
        "On a single sample it raised IndexError",
        "Another process cannot make it",
    ):
        assert fault in said
