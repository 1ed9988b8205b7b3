"""What is to be done is found by hashing and looking up, and nothing is decoded for it."""

import os

import numpy as np
import pytest
import soundfile

from bench.base.error import BenchError, RequestError
from bench.corpora.corpus import Clip
from bench.decoders.decoder import decode
from bench.decoders.facts import ClipFacts, FactStore
from bench.features.feature_set import FeatureSet
from bench.features.part import Row
from bench.features.plan import plan, survey, weight
from bench.features.store import FeatureStore
from bench.features.worker import Item, stamp_of

RATE = 16_000


class Plain(FeatureSet):
    name = "plain"
    version = "1"
    columns = ("low", "high")
    views = ("only",)
    gain: float = 1.0
    only: str = "*"

    @property
    def kept(self):
        return self.only

    def extract(self, wave):
        return np.float32(self.gain) * np.array([wave.samples.min(), wave.samples.max()])


class Broken(Plain):
    name = "broken"

    def ingredients(self):
        raise BenchError("the checkpoint is not there; fetch it first")


class Wrong(Plain):
    name = "wrong"

    def ingredients(self):
        raise RequestError("there is no such repository")


@pytest.fixture
def place(tmp_path):
    return FeatureStore(tmp_path / "cache"), FactStore(tmp_path / "cache")


def write(folder, name, duration_s, level=0.1):
    path = folder / name
    soundfile.write(path, np.full(round(duration_s * RATE), level), RATE, subtype="PCM_16")
    return path


def clip(path, name="", **given):
    return Clip(name or path.name, "anna", path, {}, **given)


def store_one(store, feature_set, key):
    store.put(feature_set, [Row(key, np.zeros(2, np.float32), None, 0.1, 1.0)])


def test_the_biggest_come_first(tmp_path, place):
    clips = [clip(write(tmp_path, f"{seconds}.wav", seconds)) for seconds in (0.5, 2.0, 1.0)]
    todo = survey(clips, [Plain()], *place)
    assert [item.path.name for item in todo.items] == ["2.0.wav", "1.0.wav", "0.5.wav"]
    assert [item.key for item in todo.items] == [todo.keys[name] for name in ("2.0.wav", "1.0.wav", "0.5.wav")]
    assert {item.wanted for item in todo.items} == {("plain",)}
    assert todo.items[0].stamp == stamp_of(tmp_path / "2.0.wav")


def test_the_length_of_a_recording_whose_name_is_not_utf_8(tmp_path, place):
    path = write(tmp_path, "a.wav", 0.5).rename(tmp_path / os.fsdecode(b"\xe9.wav"))
    assert plan([clip(path, "a")], [Plain()], *place).audio_s == {"plain": 0.5}


def test_the_same_bytes_are_one_item_and_bounds_make_others(tmp_path, place):
    one, other = write(tmp_path, "one.wav", 1.0), write(tmp_path, "other.wav", 1.0)
    clips = [clip(one), clip(other), clip(one, "half", end_s=0.5), clip(other, "same half", end_s=0.5)]
    todo = survey(clips, [Plain()], *place)
    assert todo.keys["one.wav"] == todo.keys["other.wav"] != todo.keys["half"] == todo.keys["same half"]
    assert len(todo.items) == 2


def test_turns_go_with_the_clip_and_make_another_one(tmp_path, place):
    path = write(tmp_path, "one.wav", 1.0)
    turns = ((0.0, 0.4), (0.6, 0.9))
    clips = [clip(path, "a", end_s=0.5), clip(path, "b", end_s=0.5, turns=turns)]
    todo = survey(clips, [Plain()], *place)
    assert {item.key: item.turns for item in todo.items} == {todo.keys["a"]: (), todo.keys["b"]: turns}


def test_a_stretch_weighs_what_it_lasts_and_never_more_than_its_file(tmp_path):
    path = write(tmp_path, "one.wav", 1.0)
    size = path.stat().st_size

    def item(start_s, end_s):
        return Item("key", path, start_s, end_s, stamp_of(path), ())

    assert weight(item(None, None)) == weight(item(0.0, 100.0)) == size
    assert weight(item(0.9, 0.95)) == pytest.approx(0.05 * 192_000, abs=1)


def test_what_is_stored_is_not_wanted_and_what_is_known_is_not_decoded(tmp_path, place):
    store, facts = place
    clips = [clip(write(tmp_path, f"{n}.wav", 1.0, n / 10)) for n in (1, 2, 3)]
    keys = survey(clips, [], store, facts).keys
    store_one(store, Plain(), keys["1.wav"])
    facts.add([ClipFacts.of(keys[name], decode(tmp_path / name)) for name in ("1.wav", "2.wav")])
    todo = survey(clips, [Plain()], store, FactStore(store.root))
    assert {item.path.name for item in todo.items} == {"2.wav", "3.wav"}
    found = plan(clips, [Plain()], store, FactStore(store.root))
    assert (found.to_decode, found.to_extract) == (1, {"plain": 2})
    assert found.audio_s["plain"] == pytest.approx(2.0)


def test_without_feature_sets_what_was_never_looked_at_is_decoded(tmp_path, place):
    clips = [clip(write(tmp_path, "1.wav", 1.0))]
    found = plan(clips, [], *place)
    assert (found.to_decode, found.to_extract, found.audio_s) == (1, {}, {})


def test_views_share_one_pass_and_each_is_counted(tmp_path, place):
    clips = [clip(write(tmp_path, "1.wav", 1.0))]
    sets = [Plain(only="low"), Plain(), Plain(gain=2.0)]
    todo = survey(clips, sets, *place)
    assert todo.standing_for == {
        "plain[only=low]": "plain[only=low]",
        "plain": "plain[only=low]",
        "plain[gain=2]": "plain[gain=2]",
    }
    assert list(todo.sets) == ["plain[only=low]", "plain[gain=2]"]
    assert todo.items[0].wanted == ("plain[only=low]", "plain[gain=2]")
    assert plan(clips, sets, *place).to_extract == {"plain[only=low]": 1, "plain": 1, "plain[gain=2]": 1}


def test_a_set_that_cannot_be_used_fails_alone(tmp_path, place):
    clips = [clip(write(tmp_path, "1.wav", 1.0))]
    todo = survey(clips, [Broken(), Plain()], *place)
    assert todo.failed == [("broken", None, "the checkpoint is not there; fetch it first")]
    assert todo.broken == {"broken"}
    assert todo.items[0].wanted == ("plain",)


def test_a_wrong_request_stops_it(tmp_path, place):
    with pytest.raises(RequestError, match="there is no such repository"):
        survey([clip(write(tmp_path, "1.wav", 1.0))], [Wrong()], *place)


def test_recordings_that_cannot_be_opened_are_told_and_not_done(tmp_path, place):
    (tmp_path / "empty.wav").write_bytes(b"")
    clips = [clip(tmp_path / "none.wav"), clip(tmp_path / "empty.wav"), clip(write(tmp_path, "1.wav", 1.0))]
    todo = survey(clips, [Plain()], *place)
    assert set(todo.unopened) == {"none.wav", "empty.wav"}
    assert all(fact.problem and fact.key == "" for fact in todo.unopened.values())
    assert list(todo.keys) == ["1.wav"]
    assert [item.path.name for item in todo.items] == ["1.wav"]


def test_a_recording_known_to_be_bad_is_not_tried_again(tmp_path, place):
    store, facts = place
    clips = [clip(write(tmp_path, "1.wav", 1.0))]
    (key,) = survey(clips, [], store, facts).keys.values()
    facts.add([ClipFacts(key, "it is silent")])
    todo = survey(clips, [Plain()], store, FactStore(store.root))
    assert todo.items == []
    assert todo.known[key].problem == "it is silent"


def test_seconds_are_those_of_the_header_and_of_the_bounds(tmp_path, place):
    path = write(tmp_path, "1.wav", 3.0)
    clips = [clip(path), clip(path, "a", start_s=1.0), clip(path, "b", start_s=1.0, end_s=1.5)]
    assert plan(clips, [Plain()], *place).audio_s["plain"] == pytest.approx(3.0 + 2.0 + 0.5)
    (tmp_path / "noise.wav").write_bytes(bytes(range(256)))
    found = plan([clip(tmp_path / "noise.wav")], [Plain()], *place)
    assert (found.to_decode, found.audio_s["plain"]) == (1, 0.0)


def test_planning_writes_nothing(tmp_path, place):
    plan([clip(write(tmp_path, "1.wav", 1.0))], [Plain()], *place)
    assert not (tmp_path / "cache").exists()
