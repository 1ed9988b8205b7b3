"""Conformance: every way in which a feature set can go wrong is caught by its own sentence, and a good one passes."""

import numpy as np
import pytest

from bench.features.feature_set import FEATURE_SETS
from bench.runs.conformance import feature_set_faults, feature_set_trials, signals
from bench.runs.plugin import add_plugins
from bench.runs.trial import faults_of as in_this_process
from tests.conftest import ZCR

# What a stranger's arithmetic does at one sample is the stranger's business; the check only asks what comes back.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

GOOD = '''
import os

import numpy as np

import bench


class Good(bench.FeatureSet):
    """The level of a clip, in a way that is safe at one sample."""

    name = "good"
    version = "1"
    columns = ("rms", "peak")

    def extract(self, wave):
        samples = wave.samples.astype(np.float64)
        return np.array([np.sqrt((samples**2).mean()), np.abs(samples).max()], np.float32)


class Picky(Good):
    """Raises TooShort where it must, and names what it cannot give."""

    name = "picky"

    def extract(self, wave):
        if wave.duration_s < 0.1:
            raise bench.TooShort("it lasts under 0.1 s")
        if not wave.samples.any():
            return bench.Partial(np.zeros(2, np.float32), ("rms",), "it is silent")
        return super().extract(wave)


class Layers(Good):
    name = "layers"
    layers = (0, 1)
    statistics = ("mean", "max")

    def extract(self, wave):
        return np.tile(super().extract(wave), (2, 2))
'''

BAD = (
    GOOD
    + '''
class NotFinite(Good):
    """Divides by the energy, of which silence has none."""
    name = "not-finite"

    def extract(self, wave):
        with np.errstate(all="ignore"):
            return super().extract(wave) / np.float32(np.abs(wave.samples).max())


class Wide(Good):
    name = "wide"

    def extract(self, wave):
        return np.append(super().extract(wave), np.float32(0))



class Double(Good):
    name = "double"

    def extract(self, wave):
        return super().extract(wave).astype(np.float64)


class Listed(Good):
    name = "listed"

    def extract(self, wave):
        return super().extract(wave).tolist()


class State(Good):
    """Divides by the loudest clip so far."""
    name = "state"
    loudest = [1e-3]

    def extract(self, wave):
        self.loudest[0] = max(self.loudest[0], float(np.abs(wave.samples).max()))
        return (super().extract(wave) / self.loudest[0]).astype(np.float32)



class First(Good):
    """Divides by the first clip that a process hears."""
    name = "first"
    reference = []

    def extract(self, wave):
        found = super().extract(wave)
        self.reference[:] = self.reference or [float(found[0]) + 1.0]
        return (found / self.reference[0]).astype(np.float32)


class Writing(Good):
    """Takes the mean off the samples in place."""
    name = "writing"

    def extract(self, wave):
        if len(wave.samples) > 1:
            wave.samples[:] -= wave.samples.mean()
        return super().extract(wave)


class Global(Good):
    """Dithers with numpy's global generator, always the same way."""
    name = "global"

    def extract(self, wave):
        np.random.seed(0)
        return (super().extract(wave) + np.random.normal(0, 1e-3, 2)).astype(np.float32)


class Changing(Good):
    """Takes the mean off the samples that it was lent."""
    name = "changing"

    def extract(self, wave):
        found = super().extract(wave)
        samples = wave.samples.base if wave.samples.base is not None else wave.samples
        samples.setflags(write=True)
        samples += np.float32(0.5)
        return found * 0


class Neighbours(Good):
    """Scales by the loudest clip of the batch."""
    name = "neighbours"

    def extract_batch(self, waves):
        loudest = max(float(np.abs(wave.samples).max()) for wave in waves)
        return [(self.extract(wave) / loudest).astype(np.float32) for wave in waves]


class Shared(Good):
    name = "shared"

    def extract_batch(self, waves):
        buffer = np.zeros(2, np.float32)
        for wave in waves:
            buffer[:] = self.extract(wave)
        return [buffer for _ in waves]


class Fewer(Good):
    name = "fewer"

    def extract_batch(self, waves):
        return [self.extract(wave) for wave in waves[1:]]


class OneSample(Good):
    name = "one-sample"

    def extract(self, wave):
        frames = wave.samples[: len(wave.samples) // 160 * 160].reshape(-1, 160)
        return np.array([frames.std(), frames.max()], np.float32)


class Raising(Good):
    name = "raising"

    def extract(self, wave):
        raise KeyError("pitch")


class Salted(Good):
    """Its identity hangs on the process."""
    name = "salted"

    def ingredients(self):
        return {"process": str(os.getpid())}


class Unhashable(Good):
    """A parameter that no identity can be made of."""
    name = "unhashable"

    def ingredients(self):
        return {"window": np.ones(3)}


class Unsendable(Good):
    name = "unsendable"

    def __reduce__(self):
        return (Good, ())


class Twice(Good):
    name = "twice"
    columns = ("rms", "rms")


class Misspelt(Good):
    name = "misspelt"
    extract = bench.FeatureSet.extract

    def extrakt(self, wave):
        return np.zeros(2, np.float32)


class Columnless(bench.FeatureSet):
    name = "columnless"
    version = "1"

    def extract(self, wave):
        return np.zeros(2, np.float32)


class Numbered(Good):
    name = "numbered"
    version = 1


class Letters(Good):
    """A comma is forgotten, and two letters are two columns."""
    name = "letters"
    columns = ("ab")


class Counted(Good):
    name = "enumerated"
    columns = (1, 2)


class Elsewise(Good):
    """Names as missing what is no column of its own."""
    name = "elsewise"

    def extract(self, wave):
        found = super().extract(wave)
        return found if wave.samples.any() else bench.Partial(found, ("pitch",), "it is silent")


class Spelt(Elsewise):
    """Names what is missing without a comma."""
    name = "spelt"

    def extract(self, wave):
        found = super().extract(wave)
        return bench.Partial(found.values, ("rms"), "it is silent") if isinstance(found, bench.Partial) else found


class Growing(Good):
    """Gives more where a clip clips."""
    name = "growing"

    def extract(self, wave):
        found = super().extract(wave)
        return np.append(found, found) if np.abs(wave.samples).max() > 0.89 else found


class Precise(Good):
    """Computes a batch in double precision."""
    name = "precise"

    def extract_batch(self, waves):
        return [self.extract(wave).astype(np.float64) for wave in waves]
'''
)

FAULTS = {
    "not-finite": ["On silence, 2 of 2 values are not finite; a model cannot read them."],
    "wide": ["`extract` gave the shape (3,), and (2,) was declared."],
    "double": ["`extract` gave float64, and float32 is what is stored."],
    "state": ["The same clip gave other values the second time; a cache would freeze one of them."],
    "first": ["The same clip gave other values in another process, which had heard other clips before;"],
    "writing": ["Asked for the values of a clip, it tried to change the samples that it was given; other feature sets see"],
    "global": ["Asked for the values of a clip, it seeded the global generator of numpy.random; others draw"],
    "changing": ["It changed the samples that it was given; other feature sets see them too."],
    "neighbours": ["A clip gave other values in a batch than alone; they would depend on its neighbours."],
    "shared": ["`extract_batch` gave the same array for two clips, so one has the values of the other. Give each its own."],
    "fewer": ["`extract_batch` gave 2 results for 3 clips; one each is expected."],
    "one-sample": ["On a single sample it raised ValueError: zero-size array"],
    "salted": ["Its identity differs from process to process, so nothing stored would be found again."],
    "unsendable": ["It does not survive being sent to another process."],
    "twice": ["`columns` has 2 names, 1 of them different. Give each a name of its own."],
    "misspelt": ["It has no method `extract` (it has `extrakt`). Write it."],
    "columnless": ["`columns` is missing; it names the dimensions."],
    "numbered": ["`version` is missing or no text; it names what is stored."],
    "letters": ["`columns` of the feature set 'letters' is 'ab'. Expected is a tuple of names that are not empty"],
    "enumerated": ["`columns` of the feature set 'enumerated' holds 1. Expected is a tuple of names that are not empty"],
    "elsewise": [
        "On silence, it names 'pitch' as missing, which is none of its columns; a run refuses that.",
        "On a single sample it names 'pitch' as missing, which is none of its columns. Raise",
    ],
    "spelt": [
        "On silence, it names the text 'rms' as missing, and must give a tuple, as in ('rms',); a run refuses that.",
        "On a single sample it names the text 'rms' as missing",
    ],
    "growing": ["On a click, it gave values of shape (4,), and declares (2,); a run refuses that."],
    "precise": ["In a batch, it gave values of the kind float64, and must give float32; a run refuses that."],
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    (folder / "good.py").write_text(GOOD)
    (folder / "bad.py").write_text(
        BAD.replace('"good"', '"bad-good"').replace('"picky"', '"bad-picky"').replace('"layers"', '"bad-layers"')
    )
    return folder / "good.py", folder / "bad.py"


ELSEWHERE = ("good", "first", "salted", "unhashable")  # the others need no second process


def faults_of(name, file):
    add_plugins([file])
    trials = feature_set_trials(FEATURE_SETS.get(name)(), (file,))
    return in_this_process([trial for trial in trials if name in ELSEWHERE or not trial.ours])


@pytest.mark.parametrize("name", ["good", "picky", "layers"])
def test_a_good_set_has_no_fault(registries, files, name):
    assert faults_of(name, files[0]) == []


def test_the_example_of_the_documents_has_no_fault(registries):
    assert faults_of("zcr", ZCR) == []


@pytest.mark.parametrize(("name", "sentences"), FAULTS.items())
def test_a_bad_set_is_caught_by_its_sentence_alone(registries, files, name, sentences):
    faults = faults_of(name, files[1])
    assert len(faults) == len(sentences), faults
    for fault, sentence in zip(faults, sentences, strict=True):
        assert fault.startswith(sentence)


def test_a_list_is_no_array(registries, files):
    faults = faults_of("listed", files[1])
    assert faults[0].startswith("`extract` gave list, and float32 is what is stored.")


def test_what_a_set_raises_is_told_once(registries, files):
    raised, short = faults_of("raising", files[1])
    assert raised == "Asked for the values of a clip, it raised KeyError: 'pitch'."
    assert short.startswith("On a single sample it raised KeyError: 'pitch'.")


def test_an_identity_that_cannot_be_made_is_told(registries, files):
    (fault,) = faults_of("unhashable", files[1])
    assert fault.startswith("Another process cannot make it: TypeError")


def test_a_set_that_another_process_cannot_know_is_told(registries, files):
    add_plugins([files[0]])
    (fault,) = feature_set_faults(FEATURE_SETS.get("good")())
    assert fault.startswith("Another process cannot make it:")
    assert "No feature set is called 'good'" in fault


def test_parameters_travel_to_the_other_process(registries, tmp_path):
    file = tmp_path / "scaled.py"
    file.write_text(
        GOOD.replace('name = "good"', 'name = "scaled"\n    gain: float = 1.0')
        .replace('"picky"', '"p"')
        .replace('"layers"', '"l"')
    )
    add_plugins([file])
    assert feature_set_faults(FEATURE_SETS.get("scaled")(gain=2.5), (file,)) == []


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_the_signals_are_what_they_are_called(rate):
    found = signals(rate)
    assert {name: wave.duration_s for name, wave in found.items()} == {
        "speech": 2.0,
        "silence": 2.0,
        "noise": 2.0,
        "a click": 2.0,
        "50 ms": 0.05,
    }
    assert not found["silence"].samples.any()
    assert np.count_nonzero(found["a click"].samples) == 1
    assert found["noise"].samples.std() == pytest.approx(0.1, rel=0.02)
    assert all(np.array_equal(wave.samples, signals(rate)[name].samples) for name, wave in found.items())
