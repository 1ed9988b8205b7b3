"""What a feature set of a stranger gets for nothing, and how it answers for several clips."""

import subprocess
import sys

import numpy as np
import pytest

from bench.base.error import BenchError, TooShort
from bench.base.spelling import parse
from bench.decoders.waveform import Waveform
from bench.features.feature_set import FEATURE_SETS, FeatureSet, Partial


class Plain(FeatureSet):
    """The fewest words."""

    name = "plain"
    version = "1"
    columns = ("low", "high")
    gain: float = 1.0

    def extract(self, wave):
        if not len(wave.samples):
            raise TooShort("it has no sample")
        if wave.samples[0] > 0.9:
            raise ZeroDivisionError("loud")
        if wave.samples[0] > 0.5:
            return Partial(np.zeros(2, np.float32), ("high",), "too loud")
        return np.float32(self.gain) * np.array([wave.samples.min(), wave.samples.max()])


def wave(*samples):
    return Waveform(np.array(samples, np.float32), 16_000)


def test_what_a_set_gets_for_nothing():
    made = Plain()
    assert (made.rate, made.columns, made.layers, made.statistics) == (16_000, ("low", "high"), None, ("",))
    assert (made.pooled, made.kept, made.findings(), made.ingredients()) == (("",), "*", (), {})
    assert made.cost > 0
    assert made.parameters() == {"gain": 1.0}


def test_a_class_attribute_says_it_as_well_as_a_property():
    class Encoder(Plain):
        name = "encoder"
        rate = 8_000
        layers = (0, 1, 2)
        statistics = ("mean", "std")
        cost = 0.5

    made = Encoder(gain=2.0)
    assert (made.rate, made.layers, made.cost) == (8_000, (0, 1, 2), 0.5)
    assert made.pooled == ("mean", "std")
    assert str(made) == "encoder[gain=2]"


def test_a_batch_gives_one_answer_a_clip_in_order_and_says_which_are_too_short():
    waves = [wave(0.1, -0.2), wave(), wave(0.6), wave(0.3)]
    found = Plain(gain=2.0).extract_batch(waves)
    np.testing.assert_allclose(found[0], [-0.4, 0.2], rtol=1e-6)
    assert found[1] == "it has no sample"
    assert (found[2].missing, found[2].reason) == (("high",), "too loud")
    np.testing.assert_allclose(found[3], [0.6, 0.6], rtol=1e-6)
    assert Plain().extract_batch([]) == []


def test_a_set_may_fill_the_same_array_again_and_again():
    buffer = np.zeros(2, np.float32)

    class Again(Plain):
        def extract(self, wave):
            buffer[:] = wave.samples[0], 1
            return Partial(buffer, ("high",), "loud") if wave.samples[0] > 0.5 else buffer

    first, second, third = Again().extract_batch([wave(0.1), wave(0.6), wave(0.2)])
    assert (first[0], second.values[0], third[0]) == tuple(np.array([0.1, 0.6, 0.2], np.float32))


def test_any_other_error_is_not_taken_for_a_short_clip():
    with pytest.raises(ZeroDivisionError, match="loud"):
        Plain().extract_batch([wave(0.1), wave(0.95)])


def test_a_set_must_name_its_columns_and_say_how_to_extract():
    class Lazy(FeatureSet):
        name = "lazy"
        version = "1"

    with pytest.raises(NotImplementedError):
        _ = Lazy().columns
    with pytest.raises(NotImplementedError):
        Lazy().extract(wave(0.1))


def test_what_is_known_of_a_set_without_running_it_loads_no_heavy_library():
    code = (
        "import sys\nfrom bench.base.spelling import parse\nfrom bench.features.feature_set import FEATURE_SETS\n"
        "for text in ('egemaps[level=-26]', 'compare', 'timing', 'untrained[size=base]'):\n"
        "    made = FEATURE_SETS.make(parse(text))\n"
        "    assert made.identity and made.columns and made.cost\n"
        "print(sorted({'torch', 'transformers', 'opensmile', 'librosa', 'scipy', 'pandas', 'sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_identity_hangs_on_the_parameters_but_not_on_views():
    spelled = ("egemaps", "egemaps[level=-26]", "egemaps[trim=true]", "compare", "compare[level=-26]", "untrained[seed=3]")
    made = [FEATURE_SETS.make(parse(text)) for text in spelled]
    assert len({one.identity for one in made}) == len(spelled)
    assert FEATURE_SETS.make(parse("egemaps[only=F0*]")).identity == made[0].identity
    assert FEATURE_SETS.make(parse("untrained[pooling=max,seed=3]")).identity == made[-1].identity


def test_text_is_no_answer():
    class Talking(Plain):
        name = "talking"

        def extract(self, wave):
            return "hello"

    with pytest.raises(BenchError, match="it gave the text 'hello', and must give a float32 array"):
        Talking().extract_batch([wave(0.1)])
