"""The norms, read as they stand in their sources."""

import pytest

from bench.corpora.norm import emotions, mean_point, norms, points


def test_every_word_that_is_asked_for_is_there():
    data = norms()
    for table in (*data["emotions"].values(), {k: v for k, v in data["fatigue"].items() if k != "russell"}):
        for source, words in table.items():
            assert set(words) <= set(data["sources"][source]["words"])


def test_every_source_is_cited_and_its_numbers_lie_on_its_scale():
    for source in norms()["sources"].values():
        assert "(" in source["citation"]
        for place in source.get("words", {}).values():
            assert all(source["scale"][0] <= value <= source["scale"][1] for value in place)


def test_scales_are_brought_together():
    place = points("calm")["warriner"]
    assert place == pytest.approx(((6.89 - 5) / 4, (1.67 - 5) / 4, (7.44 - 5) / 4))


def test_a_dominance_that_copies_disagree_about_does_not_count():
    assert points("frustration")["russell-mehrabian"].dominance is None
    assert mean_point("frustration").dominance == pytest.approx((3.85 - 5) / 4)


def test_all_emotions_have_a_place():
    for emotion in emotions():
        assert all(-1 <= value <= 1 for value in mean_point(emotion))
