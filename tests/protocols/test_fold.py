"""Folds as data: written, read back, hashed, and refused where they are wrong."""

import json

import pytest

from bench.base.error import RequestError
from bench.protocols.fold import Fold, check_folds, folds_as_json, folds_from_json, folds_hash, read_folds

FOLDS = (Fold("1", ("a", "b"), ("c", "d")), Fold("2", ("c", "d"), ("a", "b")))


def test_json_gives_the_same_folds_back(tmp_path):
    path = tmp_path / "folds.json"
    path.write_text(json.dumps({"task": "x/y", **folds_as_json(FOLDS)}))
    assert read_folds(path) == FOLDS


def test_hash_is_of_what_is_held_out_and_of_nothing_else():
    reordered = [Fold("other", ("d", "c"), ("b", "a")), Fold("one", ("b", "a"), ("c", "d"))]
    assert folds_hash(reordered) == folds_hash(FOLDS)
    assert folds_hash([FOLDS[0]]) != folds_hash(FOLDS)
    assert folds_hash([Fold("1", ("a", "c"), ("b", "d")), FOLDS[1]]) != folds_hash(FOLDS)
    assert folds_hash([Fold("1", FOLDS[0].test, FOLDS[0].train)]) != folds_hash([FOLDS[0]])


def test_a_changed_list_is_noticed():
    value = folds_as_json(FOLDS)
    value["folds"][0]["train"].append("e")
    with pytest.raises(RequestError, match="were changed after they were written"):
        folds_from_json(value)
    del value["hash"]
    assert folds_from_json(value)[0].train == ("a", "b", "e")


@pytest.mark.parametrize(
    ("train", "test", "message"),
    [
        ((), ("a",), "no train clip"),
        (("a",), (), "no test clip"),
        (("a", "b"), ("b",), "'b' more than once"),
        (("a", "a"), ("b",), "'a' more than once"),
    ],
)
def test_a_fold_that_cannot_be(train, test, message):
    with pytest.raises(RequestError, match=message):
        Fold("1", train, test)


@pytest.mark.parametrize(
    ("folds", "message"),
    [
        ((), "empty"),
        ((Fold("1", ("a",), ("b",)), Fold("1", ("b",), ("a",))), "called '1'"),
        ((Fold("1", ("a",), ("b",)), Fold("2", ("c",), ("b",))), "'b' is tested in several folds"),
    ],
)
def test_folds_that_do_not_go_together(folds, message):
    with pytest.raises(RequestError, match=message):
        check_folds(folds)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "no list of folds"),
        ('{"format": 2, "folds": []}', "no list of folds of format 1"),
        ('{"folds": [{"name": "1", "train": ["a"], "test": "b"}]}', "Entry 1"),
        ('{"folds": [{"name": 1, "train": ["a"], "test": ["b"]}]}', "Entry 1"),
        ('{"folds": ["a"]}', "Entry 1"),
        ('{"folds": []}', "empty"),
    ],
)
def test_files_of_another_form(tmp_path, text, message):
    path = tmp_path / "folds.json"
    path.write_text(text)
    with pytest.raises(RequestError, match=message):
        read_folds(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(RequestError, match=r"nothing\.json.*cannot be read"):
        read_folds(tmp_path / "nothing.json")


def test_devel_clips_are_a_part_of_the_training_side():
    fold = Fold("1", ("a", "b", "c"), ("d",), ("c",))
    assert folds_from_json(json.loads(json.dumps(folds_as_json([fold])))) == (fold,)
    assert folds_hash([fold]) != folds_hash([Fold("1", ("a", "b", "c"), ("d",))])
    for devel in (("d",), ("x",), ("a", "a"), ("a", "b", "c")):
        with pytest.raises(RequestError, match="Devel clips are a part of the training side"):
            Fold("1", ("a", "b", "c"), ("d",), devel)
