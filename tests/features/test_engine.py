import numpy as np
import pytest

from bench.base.error import BenchError
from bench.features import engine as engine_module
from bench.features.engine import Engine, engine
from bench.features.functional_name import compare_names, egemaps_names


def sixteen_bits(wave):
    return (wave.samples * 32768).astype(np.int16)


@pytest.mark.parametrize(("configuration", "names"), [("eGeMAPSv02", egemaps_names), ("ComParE_2016", compare_names)])
def test_the_same_bits_as_the_library_in_any_order(speech_like, configuration, names):
    import opensmile

    plain = opensmile.Smile(opensmile.FeatureSet[configuration])
    clips = [speech_like(duration_s, seed) for seed, duration_s in enumerate((1.0, 0.31, 2.2, 0.9))]
    expected = [plain.process_signal(clip.samples, 16_000).to_numpy()[0] for clip in clips]
    ours = engine(configuration, names())
    for index in (0, 1, 2, 3, 2, 0, 3, 1):
        np.testing.assert_array_equal(ours.run(sixteen_bits(clips[index])), expected[index])


def test_a_clip_without_a_frame_gives_none_and_leaves_no_trace(speech_like):
    ours = engine("eGeMAPSv02", egemaps_names())
    clip = sixteen_bits(speech_like(1.0))
    before = ours.run(clip)
    assert ours.run(clip[:900]) is None
    assert ours.run(clip[:0]) is None
    np.testing.assert_array_equal(ours.run(clip), before)


def test_a_long_clip_gives_its_memory_back(speech_like, monkeypatch):
    monkeypatch.setattr(engine_module, "LONG_SAMPLES", 8_000)
    ours = Engine("eGeMAPSv02", egemaps_names())
    clip = sixteen_bits(speech_like(1.0))
    first = ours.run(clip)
    assert ours._core is None
    np.testing.assert_array_equal(ours.run(clip), first)


def test_other_names_than_expected_are_refused():
    with pytest.raises(BenchError, match=r"gives 88 columns for eGeMAPSv02 that differ from the 2 expected"):
        Engine("eGeMAPSv02", ("one", "two"))


def test_a_configuration_that_opensmile_lacks_is_refused_in_a_sentence():
    with pytest.raises(BenchError, match=r"lacks what the openSMILE feature sets need.*Run `pip install"):
        Engine("eGeMAPSv99", ())
