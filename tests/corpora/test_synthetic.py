"""The embedded corpus on disk: made once, resumed after a kill, shared by two runs, remade where it was damaged."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.base.error import BenchError, RequestError
from bench.base.spelling import parse
from bench.corpora.plan import plan_clips
from bench.corpora.reader import READERS
from bench.corpora.rendering import render
from bench.corpora.synthetic import Synthetic

pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")

CODE = """
import sys
from pathlib import Path
from bench.corpora.synthetic import Synthetic
Synthetic().read(Path(sys.argv[1]))
"""
ENOUGH = 120  # clips made before the kill


def start(folder):
    return subprocess.Popen([sys.executable, "-c", CODE, str(folder)], start_new_session=True)


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir() if not path.name.startswith(".")}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A folder whose first run was killed with all its workers, and that two runs at once then completed."""
    folder = tmp_path_factory.mktemp("synthetic") / "place"
    first = start(folder)
    while first.poll() is None and len(list(folder.glob("*.json"))) < ENOUGH:
        time.sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    killed = stamps(folder)
    runs = [start(folder), start(folder)]
    codes = [run.wait(timeout=300) for run in runs]
    return folder, killed, codes


def test_a_killed_run_goes_on_and_two_at_once_agree(story):
    folder, killed, codes = story
    assert codes == [0, 0]
    assert ENOUGH <= sum(name.endswith(".json") for name in killed) < 216
    now = stamps(folder)
    assert sorted(now) == sorted(f"{plan.clip_id}.{ending}" for plan in plan_clips() for ending in ("wav", "json"))
    finished = [name for name in killed if name.endswith(".json")]
    assert {name: now[name] for name in finished} == {name: killed[name] for name in finished}


def test_every_file_holds_what_one_process_renders_alone(story):
    folder, _, _ = story
    for plan in plan_clips()[::13]:
        samples, rate = soundfile.read(folder / f"{plan.clip_id}.wav", dtype="int16")
        assert rate == 16_000
        assert np.array_equal(samples, np.round(render(plan).samples * 32_767).astype(np.int16))


def test_a_corpus_as_declared(story):
    folder, _, _ = story
    before = stamps(folder)
    corpus = Synthetic().read(folder)
    assert stamps(folder) == before
    assert corpus.name == "synthetic"
    assert len(corpus.clips) == 216
    assert len({clip.speaker for clip in corpus.clips}) == 24
    assert {clip.traits["sex"] for clip in corpus.clips} == {"female", "male"}
    assert all(len({c.traits["sex"] for c in corpus.clips if c.speaker == s}) == 1 for s in ("v01", "v02"))
    clip = corpus.clips[11]
    assert (clip.id, clip.speaker, clip.labels, clip.path) == ("v02_kss3", "v02", {"fatigue": 3.0}, folder / "v02_kss3.wav")
    target = corpus.target("fatigue")
    assert (target.kind, target.scale, target.unit, target.cuts) == ("synthetic", (1, 9), "KSS", (3.5, 6.5))
    counts = np.bincount([target.level(c.labels["fatigue"]) for c in corpus.clips])
    assert counts.tolist() == [72, 72, 72]
    assert "nothing about people" in corpus.about
    assert "GPL" in corpus.licence


def test_clips_are_short_and_of_many_lengths(story):
    folder, _, _ = story
    seconds = [soundfile.info(clip.path).duration for clip in Synthetic().read(folder).clips]
    assert 3.5 < np.mean(seconds) < 5
    assert min(seconds) > 1
    assert max(seconds) > 3 * min(seconds)


def test_the_description_tells_the_truth_beside_the_audio(story):
    folder, _, _ = story
    plan = plan_clips()[40]
    description = json.loads((folder / f"{plan.clip_id}.json").read_text())
    assert description["syllables"] == plan.sentence.syllables
    assert description["pauses_s"] == [list(pause) for pause in np.round(render(plan).pauses, 6)]


@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "no description", "broken description", "other plan"])
def test_what_is_damaged_is_made_again_and_nothing_else(story, damage):
    folder, _, _ = story
    audio, description = folder / "v05_kss5.wav", folder / "v05_kss5.json"
    right = audio.read_bytes(), description.read_bytes()
    before = stamps(folder)
    if damage == "missing":
        audio.unlink()
    elif damage == "truncated":
        audio.write_bytes(right[0][:-1000])
    elif damage == "flipped":
        audio.write_bytes(right[0][:-1] + bytes([right[0][-1] ^ 1]))
    elif damage == "no description":
        description.unlink()
    elif damage == "broken description":
        description.write_bytes(right[1][:100])
    else:
        description.write_bytes(right[1].replace(b'"kss": 5', b'"kss": 6'))
    Synthetic().read(folder)
    assert (audio.read_bytes(), description.read_bytes()) == right
    after = stamps(folder)
    assert {name for name in after if after[name] != before[name]} == {audio.name, description.name}


def test_names_and_identities():
    assert str(READERS.make(parse("synthetic[effect=0]"))) == "synthetic[effect=0]"
    assert Synthetic(effect=0).identity == Synthetic(effect=0.0).identity
    assert len({Synthetic().identity, Synthetic(effect=0).identity, Synthetic(seed=1).identity}) == 3


@pytest.mark.parametrize("effect", [-0.1, 2.1, float("nan"), float("inf")])
def test_an_effect_out_of_bounds_is_refused(effect):
    with pytest.raises(RequestError, match="expected 0 to 2"):
        Synthetic(effect=effect)


def test_a_place_that_cannot_be_written(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(BenchError, match="cannot be written"):
        Synthetic().read(blocked / "place")


def test_without_the_wheel_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)  # how Python itself marks what cannot be imported
    with pytest.raises(RequestError, match=r"pip install 'fatigue-bench\[synth\]'"):
        Synthetic().read(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_listing_it_is_light():
    code = (
        "import sys, bench.corpora.synthetic; print([m for m in ('scipy', 'joblib', 'soundfile', 'soxr') if m in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
