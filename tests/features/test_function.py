import pickle

import numpy as np
import pytest

from bench.base.error import BenchError, RequestError, TooShort
from bench.base.registry import classes_in
from bench.base.spelling import parse
from bench.decoders.decoder import decode
from bench.decoders.facts import FactStore
from bench.decoders.waveform import Waveform
from bench.features.extraction import extract
from bench.features.feature_set import FEATURE_SETS, FeatureSet, Partial
from bench.features.function import feature_function
from bench.features.store import FeatureStore
from bench.runs.check import check
from bench.runs.plugin import add_plugins
from bench.runs.source import read_corpus

FILE = '''
"""Functions that somebody has already."""
from __future__ import annotations
import numpy as np
import bench

@bench.feature_function(version="3")
def zcr(samples, rate):
    """Zero-crossing rate."""
    return np.diff(np.signbit(samples)).mean() if len(samples) > 1 else 0.0

@bench.feature_function(version="1", columns=("low", "high"), name="spread.of", rate=8000)
def spread(samples, rate, share: float = 0.05, centred: bool = True, floor: float | None = None, least=100):
    if len(samples) < least:
        raise bench.TooShort(f"{len(samples)} samples")
    low, high = np.quantile(samples - samples.mean() * centred, [share, 1 - share])
    return {"high": high, "low": low if floor is None else max(low, floor)}
'''
WAVE = Waveform(np.random.default_rng(0).standard_normal(8000).astype(np.float32), 16_000)


@pytest.fixture
def classes(tmp_path):
    (tmp_path / "own.py").write_text(FILE)
    return {found.name: found for found in classes_in(tmp_path / "own.py", FeatureSet)}


def test_a_plugin_file_of_functions_has_feature_sets_in_it(classes):
    assert sorted(classes) == ["spread.of", "zcr"]
    zcr = classes["zcr"]()
    assert zcr.columns == ("zcr",)
    assert zcr.__doc__ == "Zero-crossing rate."
    crossings = sum(a < 0 < b or b < 0 < a for a, b in zip(WAVE.samples, WAVE.samples[1:], strict=False))
    assert zcr.extract(WAVE).tolist() == [np.float32(crossings / 7999)]
    assert classes["zcr"].function(np.array([1, -1, 1]), 3) == 1.0


def test_parameters_with_defaults_are_fields(classes):
    assert classes["spread.of"]().rate == 8000
    made = classes["spread.of"].from_spelling(parse("spread.of[share=0.25,centred=false,least=5,floor=none]"))
    assert (made.share, made.centred, made.least, made.floor) == (0.25, False, 5, None)
    assert str(made) == "spread.of[share=0.25,centred=false,least=5]"
    assert made.identity != classes["spread.of"]().identity
    assert made.extract(WAVE).tolist() == np.float32(np.quantile(WAVE.samples, [0.25, 0.75])).tolist()
    with pytest.raises(RequestError, match=r"got 'much', which is not of the kind float"):
        classes["spread.of"].from_spelling(parse("spread.of[share=much]"))
    with pytest.raises(TooShort):
        classes["spread.of"]().extract(Waveform(WAVE.samples[:50], 16_000))


def test_it_survives_being_sent_to_another_process(classes):
    made = classes["spread.of"](share=0.1)
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # our own bytes


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "'f' gave None. Expected is a number"),
        ("0.5", "'f' gave '0.5'. Expected is a number"),
        ([1.0, "x"], "gave [1.0, 'x']. Expected"),
        ([[1.0], [2.0, 3.0]], "gave [[1.0], [2.0, 3.0]]"),
        (np.zeros((2, 1)), "an array of shape (2, 1)"),
        (np.array([1j, 2]), "an array of shape (2,)"),
        (0.5, "gave 1 number, and has 2 columns (a, b)"),
        ([1, 2, 3], "gave 3 numbers, and has 2 columns (a, b)"),
        ({"a": 1}, "a dict that lacks 'b'"),
        ({"a": 1, "b": 2, "c": 3}, "has 'c', which is no column"),
        ({"a": 1, "b": None}, "gave [1, None]"),
    ],
)
def test_a_wrong_return_is_one_sentence(found, said):
    made = feature_function(version="1", columns=("a", "b"), name="f")(lambda samples, rate: found)()
    with pytest.raises(BenchError) as error:
        made.extract(WAVE)
    assert said in str(error.value)


@pytest.mark.parametrize("found", [(1, 2), [1.0, 2.0], np.float64([1, 2]), {"b": 2, "a": np.float32(1)}, (True, np.int64(2))])
def test_what_numbers_come_in_does_not_matter(found):
    values = feature_function(version="1", columns=("a", "b"), name="f")(lambda samples, rate: found)().extract(WAVE)
    assert values.dtype == np.float32
    assert values.tolist() == [1, 2]


def test_a_partial_goes_through():
    part = Partial(np.zeros(1, np.float32), ("f",), "no voice")
    assert feature_function(version="1", name="f")(lambda samples, rate: part)().extract(WAVE) is part


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda samples: 0, "takes (samples)"),
        (lambda samples, rate, **more: 0, "takes (samples, rate, **more)"),
        (lambda samples, rate, n: 0, "'n' of the function"),
        (lambda samples, rate, sizes=(1, 2): 0, "'sizes' of the function"),
        (lambda samples, rate, version=2: 0, "a name that no feature set uses"),
        (lambda samples, rate, floor=None: 0, "floor: float | None = None"),
    ],
)
def test_a_function_that_cannot_be_made_into_one_is_told(function, said):
    with pytest.raises(RequestError) as error:
        feature_function(version="1", name="f")(function)
    assert said in str(error.value)


def test_a_lambda_needs_a_name():
    with pytest.raises(RequestError, match=r"called '<lambda>'. Give it a name"):
        feature_function(version="1")(lambda samples, rate: 0)


def test_check_finds_nothing_wrong_with_a_right_one_and_says_what_is_wrong_with_another(tmp_path):
    wrong = (
        '\n@bench.feature_function(version="1", columns="level")\ndef loud(samples, rate):\n    return 1 / samples.std(), 2\n'
    )
    (tmp_path / "own.py").write_text(FILE + wrong)
    zcr, spread, loud = check(tmp_path / "own.py")
    assert (zcr.name, zcr.faults, spread.name, spread.faults) == ("zcr", (), "spread.of", ())
    assert any("'loud' gave 2 numbers, and has 1 column (level). Make both agree." in fault for fault in loud.faults)


def test_workers_in_other_processes_make_it_from_its_file(recordings, tmp_path, monkeypatch):
    monkeypatch.setattr(FEATURE_SETS, "_added", dict(FEATURE_SETS._added))
    (tmp_path / "own.py").write_text(FILE.replace("spread.of", "spread.workers").replace("def zcr", "def crossings"))
    add_plugins([tmp_path / "own.py"])
    made = FEATURE_SETS.make(parse("spread.workers[share=0.2]"))
    clips = read_corpus("folder", recordings.folder).clips
    store = FeatureStore(tmp_path / "features")
    found = extract(clips, [made], store, FactStore(tmp_path), jobs=2, plugins=[tmp_path / "own.py"])
    assert found.failures == ()
    values = store.table(made, [clips[3].id], found.keys).values[0]
    wave = decode(clips[3].path).wave.resampled(8000)
    assert values.tolist() == made.extract(wave).tolist()
