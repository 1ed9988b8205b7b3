"""The text files of IEMOCAP's raters, as they are and as they are found."""

import pytest

from bench.corpora.evaluation import Opinions, TurnName, read_evaluation

PUBLISHED = b"""% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]

[140.2250 - 145.6000]\tSes01F_impro05_F019\tang\t[1.5000, 4.0000, 4.5000]
C-E1:\tAnger;\t()
C-E3:\tAnger; Frustration;\t()
C-E4:\tFrustration;\t(C-E2: no)
C-F1:\tSadness;\t()
A-E3:\tval 2; act 4; dom  4;\t()
A-E4:\tval 1; act 4; dom  5;\t(act 1)
A-F1:\tval 5; act 1; dom  1;\t()

[7.0000 - 9.5000]\tSes01F_impro05_M020\txxx\t[2.6667, 3.0000, 0.5000]
C-E1:\t;\t()
C-E2:\tNeutral;\t()
A-E1:\tval ; act ; dom  ;\t()
A-E2:\tval 3; act ; dom  2;\t()
"""


def put(tmp_path, content):
    path = tmp_path / "Ses01F_impro05.txt"
    path.write_bytes(content)
    return path


def test_the_published_form(tmp_path):
    evaluation = read_evaluation(put(tmp_path, PUBLISHED))
    first, second = evaluation.turns
    assert (first.id, first.category, first.line) == ("Ses01F_impro05_F019", "ang", 3)
    assert (first.start_s, first.end_s) == (140.225, 145.6)
    assert first.ratings == {"valence": 1.5, "activation": 4.0, "dominance": 4.5}
    assert first.opinions.named == {"E1": {"ang"}, "E3": {"ang", "fru"}, "E4": {"fru"}}
    assert first.opinions.rated == {
        "E3": {"valence": 2, "activation": 4, "dominance": 4},
        "E4": {"valence": 1, "activation": 4, "dominance": 5},
    }
    assert second.name.talker == "Ses01M"
    assert second.ratings["dominance"] == 0.5
    assert second.opinions.named == {"E2": {"neu"}}
    assert second.opinions.rated == {"E2": {"valence": 3, "dominance": 2}}
    assert (evaluation.problems, evaluation.n_strange) == ((), 0)


def test_confidence_is_agreement_of_the_observers(tmp_path):
    first, second = read_evaluation(put(tmp_path, PUBLISHED)).turns
    assert first.opinions.confidence("ang") == {
        "raters": 3,
        "agreement": pytest.approx(2 / 3, abs=1e-4),
        "valence-spread": 1,
        "activation-spread": 0,
        "dominance-spread": 1,
    }
    assert second.opinions.confidence("xxx") == {"raters": 1, "agreement": 1}
    assert Opinions().confidence("xxx") == {}


def test_no_majority_takes_what_was_named_most():
    opinions = Opinions()
    for line in ("C-E1: Anger;", "C-E2: Sadness; Anger;", "C-E3: Other; (bored)", "C-E4: Neutral state;"):
        assert opinions.hear(line)
    assert opinions.confidence("xxx")["agreement"] == 0.5
    assert opinions.confidence("oth")["agreement"] == 0.25


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\n", b"\r\n"),
        (b"\n", b"\r"),
        (b"\t", b"  "),
        (b"\t", b"\t \t"),
        (b"\n[", b"\n  [ "),
        (b"]\n", b" ] \t\n"),
        (b", ", b" ,"),
        (b"[START", b"[ START"),
        (b"% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n", b"\xef\xbb\xbf"),
        (b"(act 1)", b"(un caf\xe9\x85 Ses01F_x [1 - 2])"),
        (b"dom  2;\t()\n", b"dom 2;"),
        (b"(C-E2: no)", b""),
    ],
)
def test_other_ways_to_save_it_change_nothing(tmp_path, old, new):
    def said(content):
        evaluation = read_evaluation(put(tmp_path, content))
        turns = [(t.id, t.category, t.start_s, t.end_s, t.ratings, t.opinions) for t in evaluation.turns]
        return turns, evaluation.problems, evaluation.n_strange

    assert old in PUBLISHED
    assert said(PUBLISHED.replace(old, new)) == said(PUBLISHED)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1.0 - 2.0]\tSes01F_impro05_F000\tneu\t[2.5, , 2.5]", "is not of the form [START - END] NAME"),
        ("[1.0 - 2.0]\tSes01F_impro05_F000\t[2.5, 2.5, 2.5]", "is not of the form [START - END] NAME"),
        ("[1.0 - 2.0]\tSes01F_impro05_F000\tneu\t[2.5, 2.5]", "is not of the form [START - END] NAME"),
        ("[1.0 - 2.0]\tSes01F_impro05_F000\tneu\t[2.5, nan, 2.5]", "is not of the form [START - END] NAME"),
        ("1.0 - 2.0\tSes01F_impro05_F000\tneu\t[2.5, 2.5, 2.5]", "is not of the form [START - END] NAME"),
        ("[1.0 - ]\tSes01F_impro05_F000\tneu\t[2.5, 2.5, 2.5]", "is not of the form [START - END] NAME"),
        ("[1.0 - 2.0]\tSes01F_impro05_F000\tneu\t[2.5, 2.5, 2.5] and more", "is not of the form [START - END] NAME"),
        ("[1.0 - 2.0]\tSes01F_impro05_X000\tneu\t[2.5, 2.5, 2.5]", "the name of the turn is not of the form"),
        ("[1.0 - 2.0]\tSes01F_impro05_../F000\tneu\t[2.5, 2.5, 2.5]", "the name of the turn is not of the form"),
        ("[2.0 - 2.0]\tSes01F_impro05_F000\tneu\t[2.5, 2.5, 2.5]", "from 2 to 2 s"),
        ("[-1.0 - 2.0]\tSes01F_impro05_F000\tneu\t[2.5, 2.5, 2.5]", "from -1 to 2 s"),
    ],
)
def test_a_line_that_was_meant_to_be_a_turn_is_told(tmp_path, line, reason):
    evaluation = read_evaluation(put(tmp_path, PUBLISHED + f"\n{line}\nC-E1: Fear;\n".encode()))
    assert len(evaluation.turns) == 2
    ((number, problem),) = evaluation.problems
    assert number == 18
    assert reason in problem
    assert "E1" not in evaluation.turns[-1].opinions.named  # the rater below spoke of the broken turn


def test_other_lines_are_counted(tmp_path):
    evaluation = read_evaluation(put(tmp_path, b"A note.\n" + PUBLISHED + b"and more of it)\n"))
    assert (len(evaluation.turns), evaluation.n_strange) == (2, 2)


def test_an_empty_file_holds_nothing(tmp_path):
    evaluation = read_evaluation(put(tmp_path, b""))
    assert (evaluation.turns, evaluation.problems) == ((), ())


@pytest.mark.parametrize(
    ("text", "scene", "talker"),
    [
        ("Ses01F_impro01_F000", "impro01", "Ses01F"),
        ("Ses01F_impro05a_M012", "impro05", "Ses01M"),
        ("Ses05M_script01_1b_F003", "script01_1", "Ses05F"),
        ("Ses03M_script03_2_M041", "script03_2", "Ses03M"),
    ],
)
def test_names(text, scene, talker):
    name = TurnName.parse(text)
    assert (name.scene, name.talker, name.dialogue) == (scene, talker, text.rsplit("_", 1)[0])


@pytest.mark.parametrize("text", ["Ses01F_impro01", "Ses01F_impro01_F00", "Ses1F_impro01_F000", "ses01F_impro01_F000", "x"])
def test_other_names(text):
    assert TurnName.parse(text) is None
