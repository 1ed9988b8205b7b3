"""A layer beside other columns is chosen beside them, in the folds of a board as by the rater of its row."""

import json

import numpy as np
import pytest
import soundfile

import bench
from bench.runs.keep import kept

PLUGIN = """
import numpy as np
import bench


def loudness(samples):
    return float(np.log(np.mean(samples**2)))


class Front(bench.FeatureSet):
    name = "front_half"
    version = "1"
    columns = ("loudness",)

    def extract(self, wave):
        return np.float32([loudness(wave.samples[:2400])])


class Halves(bench.FeatureSet):
    name = "halves"
    version = "1"
    columns = ("loudness",)
    layers = (0, 1)

    def extract(self, wave):
        return np.float32([[loudness(wave.samples[:2400])], [loudness(wave.samples[2400:])]])
"""
CORPUS = """
name = "tiny"
manifest = "clips.csv"
about = "Noise, loud or soft in each half."
[targets.kss]
column = "kss"
kind = "measured"
about = "A number."
scale = [1, 9]
unit = "KSS"
levels = ["alert", "sleepy"]
cuts = [5]
"""


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    """The first half of each recording tells more of its score than the second; layer 0 hears the first, layer 1 the second."""
    folder = tmp_path_factory.mktemp("halves")
    rng = np.random.default_rng(0)
    rows = ["id,path,speaker,kss"]
    for clip in range(72):
        first, second = rng.normal(size=2)
        kss = np.clip(5 + 1.6 * first + 1.1 * second, 1, 9)
        samples = 0.05 * rng.standard_normal(4800) * np.exp(0.3 * np.repeat([first, second], 2400))
        soundfile.write(folder / f"{clip}.wav", samples, 16_000, subtype="FLOAT")
        rows.append(f"{clip},{clip}.wav,s{clip % 6},{kss:.2f}")
    (folder / "clips.csv").write_text("\n".join(rows) + "\n")
    (folder / "corpus.toml").write_text(CORPUS)
    (folder / "halves.py").write_text(PLUGIN)
    places = {"reports": folder / "reports", "cache": folder / "cache", "jobs": 1}
    board = bench.run(
        corpora={"folder": folder},
        tasks=["tiny/kss/score"],
        plugin=[folder / "halves.py"],
        features=["front_half+halves", "mean[front_half+halves]", "halves"],
        models=["linear"],
        **places,
    )
    return folder, places, board


def test_beside_other_columns_a_layer_is_chosen_that_adds_to_them(halves):
    folder, _, _ = halves
    records = map(json.loads, (folder / "reports" / "ledger.jsonl").read_text().splitlines())
    layers = {
        record["feature_set"]: [own.get("layers", [own.get("layer")]) for own in record["chosen"]]
        for record in records
        if record["kind"] == "result" and record["feature_set"] != "halves@1" and record["layer"] in ("", "best")
    }
    assert layers["front_half+halves@best"] == [[None, 1]] * 6
    assert layers["mean[front_half+halves@best]"] == [[None, 0]] * 6  # each part has a model of its own
    assert layers["halves"] == [[0]] * 6


def test_the_rater_chooses_as_the_folds_do(halves):
    folder, places, board = halves
    (task,) = board.tasks
    rows = [row for row in task.rows if not row.baseline]
    assert rows[0].feature_set == "front_half+halves@best"
    bench.rate(folder / "0.wav", row=1, **places)
    rater = kept(rows[0].fingerprint, folder / "reports")
    assert [view.layer for view in rater.views] == ["", "1"]
