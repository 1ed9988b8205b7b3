"""Which tables belong to a config, in the layouts that the hub knows."""

import pytest

from bench.base.error import RequestError
from bench.corpora.config import config_tables


def found(tmp_path, entries, places, config=""):
    return config_tables(tmp_path / "README.md", entries, config, places)


@pytest.mark.parametrize(
    ("data_files", "tables"),
    [
        ("part-[ab].csv", {"part-a.csv": "", "part-b.csv": ""}),
        ("part-[!ab].csv", {"part-c.csv": ""}),
        ({"train": "part-[0-9][0-9]*"}, {"part-01-of-02.csv": "train"}),
        ("deep[/]a.csv", None),  # a bracket does not leave its folder either
        ("part-[z-a].csv", None),
        ("part-{a,b}.csv", {"part-{a,b}.csv": ""}),  # the hub's library knows no braces
        ("part-[].csv", {"part-[].csv": ""}),
        (
            [{"split": "test", "path": ["./deep/*", "part-?.csv"]}, {"split": "none"}],
            {"deep/a.csv": "test", "part-a.csv": "test", "part-b.csv": "test", "part-c.csv": "test"},
        ),
    ],
)
def test_patterns(tmp_path, data_files, tables):
    places = ["part-a.csv", "part-b.csv", "part-c.csv", "part-01-of-02.csv", "deep/a.csv", "part-{a,b}.csv", "part-[].csv"]
    entries = [{"config_name": "default", "data_files": data_files}]
    if tables is None:
        with pytest.raises(RequestError, match="where there is no table"):
            found(tmp_path, entries, places)
    else:
        assert found(tmp_path, entries, places) == tables


def test_a_config_without_a_table(tmp_path):
    entries = [
        {"config_name": "de", "data_files": [{"split": "train", "path": "de/*.parquet"}]},
        {"config_name": "fr", "data_files": {"train": "fr/a.parquet", "test": "fr/b.parquet"}},
        {"config_name": "it", "data_dir": "it/"},
        {"config_name": "es", "data_dir": "./es", "data_files": "**"},
    ]
    places = ["de/0.parquet", "en/0.parquet", "README.md", "es/0.csv"]
    assert found(tmp_path, entries, places, "de") == {"de/0.parquet": "train"}
    assert found(tmp_path, entries, places, "es") == {"es/0.csv": ""}
    with pytest.raises(RequestError) as caught:
        found(tmp_path, entries, places, "fr")
    assert str(caught.value) == (
        f"{str(tmp_path / 'README.md')!r} says that the config 'fr' lies in 'fr/a.parquet', 'fr/b.parquet', where there is no "
        "table. Expected is one of those that are here: de/0.parquet, en/0.parquet, es/0.csv. Correct the card, or fetch what "
        "is missing."
    )
    with pytest.raises(RequestError, match=r"the config 'it' lies in 'it/', where there is no table"):
        found(tmp_path, entries, places, "it")
    with pytest.raises(RequestError, match="the config 'fr' lies in"):  # the only one, too
        found(tmp_path, entries[1:2], places)


@pytest.mark.parametrize(
    ("entry", "places"),
    [
        ({"data_files": "data/*.wav"}, ["data/a.wav", "metadata.csv"]),
        ({"data_files": "data/*"}, ["data/b.WAV", "labels.csv"]),
        ({"data_files": {"train": "data/train.tar.gz"}}, ["data/train/a.wav", "data/train/metadata.csv"]),  # unpacked by hand
        ({"data_dir": "wav"}, ["wav/a.wav", "metadata.csv"]),
        ({}, ["a.csv"]),
        ({"data_files": "*.parquet"}, ["a.wav"]),  # nothing at all, which is said elsewhere
    ],
)
def test_the_only_config_may_name_recordings(tmp_path, entry, places):
    assert found(tmp_path, [{"config_name": "all", **entry}], places) == {}


def test_configs_of_recordings(tmp_path):
    entries = [{"config_name": name, "data_files": {"train": f"{name}/wav/*.wav"}} for name in ("de", "en", "fr")]
    places = ["de/wav/a.wav", "de/metadata.csv", "en/wav/b.wav", "en/metadata.csv", "fr/wav/c.wav", "metadata.csv"]
    assert found(tmp_path, entries, places, "de") == {"de/metadata.csv": ""}
    # The outer table is one of all three.
    with pytest.raises(RequestError, match=r"the config 'fr' lies in 'fr/wav/\*\.wav', where there is no table"):
        found(tmp_path, entries, places, "fr")


def test_the_parquet_form_of_the_hub(tmp_path):
    places = ["de/partial-train/0000.parquet", "de/dev/0000.parquet", "en/night/0000.parquet", "en/night/0001.parquet"]
    assert found(tmp_path, [], places, "de") == {places[0]: "train", places[1]: "validation"}
    assert found(tmp_path, [], places, "en") == {places[2]: "night", places[3]: "night"}
    with pytest.raises(RequestError, match=r"has 2 configs: de, en\. Expected is one\. Write `config=NAME`"):
        found(tmp_path, [], places)
    with pytest.raises(RequestError, match=r"No config of .* is called 'fr'.*Known are: de, en"):
        found(tmp_path, [], places, "fr")
    assert found(tmp_path, [], [*places, "default/train/0000.parquet"]) == {"default/train/0000.parquet": "train"}
    assert found(tmp_path, [], ["test-set/train/0000.parquet"]) == {"test-set/train/0000.parquet": "train"}


@pytest.mark.parametrize(
    "places",
    [
        ["train/x.parquet", "test/x.parquet"],
        ["data/train-00000-of-00001.parquet"],
        ["train/de/0000.parquet", "test/de/0000.parquet"],
        ["de/train/0000.parquet", "en/train/0000.parquet", "rest.parquet"],
        ["de/train/0000.parquet", "en/train/0000.parquet", "metadata.csv"],
        ["de/train/0000.csv", "en/train/0000.csv"],
        [],
    ],
)
def test_other_layouts_have_no_configs(tmp_path, places):
    assert found(tmp_path, [], places) == {}
    with pytest.raises(RequestError, match=r"No config of .* is called 'de'"):
        found(tmp_path, [], places, "de")
