"""The recipe of the small encoder, on hummed syllables: it goes on as if it had never been stopped, and its export loads."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench.base.error import BenchError, RequestError
from bench.features.hub import locate
from recipes.nano.speech import HOP, RATE, Shelf, cut, n_frames, shelves

torch = pytest.importorskip("torch")

from safetensors.torch import load_file, save_file  # noqa: E402 (they need torch)

from recipes.nano.batch import Course  # noqa: E402 (they need torch)
from recipes.nano.distortion import distort  # noqa: E402
from recipes.nano.export import export  # noqa: E402
from recipes.nano.export import main as export_main  # noqa: E402
from recipes.nano.model import CONFIG  # noqa: E402
from recipes.nano.state import load_state, stages  # noqa: E402
from recipes.nano.synthesis import main as synthesis_main  # noqa: E402
from recipes.nano.target import delivery, melody, timbre, voice  # noqa: E402
from recipes.nano.team import assembled  # noqa: E402
from recipes.nano.train import Plan, train  # noqa: E402
from recipes.nano.train import main as train_main  # noqa: E402

TINY = {**CONFIG, "conv_dim": [8] * 7, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
PLAN = Plan(
    steps=(3, 3, 3),
    batch_s=3.0,
    looked_at_every=2,
    held_out_s=6.0,
    clusters=(("timbre", 8), ("melody", 6), ("voice", 5), ("delivery", 4), ("own", 8)),
    config=tuple(TINY.items()),
)


def _syllables(seconds: float, rate: int, seed: int) -> np.ndarray:
    """Tones of changing pitch that fade in and out, with silence between them."""
    random = np.random.default_rng(seed)
    t = np.arange(round(0.4 * rate)) / rate
    parts = []
    while sum(map(len, parts)) < seconds * rate:
        cycles = random.uniform(100, 300) * t * (1 + random.uniform(-0.2, 0.2) * t)
        parts.append(sum(np.sin(2 * np.pi * k * cycles) / k for k in range(1, 8)) * np.hanning(len(t)) * 0.2)
        parts.append(1e-4 * random.standard_normal(round(0.12 * rate)))
    return np.concatenate(parts)


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speech")
    soundfile.write(folder / "long.flac", _syllables(30, 16_000, 1), 16_000)
    soundfile.write(folder / "stereo.wav", np.stack([_syllables(5, 48_000, 2)] * 2, axis=1), 48_000)
    soundfile.write(folder / "telephone.ogg", _syllables(8, 8_000, 3), 8_000)
    soundfile.write(folder / "kept.wav", _syllables(8, 16_000, 4), 16_000)
    soundfile.write(folder / "empty.wav", np.zeros(0), 16_000)
    soundfile.write(folder / "quiet.wav", np.zeros(16_000), 16_000)
    (folder / "broken.wav").write_bytes(b"RIFF and no more")
    soundfile.write(
        folder / "nan.wav", np.where(np.arange(16_000) == 9, np.nan, _syllables(1, 16_000, 7)[:16_000]), 16_000, "FLOAT"
    )
    (folder / "nowhere.wav").symlink_to(folder / "gone" / "nowhere.wav")
    return folder


def _shelves(speech: Path, work: Path) -> list[Shelf]:
    return shelves([speech], ["*/kept.wav"], work)


def test_speech_is_cut_at_silences_and_what_cannot_be_heard_is_named(speech: Path, tmp_path: Path) -> None:
    learned, slower, faster, kept = _shelves(speech, tmp_path)
    assert {Path(path).name for path, _ in learned.contents["skipped"]} == {"empty.wav", "quiet.wav", "broken.wav", "nan.wav"}
    assert all(reason for _, reason in learned.contents["skipped"])
    assert [path.name for path in kept.files] == ["kept.wav"]
    assert slower.hours > learned.hours > faster.hours
    assert 40 < learned.hours * 3600 < 46  # 30 + 5 + 8 s
    assert (learned.segments[:, 0] % HOP == 0).all()
    assert learned.segments[:, 1].max() <= 6 * RATE


def test_a_cut_lies_in_a_silence() -> None:
    samples = _syllables(20, RATE, 5).astype(np.float32)
    pieces = cut(samples)
    assert np.array_equal(np.concatenate(pieces), samples)
    for piece in pieces[:-1]:
        assert 2.4 * RATE <= len(piece) <= 6 * RATE
        assert np.abs(piece[-100:]).max() < 0.01


def test_both_sides_are_asked_for(speech: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"None of 8 audio files fits '\*/nothing' of --held-out"):
        shelves([speech], ["*/kept.wav", "*/nothing"], tmp_path)
    with pytest.raises(RequestError, match="none that can be heard is held out"):
        shelves([speech], ["*/quiet.wav"], tmp_path)
    with pytest.raises(RequestError, match="none that can be heard is to learn from"):
        shelves([speech], ["*"], tmp_path)
    with pytest.raises(RequestError, match="nowhere is not a folder"):
        shelves([speech, tmp_path / "nowhere"], ["*/kept.wav"], tmp_path)
    with pytest.raises(RequestError, match="holds no audio"):
        shelves([speech, tmp_path / "speech"], ["*/kept.wav"], tmp_path)


def test_another_process_gets_the_place_of_the_samples_not_the_samples(speech: Path, tmp_path: Path) -> None:
    shelf = _shelves(speech, tmp_path)[0]
    assert shelf.samples.nbytes > 1_000_000
    sent = pickle.dumps(shelf)
    assert len(sent) < 2_000
    assert np.array_equal(pickle.loads(sent).samples, shelf.samples)  # noqa: S301 (made one line above)


@pytest.mark.parametrize("hz", [90, 150, 330])
def test_melody_finds_the_pitch_of_a_voice(hz: int) -> None:
    t = np.arange(RATE) / RATE
    voice = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 10)).astype(np.float32)
    frames = melody(voice)
    assert frames.shape == (n_frames(RATE), 5)
    assert 150 * 2 ** (np.median(frames[:, 0]) / 2) == pytest.approx(hz, rel=0.03)
    noise = melody(np.random.default_rng(0).standard_normal(RATE).astype(np.float32))
    assert np.median(frames[:, 1]) > 2 * np.median(noise[:, 1])


def _harmonics(hz: float, slope: float, seconds: float = 2.0) -> np.ndarray:
    """Harmonics up to 4 kHz, each ``slope`` dB an octave below the first."""
    t = np.arange(round(seconds * RATE)) / RATE
    loudness = [10 ** (-slope * np.log2(k) / 20) for k in range(1, int(4_000 / hz))]
    return sum(a * np.sin(2 * np.pi * hz * k * t + k) for k, a in enumerate(loudness, 1)).astype(np.float32)


@pytest.mark.parametrize("slope", [3.0, 12.0])
@pytest.mark.parametrize("hz", [100, 220])
def test_voice_tells_how_a_voice_is_made(hz: int, slope: float) -> None:
    found = np.median(voice(_harmonics(hz, slope)), axis=0)
    assert 8 * found[1] == pytest.approx(slope, abs=1.5)  # an octave from the first harmonic to the second
    loudness = np.array([10 ** (-slope * np.log2(k) / 10) for k in range(1, int(4_000 / hz))])
    above = np.arange(1, len(loudness) + 1) * hz >= 1_000
    assert 8 * found[2] == pytest.approx(10 * np.log10(loudness[~above].sum() / loudness[above].sum()), abs=1.5)
    noise = np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
    clear = _harmonics(hz, slope)
    hoarse = np.median(voice(clear + noise * clear.std() / 2), axis=0)
    assert 8 * hoarse[0] == pytest.approx(20 * np.log10(2), abs=1)  # harmonics twice as loud as noise
    assert np.abs(np.median(voice(noise), axis=0)).max() < 0.1


def test_delivery_tells_a_lively_voice_from_a_flat_one() -> None:
    t = np.arange(3 * RATE) / RATE
    octaves = 0.3 * np.sin(2 * np.pi * 2 * t)  # so its standard deviation is 0.3 / sqrt(2)
    cycles = np.cumsum(200 * 2**octaves) / RATE
    lively = sum(np.sin(2 * np.pi * k * cycles) / k for k in range(1, 10)).astype(np.float32)
    middle = n_frames(len(t)) // 2
    found, flat = delivery(lively)[middle], delivery(_harmonics(200, 6.0, 3.0))[middle]
    assert found[0] / 2 == pytest.approx(np.log2(200 / 150), abs=0.03)
    assert found[1] / 5 == pytest.approx(0.3 / np.sqrt(2), abs=0.03)
    assert flat[1] / 5 < 0.02
    assert found[7] > 5 * flat[7]


def test_timbre_does_not_hear_the_level() -> None:
    samples = _syllables(2, RATE, 6).astype(np.float32)
    assert timbre(samples).shape == (n_frames(len(samples)), 39)
    assert np.allclose(timbre(samples), timbre(samples * np.float32(0.1)), atol=0.05)


def test_distortion_moves_nothing_in_time() -> None:
    crops = np.zeros((24, RATE), dtype=np.float32)
    crops[:, 8_000] = 1
    found = distort(crops, np.random.default_rng(0))
    assert found.shape == crops.shape
    assert np.isfinite(found).all()
    assert len(np.unique(found, axis=0)) > 1
    peaks = np.abs(found).argmax(axis=1)
    assert np.mean(np.abs(peaks - 8_000) <= 8) > 0.9  # a room's loudest echo may outshout it


def test_targets_stand_beside_their_frames(speech: Path, tmp_path: Path) -> None:
    found = _shelves(speech, tmp_path)
    counted = [np.arange(len(shelf.samples) // HOP, dtype=np.uint16) for shelf in found]
    course = Course(found, [counted], seed=0, batch_s=6.0)
    (batch,) = [batch for batch, _ in zip(course.held_out(3.0), range(1), strict=False)]
    kept = found[-1]
    at = int(batch.targets[0][0, 0])
    crop = kept.samples[at * HOP : at * HOP + batch.samples.shape[1]]
    assert np.corrcoef(crop, batch.samples[0])[0, 1] > 0.9999
    assert batch.masked.shape[1] == n_frames(batch.samples.shape[1])


def test_a_training_that_was_stopped_ends_as_one_that_was_not(speech: Path, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    works = tmp_path / "unbroken", tmp_path / "stopped"
    for work in works:
        work.mkdir()
    assert train(PLAN, _shelves(speech, works[0]), works[0])
    calls = 0
    while not train(PLAN, _shelves(speech, works[1]), works[1], lambda done: done >= 2):
        calls += 1
    assert calls >= 2
    for name in ("stage1", "stage2-*", "stage3-*"):
        (one,), (other,) = (list(work.glob(f"{name}/curve.jsonl")) for work in works)
        rows = [json.loads(line) for line in one.read_text().splitlines()]
        assert [row["step"] for row in rows] == [2, 3]
        assert rows[1]["hours"] > rows[0]["hours"] > 0
        assert one.read_text() == other.read_text()
    exported = [tmp_path / f"{work.name}-export" for work in works]
    for work, folder in zip(works, exported, strict=True):
        (work / "speech.json").write_text("[]")
        export(work, folder, "Hummed syllables, by nobody.\n", "cc0-1.0")
    _loads(exported[0])
    weights = [(folder / "model.safetensors").read_bytes() for folder in exported]
    assert weights[0] == weights[1]
    card = (exported[0] / "README.md").read_text()
    assert hashlib.sha256(weights[0]).hexdigest() in card
    assert "by nobody" in card
    together = tmp_path / "together"
    together.mkdir()
    assert train(replace(PLAN, steps=(3,)), _shelves(speech, together), together, processes=2)
    rows, others = (json.loads((work / "stage1" / "curve.jsonl").read_text().splitlines()[-1]) for work in (works[0], together))
    for name in rows:
        assert others[name] == pytest.approx(rows[name], rel=1e-4)
    with pytest.raises(RequestError, match=r"other settings \(peak\)"):
        train(replace(PLAN, peak=(3e-3, *PLAN.peak[1:])), _shelves(speech, works[0]), works[0])
    with pytest.raises(RequestError, match=r"other settings \(speech\)"):
        train(PLAN, shelves([speech], ["*/stereo.wav"], works[0]), works[0])
    assert train(replace(PLAN, steps=(4,)), _shelves(speech, works[0]), works[0])
    export(works[0], exported[0], "Hummed syllables, by nobody.\n", "cc0-1.0")
    assert "1. 8 of timbre, 6 of melody: 4 steps" in (card := (exported[0] / "README.md").read_text())
    assert "2. 8 of own" not in card  # it started from what stage 1 no longer is
    with pytest.raises(ValueError, match="3 processes"):
        train(PLAN, _shelves(speech, works[0]), works[0], processes=3)


def test_the_death_of_one_process_ends_the_work_of_all() -> None:
    with pytest.raises(BenchError, match="ended too early"), assembled(2, 8, int) as team:  # int(team) is an error there
        team.agree(False)


def test_the_command_stops_in_time_goes_on_and_refuses_in_a_sentence(
    speech: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--speech", str(speech), "--held-out", "*/kept.wav", "--work", str(tmp_path / "work"), "--processes", "1"]
    assert train_main([*told, "--minutes", "0", "--steps", "2", "1", "1", "1"]) == 0
    (state,) = [vars(load_state(folder)) for folder in stages(tmp_path / "work")]
    assert (state["step"], state["total"], state["by"]) == (1, 2, "one process of one thread")
    assert sum(row["hours"] for row in json.loads((tmp_path / "work" / "speech.json").read_text())) > 0
    (tmp_path / "sources.md").write_text("Hummed syllables.\n")
    given = [str(tmp_path / "work"), str(tmp_path / "out"), "--licence", "cc0-1.0", "--sources"]
    assert export_main([*given, str(tmp_path / "sources.md")]) == 0
    assert "1 of 2 steps" in (tmp_path / "out" / "README.md").read_text()
    for wrong, code, words in (
        ([*told, "--steps", "0", "1", "1", "1"], 2, "'0' is not a number of steps; give 1 or more"),
        ([*told, "--seed", "-1"], 2, "--seed is -1; give 0 to 4294967295"),
        ([*told, "--seed", "4294967296"], 2, "--seed is 4294967296; give 0 to 4294967295"),
        ([*told, "--seed", "1", "--steps", "1", "1", "1", "1"], 2, "other settings (seed)"),
        ([*told, "--held-out", "*/stereo.wav"], 2, "other settings (speech)"),
        ([*told, "--speech", str(tmp_path / "nowhere")], 2, "is not a folder"),
    ):
        kept = _files(tmp_path / "work")
        with pytest.raises(SystemExit) as ended:
            train_main(wrong)
        assert ended.value.code == code
        assert words in capsys.readouterr().err
        changed = {path for path, content in _files(tmp_path / "work").items() if kept.get(path) != content}
        assert {path.suffix for path in changed} <= {".i16", ".json"}  # speech that was new, but no clusters of it
        assert not [path for path in changed if path.name == "speech.json" or path.name.startswith("centres")]
    for wrong, code, words in (
        ([*given, str(tmp_path / "nowhere.md")], 1, "nowhere.md"),
        ([str(tmp_path), *given[1:], str(tmp_path / "sources.md")], 2, "Nothing was trained"),
    ):
        with pytest.raises(SystemExit) as ended:
            export_main(wrong)
        assert ended.value.code == code
        assert words in capsys.readouterr().err


def test_a_stage_is_added_to_a_finished_checkpoint(speech: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nano, work, out = locate("nano"), tmp_path / "work", tmp_path / "out"
    told = ["--speech", str(speech), "--held-out", "*/kept.wav", "--work", str(work), "--processes", "1", "--one-speed"]
    assert train_main([*told, "--start", str(nano), "--steps", "1"]) == 0
    (state,) = [load_state(folder) for folder in stages(work)]
    assert list(state.settings["kinds"]) == ["own", "melody", "voice", "delivery"]
    assert len(list((work / "speech").glob("*.i16"))) == 2
    (tmp_path / "sources.md").write_text("Hummed syllables.\n")
    assert export_main([str(work), str(out), "--licence", "cc0-1.0", "--sources", str(tmp_path / "sources.md")]) == 0
    before, after = (load_file(folder / "model.safetensors") for folder in (nano, out))
    assert before.keys() == after.keys()
    apart = torch.cat([(before[name].float() - after[name].float()).abs().flatten() for name in before])
    assert 0 < apart.mean() < 2e-4  # one step of a rate that has only begun to rise
    card, earlier = (folder.joinpath("README.md").read_text() for folder in (out, nano))
    assert "from the checkpoint that is described at the end" in card
    assert "speeds" not in card.split("## The checkpoint it started from")[0]
    assert re.findall(r"`(\w{64})`", card) == [
        hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest(),
        *re.findall(r"`(\w{64})`", earlier),
    ]
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    save_file({"weight": torch.zeros(3)}, wrong / "model.safetensors")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.safetensors").write_bytes((nano / "model.safetensors").read_bytes()[:10_000])
    for given, words in (
        (["--start", str(broken)], "model.safetensors cannot be read"),
        (["--start", str(nano)], "other settings (speech)"),
        (["--start", str(nano), "--steps", "1", "1"], "--steps has 2 numbers; give 4, or one with --start"),
        (["--start", str(tmp_path)], "holds no model.safetensors"),
        (["--start", str(wrong)], "is not of the shape of nano"),
        ([], "other settings (peak, speech, kinds, start)"),
    ):
        with pytest.raises(SystemExit) as ended:
            train_main([*told[:-1], *given])
        assert ended.value.code == 2
        assert words in capsys.readouterr().err


def test_synthetic_speech_is_the_same_again_and_kept(tmp_path: Path) -> None:
    pytest.importorskip("espeakng_loader")
    folders = tmp_path / "one", tmp_path / "other"
    for folder in folders:
        assert synthesis_main([str(folder), "--hours", "0.02", "--seed", "3"]) == 0
    first, other = ({path.relative_to(folder): path for path in folder.rglob("*.wav")} for folder in folders)
    assert first.keys() == other.keys()
    assert len(first) >= 2
    for name, path in first.items():
        samples, _ = soundfile.read(path)
        assert samples.std() > 1e-4
        assert np.array_equal(soundfile.read(other[name])[0], samples)
    before = {path: path.stat().st_mtime_ns for path in first.values()}
    assert synthesis_main([str(folders[0]), "--hours", "0.02", "--seed", "3"]) == 0
    assert {path: path.stat().st_mtime_ns for path in folders[0].rglob("*.wav")} == before


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_speech_too_short_for_the_clusters_is_refused_before_anything_is_learned(speech: Path, tmp_path: Path) -> None:
    many = replace(PLAN, clusters=(*PLAN.clusters[:-1], ("own", 5_000)))
    with pytest.raises(RequestError, match=r"gives \d+ frames for clusters, and up to 5000 clusters"):
        train(many, _shelves(speech, tmp_path), tmp_path)
    assert not stages(tmp_path)


def _loads(folder: Path) -> None:
    import transformers

    model, report = transformers.Wav2Vec2Model.from_pretrained(folder, output_loading_info=True)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert model.dtype == torch.float32
    extractor = transformers.AutoFeatureExtractor.from_pretrained(folder)
    assert extractor.do_normalize
    values = extractor(np.ones(16_000, dtype=np.float32), sampling_rate=16_000, return_tensors="pt")
    assert model(values.input_values, output_hidden_states=True).last_hidden_state.shape == (1, 49, 32)


def test_the_encoder_fits_into_eight_megabytes() -> None:
    from recipes.nano.model import Nano

    n_parameters = sum(parameter.numel() for parameter in Nano(CONFIG, [2]).encoder.parameters())
    assert 3_000_000 <= n_parameters <= 3_990_000
