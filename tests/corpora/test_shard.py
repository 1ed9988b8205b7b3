"""Which tables a data set has, in the layouts that the library and the hub know."""

import json

import pytest

from bench.base.error import RequestError
from bench.corpora.shard import find_shards
from tests.layouts.huggingface import write_huggingface


def put(folder, *places):
    for place in places:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def found(folder, config=""):
    return {shard.path.relative_to(folder).as_posix(): shard.split for shard in find_shards(folder, config).shards}


def card(folder, front, text=""):
    (folder / "README.md").write_text(f"---\n{front}---\n{text}")


def saved(folder, split="", files=("data-00000-of-00001.arrow",)):
    (folder / split).mkdir(parents=True, exist_ok=True)
    (folder / split / "state.json").write_text(json.dumps({"_data_files": [{"filename": name} for name in files]}))
    (folder / split / "dataset_info.json").write_text(json.dumps({"description": "Moods.", "license": "CC0", "citation": ""}))
    return folder


def test_a_layout_of_the_hub(tmp_path):
    shards = find_shards(write_huggingface(tmp_path))
    assert [(shard.path.name, shard.split) for shard in shards.shards] == [
        ("train-00000-of-00001.parquet", "train"),
        ("validation-00000-of-00001.parquet", "validation"),
    ]
    assert shards.facts == {
        "about": "Three people act three moods.",
        "licence": "cc-by-4.0",
        "size": "train 12, validation 6",
    }


def test_what_save_to_disk_writes(tmp_path):
    assert found(saved(tmp_path / "one")) == {"data-00000-of-00001.arrow": ""}
    both = saved(saved(tmp_path / "both", "train"), "test", ["a.arrow", "b.arrow"])
    (both / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    assert found(both) == {"train/data-00000-of-00001.arrow": "train", "test/a.arrow": "test", "test/b.arrow": "test"}
    assert find_shards(both).facts == {"about": "Moods.", "licence": "CC0"}


def test_what_the_library_saves(tmp_path):
    datasets = pytest.importorskip("datasets", reason="the extra [huggingface] is not installed")
    datasets.disable_progress_bars()
    rows = datasets.Dataset.from_dict({"file": ["a.wav", "b.wav"], "kss": [1, 2]})
    rows.save_to_disk(str(tmp_path / "one"), num_shards=2)
    datasets.DatasetDict({"train": rows, "test": rows}).save_to_disk(str(tmp_path / "both"))
    assert list(found(tmp_path / "one").values()) == ["", ""]
    assert sorted(found(tmp_path / "both").values()) == ["test", "train"]


@pytest.mark.parametrize(
    ("places", "shards"),
    [
        (["train.parquet", "test.parquet"], {"train.parquet": "train", "test.parquet": "test"}),
        (["data/train.clean-00000-of-00001.parquet"], {"data/train.clean-00000-of-00001.parquet": "train"}),
        (["data/night-00000-of-00001.parquet"], {"data/night-00000-of-00001.parquet": "night"}),
        (["part.parquet", "rows.csv"], {"part.parquet": ""}),
        (["metadata.csv", "a.wav", "other.parquet"], {"metadata.csv": ""}),
        (["dev/metadata.jsonl", "train/metadata.jsonl"], {"dev/metadata.jsonl": "validation", "train/metadata.jsonl": "train"}),
        (["rows.tsv"], {"rows.tsv": ""}),
        ([".cache/x.parquet", "a.parquet"], {"a.parquet": ""}),
    ],
)
def test_layouts_without_a_card(tmp_path, places, shards):
    assert found(put(tmp_path, *places)) == shards


def test_the_card_says_which_tables_and_splits(tmp_path):
    put(tmp_path, "de/one.parquet", "de/two.parquet", "en/one.parquet", "en/deep/two.parquet")
    forms = """\
configs:
- {config_name: dict, data_files: {train: de/one.parquet, test: [de/t*.parquet]}}
- {config_name: list, data_files: [{split: night, path: "en/**"}]}
- {config_name: text, data_files: "*/one.parquet"}
- {config_name: dir, data_dir: en}
"""
    card(tmp_path, forms)
    assert found(tmp_path, "dict") == {"de/one.parquet": "train", "de/two.parquet": "test"}
    assert found(tmp_path, "list") == {"en/deep/two.parquet": "night", "en/one.parquet": "night"}
    assert found(tmp_path, "text") == {"de/one.parquet": "", "en/one.parquet": ""}
    assert found(tmp_path, "dir") == {"en/deep/two.parquet": "", "en/one.parquet": ""}
    with pytest.raises(RequestError, match=r"4 configs: dict, dir, list, text\. Expected is one\. Write `config=NAME`"):
        find_shards(tmp_path)
    with pytest.raises(RequestError, match=r"No config of .* is called 'fr'"):
        find_shards(tmp_path, "fr")


def test_the_hub_keeps_its_parquet_form_in_a_folder_each_config(tmp_path):
    put(tmp_path, "de/train/0000.parquet", "en/train/0000.parquet", "en/train/0001.parquet")
    assert found(tmp_path, "de") == {"de/train/0000.parquet": "train"}
    with pytest.raises(RequestError, match=r"2 configs: de, en\. Expected is one\. Write `config=NAME`"):
        find_shards(tmp_path)


def test_nothing_is_followed_out_of_the_folder(tmp_path):
    outside = put(tmp_path / "outside", "secret.parquet")
    inside = put(tmp_path / "inside", "a.parquet")
    card(inside, "configs: [{config_name: default, data_files: ['../outside/*.parquet', 'a.parquet', '/etc/passwd']}]\n")
    (inside / "link.parquet").symlink_to(outside / "secret.parquet")
    (inside / "linked").symlink_to(outside)
    assert found(inside) == {"a.parquet": ""}
    for file, why in (("../outside/secret.parquet", r"has '\.\.'"), ("/etc/passwd", "is absolute")):
        state = saved(tmp_path / why[:2], files=[file])
        with pytest.raises(RequestError, match=rf"state\.json' is not followed: .*{why}"):
            find_shards(state)
    both = saved(tmp_path / "both", "train")
    (both / "dataset_dict.json").write_text('{"splits": ["../outside"]}')
    with pytest.raises(RequestError, match=r"dataset_dict\.json' is not followed: .*has '\.\.'"):
        find_shards(both)


def test_wrong_folders(tmp_path):
    with pytest.raises(RequestError, match=r"nowhere' does not exist\. Expected is a `datasets` data set: .*save_to_disk"):
        find_shards(tmp_path / "nowhere")
    with pytest.raises(RequestError, match=r"holds nothing\. Expected is a `datasets` data set"):
        find_shards(tmp_path)
    put(tmp_path, "a.txt", "sub/b.wav")
    with pytest.raises(RequestError, match=r"holds a\.txt, sub/\. Expected"):
        find_shards(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"_data_files": 5}'])
def test_states_that_cannot_be_read(tmp_path, text):
    saved(tmp_path)
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(RequestError, match=r"state\.json.*Save the data set again"):
        find_shards(tmp_path)


def test_splits_that_are_no_list(tmp_path):
    (tmp_path / "dataset_dict.json").write_text('{"splits": "train"}')
    with pytest.raises(RequestError, match=r"dataset_dict\.json' has 'train' as 'splits', and a list is expected"):
        find_shards(tmp_path)


def test_cards_of_all_kinds(tmp_path):
    put(tmp_path, "a.parquet")
    card(tmp_path, "license: [mit, cc0-1.0]\n", "# Title\n\n![badge](x)\n\nThe first\nparagraph.\n\nThe second.\n")
    assert find_shards(tmp_path).facts == {"about": "The first paragraph.", "licence": "mit, cc0-1.0"}
    (tmp_path / "README.md").write_text("Only words.\n")
    assert find_shards(tmp_path).facts == {"about": "Only words."}
    card(tmp_path, "license: [\n")
    with pytest.raises(RequestError, match=r"head of .*README\.md' cannot be read as YAML"):
        find_shards(tmp_path)
    card(tmp_path, "x: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(RequestError, match="could not determine a constructor"):
        find_shards(tmp_path)
