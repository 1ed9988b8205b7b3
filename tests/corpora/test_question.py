"""What columns of labels ask."""

import pytest

from bench.base.error import RequestError
from bench.corpora.proxy import VARIANTS, proxy_labels
from bench.corpora.question import MOST_LEVELS, Column, ask, label_kind
from bench.corpora.scale import SCALES


def column(*cells, **more):
    return Column("a label", "the column 'a label'", cells, **more)


def test_the_kind_must_be_said():
    assert label_kind("audformat", "measured") == "measured"
    with pytest.raises(
        RequestError, match=r"no file says(.|\n)*measured \(.*proxy \(.*acted \(.*synthetic \(.*audformat\[kind=\.\.\.\]"
    ):
        label_kind("audformat", "")
    with pytest.raises(RequestError, match="got the kind 'real'"):
        label_kind("audformat", "real")


def test_names_of_levels():
    question = ask(column("late", "early", "", "late"), "measured")
    (target,) = question.targets
    assert (target.name, target.kind, target.levels, target.ordinal) == ("a-label", "measured", ("early", "late"), False)
    assert target.about == "The column 'a label'."
    assert question.labels == ({"a-label": "late"}, {"a-label": "early"}, {}, {"a-label": "late"})
    assert question.notes == ()


def test_levels_that_are_listed_keep_their_order_and_others_are_counted():
    question = ask(column("late", "soon", "early", "never", levels=("late", "early", "mid"), about="When"), "measured")
    assert question.targets[0].levels == ("late", "early")
    assert question.targets[0].about == "The column 'a label'. When."
    assert question.labels == ({"a-label": "late"}, {}, {"a-label": "early"}, {})
    assert question.notes == (
        "2 labels in the column 'a label' are none of its levels (the first: 'soon'); their clips have no label.",
    )


@pytest.mark.parametrize("words", [("anger", "sadness", "neutral"), ("Angry", "sad", "NEUTRAL")])
def test_emotions_bring_the_proxies(words):
    question = ask(column(*words, "other", ""), "acted")
    assert [target.name for target in question.targets] == ["a-label", *VARIANTS]
    assert question.labels[0] == {"a-label": words[0], **proxy_labels("anger")}
    assert question.labels[1] == {"a-label": words[1], **proxy_labels("sadness")}
    assert question.labels[2] == {"a-label": words[2], **proxy_labels("neutral")}
    assert question.labels[3:] == ({"a-label": "other"}, {})
    assert question.notes == ("No norms know other: these clips have no fatigue proxy.",)
    assert {target.kind for target in question.targets[1:]} == {"proxy"}
    assert "an acted emotion" in question.targets[1].about
    assert "the emotion in the column 'a label'" in ask(column(*words), "measured").targets[1].about


@pytest.mark.parametrize("words", [("awake", "sleepy"), ("neutral", "sleepy", "calm"), ("neutral", "anger"), ("a", "b")])
def test_other_words_bring_none(words):
    assert [target.name for target in ask(column(*words), "measured").targets] == ["a-label"]


def test_numbers_need_a_scale():
    with pytest.raises(RequestError, match=r"The column 'a label' holds numbers.*kss, kss-10.*LOW-HIGH.*scale=levels"):
        ask(column("1", "2.5", ""), "measured")
    question = ask(column("1", "2.5", "", "7", "x", bounds=(1, 5)), "measured")
    assert question.targets[0].scale == (1, 5)
    assert question.targets[0].levels == ()
    assert question.labels == ({"a-label": 1.0}, {"a-label": 2.5}, {}, {}, {})
    assert "2 labels" in question.notes[0]
    assert "no number from 1 to 5 (the first: '7')" in question.notes[0]


def test_a_scale_that_is_given_goes_first():
    assert ask(column("1", "2", bounds=(1, 5)), "measured", "0-10").targets[0].scale == (0, 10)
    assert ask(column("-0.5", "1"), "measured", "-1-1").targets[0].scale == (-1, 1)
    assert ask(column("1", "2", levels=("1", "2")), "measured", "1-7").labels[0] == {"a-label": 1.0}
    target = ask(column("1", "9"), "measured", "kss").targets[0]
    kss = SCALES["kss"]
    assert (target.scale, target.unit, target.levels, target.cuts) == (kss.bounds, kss.unit, kss.levels, kss.cuts)
    assert target.about.startswith("Karolinska")


def test_numbers_that_are_names():
    target = ask(column("10", "2", "0"), "measured", "levels").targets[0]
    assert (target.levels, target.ordinal) == (("0", "2", "10"), True)
    target = ask(column("2", "1", levels=("1", "2", "3"), numeric=True), "measured").targets[0]
    assert (target.levels, target.ordinal) == (("1", "2"), True)


@pytest.mark.parametrize(
    ("cells", "scale", "said"),
    [
        ([], "", "is empty. Expected are two levels"),
        (["", ""], "", "is empty. Expected are two levels"),
        (["a", "a"], "", "holds 'a'. Expected are two levels"),
        (["a", "b"], "1-7", "holds 'a', 'b'. Expected are numbers from 1 to 7"),
        (["", ""], "kss", "is empty. Expected are numbers from 1 to 9"),
        (["1"], "7-1", "ends at or below its start"),
        (["1"], "karolinska", "No scale is called 'karolinska'"),
        ([f"row {n}" for n in range(MOST_LEVELS + 1)], "", "51 different values.*at most 50 levels"),
    ],
)
def test_columns_that_ask_nothing(cells, scale, said):
    with pytest.raises(RequestError, match=said):
        ask(column(*cells), "measured", scale)
