import pytest

from bench.features.functional_name import COMPARE_VOICED_LLDS, compare_names, egemaps_names


@pytest.mark.parametrize(("names", "configuration"), [(egemaps_names, "eGeMAPSv02"), (compare_names, "ComParE_2016")])
def test_names_are_those_of_opensmile_in_its_order(names, configuration):
    import opensmile

    assert list(names()) == opensmile.Smile(opensmile.FeatureSet[configuration]).feature_names


def test_every_voiced_descriptor_names_columns():
    assert len(COMPARE_VOICED_LLDS) == 10
    for lld in COMPARE_VOICED_LLDS:
        assert f"{lld}_qregerrQ" in compare_names()
