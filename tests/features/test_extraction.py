"""The one pass does what is needed, no more and no less, whatever happens to it."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.base.error import BenchError
from bench.base.plugin import Plugin
from bench.base.registry import classes_in
from bench.base.spelling import parse
from bench.corpora.corpus import Clip
from bench.decoders.facts import FactStore
from bench.features.extraction import extract
from bench.features.feature_set import FEATURE_SETS
from bench.features.plan import plan
from bench.features.shelf import parts_in
from bench.features.store import FeatureStore

ROOT = Path(__file__).parents[2]
RATE = 16_000
PLUGIN = '''
"""A cheap set that writes down which clips it was given."""
import os
import time

import numpy as np

import bench


class Counted(bench.FeatureSet):
    name = "counted"
    version = "1"
    columns = ("mean_square", "crossings")
    views = ("log", "sleep_s", "odd")
    gain: float = 1.0
    log: str = ""
    sleep_s: float = 0.0
    odd: str = ""

    def extract(self, wave):
        time.sleep(self.sleep_s)
        level = f"{np.abs(wave.samples).max():.3f}"
        if self.log:
            with open(self.log, "a") as stream:
                stream.write(level + "\\n")
        if wave.duration_s < 0.05:
            raise bench.TooShort(f"it lasts {wave.duration_s:.2f} s, and 0.05 s are needed")
        found = self.gain * np.array([np.mean(wave.samples**2), np.diff(np.signbit(wave.samples)).mean()])
        if level in ("0.100", "0.300") and self.odd:
            return getattr(self, self.odd)(found)
        return found.astype("float32")

    def crash(self, found):
        raise ZeroDivisionError("division by zero")

    def nan(self, found):
        return np.array([found[0], np.nan], "float32")

    def shape(self, found):
        return np.zeros(3, "float32")

    def dtype(self, found):
        return found.astype("float64")

    def die(self, found):
        os.kill(os.getpid(), 9)

    def partial(self, found):
        return bench.Partial(found.astype("float32"), ("crossings",), "no voiced frame")


class Other(Counted):
    name = "other"


class Filed(Counted):
    """Depends on a file, which it reads once, as a checkpoint is."""

    name = "filed"
    file: str = ""

    def ingredients(self):
        with open(self.file) as stream:
            return {"file": stream.read()}

    def extract(self, wave):
        if "factor" not in self.__dict__:
            with open(self.file) as stream:
                object.__setattr__(self, "factor", float(stream.read()))
        return super().extract(wave) * np.float32(self.factor)


class Moody(Counted):
    name = "moody"

    def extract(self, wave):
        raise bench.BenchError("the checkpoint is not there; fetch it first")
'''
SCRIPT = """
import sys
sys.path.insert(0, {tests!r})
from test_extraction import *

if __name__ == "__main__":
    folder, cache, spelled, jobs = sys.argv[1:]
    found = run(Path(folder), Path(cache), [spelled], jobs=int(jobs), plugin=Path({plugin!r}))
    print(json.dumps([found.decoded, found.extracted]))
"""


def write_clip(folder, level, seconds=0.2, name=None):
    samples = level * np.sin(2 * np.pi * 100 * np.arange(round(seconds * RATE)) / RATE)
    path = folder / (name or f"{level:.3f}.wav")
    soundfile.write(path, samples, RATE, subtype="PCM_16")  # libsndfile dates float files
    return path


def run(folder, cache, spelled, jobs=1, plugin=None, **options):
    add(plugin)
    clips = [Clip(path.name, "anna", path, {}) for path in sorted(folder.iterdir())]
    sets = [FEATURE_SETS.make(parse(one)) for one in spelled]
    plugins = () if plugin is None else (plugin,)
    return extract(clips, sets, FeatureStore(cache), FactStore(cache), jobs=jobs, plugins=plugins, **options)


def add(plugin):
    for kind in classes_in(plugin, Plugin):
        FEATURE_SETS.add(kind)


@pytest.fixture(scope="session")
def plugin(tmp_path_factory):  # once a process: names are registered for good
    path = tmp_path_factory.mktemp("plugin") / "counted.py"
    path.write_text(PLUGIN)
    add(path)
    return path


@pytest.fixture
def folder(tmp_path, plugin):
    """Twelve clips, each with a level of its own."""
    folder = tmp_path / "audio"
    folder.mkdir()
    for index in range(1, 13):
        write_clip(folder, index / 20)
    return folder


class Log:
    """What the feature set was given, the probe left out."""

    def __init__(self, path):
        self.path = path

    def read(self):
        levels = self.path.read_text().split() if self.path.exists() else []
        self.path.unlink(missing_ok=True)
        probe = "0.357"
        return Counter(level for level in levels if level != probe)


@pytest.fixture
def log(tmp_path):
    return Log(tmp_path / "log")


def table(cache, folder, spelled, found):
    ids = sorted(found.keys)
    return FeatureStore(cache).table(FEATURE_SETS.make(parse(spelled)), ids, found.keys)


def test_the_log_leaves_out_the_probe_alone(plugin):
    from bench.features.probe import probe_wave

    assert f"{np.abs(probe_wave(RATE).samples).max():.3f}" == "0.357"


def test_exactly_what_is_needed_is_extracted(tmp_path, folder, plugin, log):
    cache, spelled = tmp_path / "cache", f"counted[log={log.path}]"

    def again(spelled=spelled):
        found = run(folder, cache, [spelled], plugin=plugin)
        assert sum(log.read().values()) == found.extracted[spelled]
        assert not found.failures
        return found.decoded, found.extracted[spelled]

    assert again() == (12, 12)
    assert again() == (0, 0)
    write_clip(folder, 0.77, name="0.100.wav")
    assert again() == (1, 1)
    write_clip(folder, 0.1, name="0.100.wav")
    assert again() == (0, 0)
    (folder / "0.200.wav").rename(folder / "z.wav")
    assert again() == (0, 0)
    write_clip(folder, 0.88)
    assert again() == (1, 1)
    assert again(f"counted[gain=2,log={log.path}]") == (13, 13)
    assert again(f"counted[gain=2,log={log.path}]") == (0, 0)
    assert again() == (0, 0)


@pytest.mark.parametrize("jobs", [1, 2])
def test_other_bytes_in_a_file_that_a_set_depends_on(tmp_path, folder, plugin, jobs):
    weights = tmp_path / "weights"
    spelled = f"filed[file={weights}]"
    for factor, expected in ((1, 12), (3, 12), (3, 0), (1, 0)):
        weights.write_text(str(factor))
        found = run(folder, tmp_path / "cache", [spelled, "counted"], jobs=jobs, plugin=plugin)
        assert found.extracted[spelled] == expected
        values = [table(tmp_path / "cache", folder, one, found).values for one in (spelled, "counted")]
        np.testing.assert_allclose(values[0], factor * values[1], rtol=1e-6)


def test_two_sets_share_one_decoding_and_views_one_pass(tmp_path, folder, plugin, log):
    spelled = [f"counted[log={log.path}]", "counted[sleep_s=0]", "counted[log=none]", "other"]
    found = run(folder, tmp_path / "cache", spelled, plugin=plugin)
    assert found.decoded == 12
    assert set(found.extracted.values()) == {12}
    assert log.read().total() == 12
    more = run(folder, tmp_path / "cache", ["counted", "other[gain=3]"], plugin=plugin)
    assert more.decoded == 12
    assert more.extracted == {"counted": 0, "other[gain=3]": 12}


def test_values_facts_and_keys(tmp_path, folder, plugin):
    found = run(folder, tmp_path / "cache", ["counted"], plugin=plugin)
    values = table(tmp_path / "cache", folder, "counted", found).values
    np.testing.assert_allclose(values[:, 0], [(i / 20) ** 2 / 2 for i in range(1, 13)], rtol=1e-3)
    fact = found.facts["0.500.wav"]
    assert (fact.rate, fact.channels, fact.duration_s, fact.problem) == (RATE, 1, 0.2, None)
    assert fact.peak_dbfs == pytest.approx(20 * np.log10(0.5), abs=1e-3)
    assert set(found.keys) == {path.name for path in folder.iterdir()}


def test_without_feature_sets_it_only_surveys(tmp_path, folder, plugin):
    found = run(folder, tmp_path / "cache", [], plugin=plugin)
    assert (found.decoded, found.extracted) == (12, {})
    assert run(folder, tmp_path / "cache", [], plugin=plugin).decoded == 0
    assert all(fact.problem is None for fact in found.facts.values())


def test_the_same_bytes_are_extracted_once(tmp_path, folder, plugin, log):
    (folder / "copy.wav").write_bytes((folder / "0.300.wav").read_bytes())
    found = run(folder, tmp_path / "cache", [f"counted[log={log.path}]"], plugin=plugin)
    assert found.decoded == 12
    assert log.read()["0.300"] == 1
    assert found.keys["copy.wav"] == found.keys["0.300.wav"]


def test_processes_give_the_same_bits_as_one(tmp_path, folder, plugin):
    write_clip(folder, 0.9, seconds=0.02)
    one = run(folder, tmp_path / "one", ["counted", "other"], jobs=1, plugin=plugin)
    events = []
    two = run(folder, tmp_path / "two", ["counted", "other"], jobs=2, plugin=plugin, progress=events.append)
    for spelled in ("counted", "other"):
        first, second = (table(tmp_path / c, folder, spelled, found) for c, found in (("one", one), ("two", two)))
        assert first.values.tobytes() == second.values.tobytes()
        assert first.notes == second.notes == {"0.900.wav": "it lasts 0.02 s, and 0.05 s are needed"}
    assert one.facts == two.facts
    assert (events[0].done, events[0].total, events[-1].done) == (0, 13, 13)
    assert [event.done for event in events] == sorted(event.done for event in events)


def test_short_and_partial_clips_are_stored_with_a_note(tmp_path, folder, plugin):
    write_clip(folder, 0.9, seconds=0.03)
    found = run(folder, tmp_path / "cache", ["counted[odd=partial]"], plugin=plugin)
    assert not found.failures
    stored = table(tmp_path / "cache", folder, "counted", found)
    at = stored.clip_ids.index
    assert np.isnan(stored.values[at("0.900.wav")]).all()
    np.testing.assert_array_equal(np.isnan(stored.values[at("0.100.wav")]), [False, True])
    assert stored.notes == {
        "0.900.wav": "it lasts 0.03 s, and 0.05 s are needed",
        "0.100.wav": "no voiced frame",
        "0.300.wav": "no voiced frame",
    }
    assert run(folder, tmp_path / "cache", ["counted"], plugin=plugin).extracted == {"counted": 0}


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ("crash", "ZeroDivisionError: division by zero"),
        ("nan", "it gave 1 of 2 values that are NaN or infinite, 'crossings' the first"),
        ("shape", "it gave values of shape (3,), and declares (2,)"),
        ("dtype", "it gave values of the kind float64, and must give float32"),
    ],
)
def test_a_failure_on_one_clip_costs_no_other(tmp_path, folder, plugin, odd, said):
    spelled = f"counted[odd={odd}]"
    found = run(folder, tmp_path / "cache", [spelled, "other"], plugin=plugin)
    assert found.extracted == {spelled: 10, "other": 12}
    assert {(f.feature_set, f.clip_id, f.sentence) for f in found.failures} == {
        (spelled, "0.100.wav", said),
        (spelled, "0.300.wav", said),
    }
    sets = [FEATURE_SETS.make(parse(one)) for one in (spelled, "other")]
    assert found.failure_of(sets[0]).startswith(f"{spelled} failed on 2 clips, ")
    assert found.failure_of(sets[0]).endswith(said)
    assert found.failure_of(sets[1]) is None
    assert run(folder, tmp_path / "cache", ["counted"], plugin=plugin).extracted == {"counted": 2}


def test_a_set_that_cannot_be_used_is_tried_once(tmp_path, folder, plugin):
    found = run(folder, tmp_path / "cache", ["moody", "counted"], plugin=plugin)
    assert [(f.feature_set, f.clip_id) for f in found.failures] == [("moody", None)]
    assert found.failure_of(FEATURE_SETS.make(parse("moody"))) == (
        "moody cannot be used: the checkpoint is not there; fetch it first"
    )
    assert found.extracted == {"moody": 0, "counted": 12}


def test_a_stale_store_fails_its_set_alone(tmp_path, folder, plugin):
    run(folder, tmp_path / "cache", ["counted"], plugin=plugin)
    (manifest,) = (tmp_path / "cache").glob("counted-*/manifest.json")
    content = json.loads(manifest.read_text())
    content["made_with"]["source"], content["columns"] = "of another day", ["mean_square", "zcr"]
    manifest.write_text(json.dumps(content))
    found = run(folder, tmp_path / "cache", ["counted", "other"], plugin=plugin)
    assert "cache gc --drop counted-" in found.failure_of(FEATURE_SETS.make(parse("counted")))
    assert found.extracted["other"] == 12


def test_recordings_that_cannot_be_used_are_told_and_the_others_done(tmp_path, folder, plugin):
    bad = {
        "empty.wav": b"",
        "text.wav": b"Dear diary, I am tired.\n" * 50,
        "cut.wav": (folder / "0.200.wav").read_bytes()[:-4000],
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    soundfile.write(folder / "zeros.wav", np.zeros(100), RATE)
    soundfile.write(folder / "nan.wav", np.full(100, np.nan), RATE, subtype="FLOAT")
    soundfile.write(folder / "none.wav", np.zeros(0), RATE)
    (folder / "gone.wav").symlink_to(folder / "nowhere.wav")
    found = run(folder, tmp_path / "cache", ["counted"], plugin=plugin)
    problems = {name: fact.problem for name, fact in found.facts.items() if fact.problem}
    assert problems == {
        "empty.wav": "the file is empty (0 bytes)",
        "text.wav": problems["text.wav"],
        "cut.wav": "it is truncated: its header promises 0.200 s and 0.075 s are there",
        "zeros.wav": "all 100 samples are zero (digital silence)",
        "nan.wav": "100 of 100 samples are NaN or infinite",
        "none.wav": "it holds 0 samples",
        "gone.wav": "the file does not exist",
    }
    assert problems["text.wav"].startswith("it cannot be decoded as audio")
    assert set(found.keys) == {f"{i / 20:.3f}.wav" for i in range(1, 13)}
    assert (found.decoded, found.extracted) == (17, {"counted": 12})
    again = run(folder, tmp_path / "cache", ["counted"], plugin=plugin)
    assert (again.decoded, again.extracted, again.facts) == (0, {"counted": 0}, found.facts)
    (folder / "nowhere.wav").write_bytes((folder / "0.200.wav").read_bytes())
    assert run(folder, tmp_path / "cache", ["counted"], plugin=plugin).facts["gone.wav"].problem is None


def test_stretches_of_one_recording_are_clips_of_their_own(tmp_path, plugin):
    path = tmp_path / "long.flac"
    soundfile.write(path, np.repeat([0.1, 0.2, 0.4], RATE), RATE)
    clips = [Clip(f"{i}", "anna", path, {}, float(i), i + 1.0) for i in range(3)] + [Clip("out", "anna", path, {}, 2.0, 3.5)]
    sets = [FEATURE_SETS.make(parse("counted"))]
    store, facts = FeatureStore(tmp_path / "cache"), FactStore(tmp_path / "cache")
    found = extract(clips, sets, store, facts)
    values = store.table(sets[0], ["0", "1", "2"], found.keys).values[:, 0]
    np.testing.assert_allclose(values, [0.01, 0.04, 0.16], rtol=1e-3)
    assert found.facts["out"].problem == "the bounds 2 to 3.5 s lie outside the recording, which is 3.000 s long"
    assert extract(clips, sets, store, FactStore(tmp_path / "cache")).decoded == 0


def test_the_plan_is_what_is_done(tmp_path, folder, plugin):
    clips = [Clip(path.name, "anna", path, {}) for path in sorted(folder.iterdir())]
    sets = [FEATURE_SETS.make(parse(one)) for one in ("counted", "counted[odd=nan]", "other")]
    cache = tmp_path / "cache"
    planned = plan(clips, sets, FeatureStore(cache), FactStore(cache))
    assert (planned.to_decode, planned.to_extract) == (12, {"counted": 12, "counted[odd=nan]": 12, "other": 12})
    assert planned.audio_s["other"] == pytest.approx(2.4)
    assert not cache.exists()
    extract(clips, sets[:1], FeatureStore(cache), FactStore(cache))
    planned = plan(clips, sets, FeatureStore(cache), FactStore(cache))
    assert (planned.to_decode, planned.to_extract) == (0, {"counted": 0, "counted[odd=nan]": 0, "other": 12})


def test_a_worker_that_is_killed_is_said_and_the_rest_is_kept(tmp_path, folder, plugin):
    with pytest.raises(BenchError, match=r"A worker process was killed.*Run again, with fewer --jobs"):
        run(folder, tmp_path / "cache", ["counted[odd=die]"], jobs=2, plugin=plugin)
    assert run(folder, tmp_path / "cache", ["counted"], jobs=1, plugin=plugin).extracted["counted"] <= 12


def started(tmp_path, plugin, folder, cache, spelled, jobs):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(tests=str(Path(__file__).parent), plugin=str(plugin)))
    command = [sys.executable, str(script), str(folder), str(cache), spelled, str(jobs)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def wait_for(path, n_lines, process):
    while process.poll() is None and (not path.exists() or len(path.read_text().split()) < n_lines):
        time.sleep(0.01)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_pass_goes_on_where_it_was(tmp_path, folder, plugin, log, jobs):
    for index in range(13, 61):
        write_clip(folder, 0.7 + index / 1000)
    cache, spelled = tmp_path / "cache", f"counted[log={log.path},sleep_s=0.02]"
    extracted = Counter()
    rng = random.Random(jobs)
    kills = 5
    for _ in range(kills):
        process = started(tmp_path, plugin, folder, cache, spelled, jobs)
        wait_for(log.path, rng.randint(1, 20), process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.5)  # workers end by themselves once they see that nobody waits for them
        before = set(extracted)
        new = log.read()
        assert sum(new[level] for level in new if level in before) <= 16
        extracted += new
    found = run(folder, cache, [spelled], plugin=plugin)
    extracted += log.read()
    assert len(extracted) == 60
    assert extracted.total() <= 60 + kills * 16
    whole = run(folder, tmp_path / "unbroken", [spelled], plugin=plugin)
    ours, theirs = table(cache, folder, "counted", found), table(tmp_path / "unbroken", folder, "counted", whole)
    assert ours.values.tobytes() == theirs.values.tobytes()
    assert found.facts == whole.facts


def test_parts_that_a_killed_pass_left_are_merged_by_the_next(tmp_path, folder, plugin, monkeypatch):
    add(plugin)
    counted, store = FEATURE_SETS.make(parse("counted")), FeatureStore(tmp_path / "cache")
    clips = [Clip(path.name, "anna", path, {}) for path in sorted(folder.iterdir())]
    monkeypatch.setattr(FeatureStore, "merge", lambda self, feature_set: 0)  # killed before it came to that
    for some in (clips[:5], clips):
        extract(some, [counted], store, FactStore(tmp_path / "cache"))
    monkeypatch.undo()
    assert len(parts_in(store.folder(counted))) == 2
    found = run(folder, tmp_path / "cache", ["counted"], plugin=plugin)
    assert found.extracted == {"counted": 0}
    assert len(parts_in(store.folder(counted))) == 1
    assert len(table(tmp_path / "cache", folder, "counted", found).values) == 12


def test_ctrl_c_leaves_what_is_done_and_says_nothing_of_workers(tmp_path, folder, plugin, log):
    for index in range(13, 61):
        write_clip(folder, 0.7 + index / 1000)
    cache, spelled = tmp_path / "cache", f"counted[log={log.path},sleep_s=0.02]"
    process = started(tmp_path, plugin, folder, cache, spelled, 2)
    wait_for(log.path, 35, process)
    os.killpg(process.pid, signal.SIGINT)
    _, noise = process.communicate(timeout=30)
    assert process.returncode != 0
    assert noise.count(b"Traceback") == 1  # this script's own
    done = log.read().total()
    assert done < 60
    again = run(folder, cache, [spelled], plugin=plugin).extracted[spelled]
    assert 60 - done <= again <= 60 - done + 16


def test_two_passes_at_once_on_a_fresh_cache(tmp_path, folder, plugin, log):
    cache, spelled = tmp_path / "cache", f"counted[log={log.path},sleep_s=0.01]"
    both = [started(tmp_path, plugin, folder, cache, spelled, 1) for _ in range(2)]
    for process in both:
        _, noise = process.communicate(timeout=60)
        assert process.returncode == 0, noise.decode()
    log.read()
    found = run(folder, cache, [spelled], plugin=plugin)
    assert (found.decoded, found.extracted[spelled], log.read().total()) == (0, 0, 0)
    whole = run(folder, tmp_path / "alone", [spelled], plugin=plugin)
    ours, theirs = table(cache, folder, "counted", found), table(tmp_path / "alone", folder, "counted", whole)
    assert ours.values.tobytes() == theirs.values.tobytes()


def test_a_full_disk_stops_the_pass_with_a_sentence(tmp_path, folder, plugin):
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        (disk / "filler").write_bytes(bytes(52 << 10))
        with pytest.raises(BenchError, match=r"cannot be written\. The disk is full\. Make room"):
            run(folder, disk, [f"counted[gain={gain}]" for gain in range(1, 9)], plugin=plugin)
        (disk / "filler").unlink()
        found = run(folder, disk, ["counted"], plugin=plugin)
        assert table(disk, folder, "counted", found).values.shape == (12, 2)
    finally:
        subprocess.run(["umount", disk], check=True)


def test_an_unchanged_pass_loads_no_decoder_and_starts_no_process(tmp_path, folder, plugin):
    cache = tmp_path / "cache"
    run(folder, cache, ["counted"], plugin=plugin)
    (tmp_path / "script.py").write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from bench.base.plugin import Plugin\n"
        "from bench.base.registry import classes_in\n"
        "from bench.corpora.corpus import Clip\n"
        "from bench.decoders.facts import FactStore\n"
        "from bench.features.extraction import extract\n"
        "from bench.features.store import FeatureStore\n"
        "folder, cache, plugin = map(Path, sys.argv[1:])\n"
        "counted = next(kind for kind in classes_in(plugin, Plugin) if kind.name == 'counted')\n"
        "clips = [Clip(path.name, 'anna', path, {}) for path in sorted(folder.iterdir())]\n"
        "found = extract(clips, [counted()], FeatureStore(cache), FactStore(cache), jobs=2)\n"
        "FeatureStore(cache).table(counted(), sorted(found.keys), found.keys)\n"
        "assert found.extracted == {'counted': 0}, found\n"
        "heavy = {'soundfile', 'soxr', 'joblib', 'torch', 'scipy', 'pandas', 'opensmile'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    command = [sys.executable, tmp_path / "script.py", folder, cache, plugin]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_two_speakers_of_a_dialogue_are_each_heard_in_their_own_channel(tmp_path, jobs):
    seconds = np.arange(2 * RATE) / RATE
    level = np.where(seconds < 1, 0.5, 0.02)
    both = np.stack([level, level[::-1]], axis=1) * np.sin(2 * np.pi * (100 + 30 * seconds) * seconds)[:, None]
    path = tmp_path / "dialogue.wav"
    soundfile.write(path, both, RATE, subtype="PCM_16")
    turns = {"anna": ((0.0, 1.0),), "bert": ((1.0, 2.0),)}
    bounds = [(0.5, 1.5), (0.0, 0.5), (1.5, 2.0)]
    clips = [
        Clip(f"{name}-{n}", name, path, {}, start, end, turns=turns[name])
        for name in turns
        for n, (start, end) in enumerate(bounds)
    ]
    found = extract(clips, (), FeatureStore(tmp_path / "cache"), FactStore(tmp_path / "cache"), jobs=jobs)
    assert {name: found.facts[f"{name}-0"].channel for name in turns} == {"anna": 0, "bert": 1}
    peaks = {clip_id: fact.peak_dbfs for clip_id, fact in found.facts.items()}
    expected = {
        clip.id: 20
        * np.log10(np.abs(both[round(clip.start_s * RATE) : round(clip.end_s * RATE), "ab".index(clip.id[0])]).max())
        for clip in clips
    }
    assert peaks == pytest.approx(expected, abs=0.05)
    assert len({fact.sample_hash for fact in found.facts.values()}) == 6


def test_facts_of_an_older_version_are_found_out_again_and_the_features_stay(tmp_path, folder, plugin, log):
    cache = tmp_path / "cache"
    first = run(folder, cache, ["counted"], plugin=plugin)
    (path,) = (cache / "facts").glob("*.jsonl")
    old = []
    for line in path.read_text().splitlines():
        fact = {
            k: v for k, v in json.loads(line.split("\t")[0]).items() if k not in ("channel", "clipped_share", "silence_share")
        }
        old.append(f"{json.dumps(fact)}\t{zlib.crc32(json.dumps(fact).encode()):08x}\n")
    path.write_text("".join(old))
    found = run(folder, cache, ["counted"], plugin=plugin)
    assert (found.decoded, found.extracted) == (len(first.keys), {"counted": 0})
    assert found.facts == first.facts
    assert run(folder, cache, ["counted"], plugin=plugin).decoded == 0
