"""One batch: whatever one clip or one feature set does, the others get their values."""

import os
import resource
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from bench.base.durable import Unwritable
from bench.base.error import BenchError, TooShort
from bench.decoders.facts import ClipFacts
from bench.features.feature_set import FeatureSet, Partial
from bench.features.part import read_part
from bench.features.shelf import parts_in
from bench.features.store import FeatureStore
from bench.features.worker import Batch, Item, one_thread, sentence, stamp_of, work

RATE = 16_000
FILE = """
import numpy as np

import bench


class Scaled(bench.FeatureSet):
    name = "scaled-in-worker"
    version = "1"
    columns = ("high",)
    file: str = ""

    def ingredients(self):
        return {"file": open(self.file).read()}

    def extract(self, wave):
        if "factor" not in self.__dict__:
            object.__setattr__(self, "factor", float(open(self.file).read()))
        return np.array([self.factor * wave.samples.max()], "float32")
"""


class Peak(FeatureSet):
    """Tells the peak; odd things happen at some peaks."""

    name = "peak"
    version = "1"
    columns = ("low", "high")

    def extract(self, wave):
        high = round(float(wave.samples.max()), 2)
        if high == 0.2:
            raise TooShort("it is too short")
        if high == 0.3:
            raise ZeroDivisionError("division by zero")
        values = np.array([wave.samples.min(), wave.samples.max()])
        return Partial(values, ("low",), "no voice") if high == 0.4 else values


class Slow(Peak):
    """Wants another rate."""

    name = "slow"
    rate = 8_000
    columns = ("n_samples",)

    def extract(self, wave):
        assert wave.rate == 8_000
        return np.array([len(wave.samples)], np.float32)


class Miscounting(Slow):
    name = "miscounting"

    def extract_batch(self, waves):
        return [np.zeros(1, np.float32)] * (len(waves) + 1)


class Moody(Slow):
    name = "moody"

    def extract(self, wave):
        raise BenchError("the checkpoint is not there; fetch it first")


@pytest.fixture
def folder(tmp_path):
    """Five clips of half a second, of the peaks 0.1 to 0.5."""
    for index in range(1, 6):
        time_s = np.arange(RATE // 2) / RATE
        soundfile.write(tmp_path / f"{index}.wav", index / 10 * np.sin(2 * np.pi * 100 * time_s), RATE, subtype="PCM_16")
    return tmp_path


def batch(folder, *wanted, identities=None, plugins=(), names=("1", "2", "3", "4", "5"), parent=None):
    paths = [folder / f"{name}.wav" for name in names]
    items = tuple(Item(f"k{path.stem}", path, None, None, stamp_of(path), wanted) for path in paths)
    return Batch(items, folder / "cache", identities or {}, plugins, parent or os.getpid())


def run(folder, *sets, **given):
    made = {str(one): one for one in sets}
    return work(batch(folder, *made, identities={name: one.identity for name, one in made.items()}, **given), made)


def stored(folder, feature_set, *names):
    keys = {name: f"k{name}" for name in names}
    return FeatureStore(folder / "cache").table(feature_set, names, keys)


def test_a_clip_that_fails_costs_no_other_its_values(folder):
    done = run(folder, Peak(), Slow())
    assert done.stored == {"peak": 4, "slow": 5}
    assert done.failures == [("peak", "k3", "ZeroDivisionError: division by zero")]
    table = stored(folder, Peak(), "1", "2", "4", "5")
    expected = [[-0.1, 0.1], [np.nan, np.nan], [np.nan, 0.4], [-0.5, 0.5]]
    np.testing.assert_allclose(table.values, expected, atol=1e-3)
    assert table.notes == {"2": "it is too short", "4": "no voice"}
    assert stored(folder, Slow(), "1", "3").values.tolist() == [[4000], [4000]]


def test_every_decoded_clip_has_its_facts(folder):
    done = run(folder, Slow())
    assert sorted(done.facts) == ["k1", "k2", "k3", "k4", "k5"]
    assert {(fact.problem, fact.duration_s, fact.rate) for fact in done.facts.values()} == {(None, 0.5, RATE)}
    peaks = [done.facts[f"k{n}"].peak_dbfs for n in (1, 5)]
    assert peaks == pytest.approx([-20.0, 20 * np.log10(0.5)], abs=0.02)


def test_seconds_are_shared_out_by_length(folder):
    run(folder, Slow())
    cost = FeatureStore(folder / "cache").cost(Slow())
    assert cost.audio_minutes == pytest.approx(5 * 0.5 / 60)
    assert 0 < cost.seconds < 5


def test_a_clip_that_nobody_wants_is_decoded_and_not_extracted(folder):
    done = work(batch(folder, names=("1",)))
    assert (list(done.facts), done.stored, done.failures) == (["k1"], {}, [])
    assert not (folder / "cache").exists()


def test_a_recording_that_cannot_be_read_is_a_fact_under_its_key(folder):
    (folder / "6.wav").write_bytes(b"RIFF nothing of use")
    done = run(folder, Slow(), names=("1", "6"))
    assert done.stored == {"slow": 1}
    assert done.facts["k6"].problem
    assert done.facts["k6"].key == "k6"


@pytest.mark.parametrize("damage", [b"", b"RIFF"])
def test_a_file_that_changed_since_it_was_hashed_is_not_known_by_its_key(folder, damage):
    one = batch(folder, "slow", identities={"slow": Slow().identity}, names=("1", "2"))
    path = folder / "1.wav"
    path.write_bytes(damage or path.read_bytes() + b"\0\0")
    done = work(one, {"slow": Slow()})
    assert done.facts["k1"].problem
    assert done.facts["k1"].key == ""
    assert done.stored == {"slow": 1}
    if not damage:
        assert done.facts["k1"].problem == "the file changed while it was read"


def test_what_the_system_did_not_give_is_told_and_not_kept(folder):
    one, before = batch(folder, names=("1",)), resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
        done = work(one)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert done.facts == {"k1": ClipFacts("", "the file cannot be read: Too many open files")}
    assert work(one).facts["k1"].problem is None


def test_a_file_that_is_gone_costs_no_other_its_values(folder):
    one = batch(folder, "slow", identities={"slow": Slow().identity}, names=("1", "2"))
    (folder / "1.wav").unlink()
    done = work(one, {"slow": Slow()})
    assert done.facts["k1"] == ClipFacts("", "the file does not exist")
    assert done.stored == {"slow": 1}


def test_a_set_that_cannot_be_used_fails_as_a_whole_and_alone(folder):
    done = run(folder, Moody(), Slow())
    ((spelled, key, said),) = done.failures
    assert (spelled, key) == ("moody", None)
    assert "the checkpoint is not there; fetch it first" in said
    assert done.stored == {"slow": 5}


def test_a_set_that_answers_for_other_clips_than_it_was_given_stores_nothing(folder):
    done = run(folder, Miscounting(), Slow(), names=("1", "2"))
    assert done.failures == [("miscounting", key, "it gave 2 results for 1 clips") for key in ("k1", "k2")]
    assert done.stored == {"miscounting": 0, "slow": 2}


def test_nothing_is_done_for_a_parent_that_is_gone(folder):
    done = run(folder, Slow(), parent=1 if os.getppid() != 1 else 2)
    assert (done.facts, done.stored, done.failures) == ({}, {}, [])
    assert not (folder / "cache").exists()


def test_a_cache_that_cannot_be_written_stops_the_batch(folder):
    (folder / "cache").write_text("a file")
    with pytest.raises(Unwritable, match="cannot be written"):
        run(folder, Slow())


def test_sets_are_made_from_spellings_and_made_anew_when_their_bytes_change(folder):
    (folder / "scaled.py").write_text(FILE)
    weights = folder / "weights"
    spelled = f"scaled-in-worker[file={weights}]"
    values = []
    for factor in ("2", "2", "3"):
        weights.write_text(factor)
        one = batch(
            folder, spelled, identities={spelled: f"identity-of-{factor}"}, plugins=(folder / "scaled.py",), names=("5",)
        )
        done = work(one)
        assert (done.failures, done.stored) == ([], {spelled: 1})
        (shelf,) = (folder / "cache").glob(f"*identity-of-{factor}")
        values.append(read_part(parts_in(shelf)[-1])["values"].to_pylist()[0][0])
    assert values == pytest.approx([1.0, 1.0, 1.5], abs=1e-3)


def test_a_spelling_that_nobody_knows_is_that_sets_failure(folder):
    done = work(batch(folder, "egemap", identities={"egemap": "x"}, names=("1",)))
    ((spelled, key, said),) = done.failures
    assert (spelled, key) == ("egemap", None)
    assert "Did you mean 'egemaps'?" in said
    assert list(done.facts) == ["k1"]


def test_torch_is_not_loaded_to_be_kept_to_one_thread():
    code = "import sys\nfrom bench.features.worker import one_thread\none_thread()\nprint('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_torch_that_is_loaded_is_kept_to_one_thread():
    import torch

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        one_thread()
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


def test_foreign_errors_are_told_with_their_kind():
    assert sentence(BenchError("the disk is full")) == "the disk is full"
    assert sentence(TooShort("50 ms")) == "TooShort: 50 ms"
    assert sentence(KeyError("pitch")) == "KeyError: 'pitch'"
