import pytest

from bench.base.error import BenchError, RequestError, TooShort, unknown_name


def test_a_wrong_request_is_told_from_a_failure():
    assert issubclass(RequestError, BenchError)
    assert issubclass(TooShort, BenchError)
    assert not issubclass(TooShort, RequestError)


def test_the_closest_name_is_suggested():
    error = unknown_name("feature set", "wav2vec", ["egemaps", "wav2vec2", "timing"])
    assert isinstance(error, RequestError)
    assert str(error) == ("No feature set is called 'wav2vec'. Did you mean 'wav2vec2'? Known are: egemaps, timing, wav2vec2.")


def test_nothing_is_suggested_where_nothing_is_close():
    assert str(unknown_name("model", "zzz", ["linear"], "Look at the list.")) == (
        "No model is called 'zzz'. Known are: linear. Look at the list."
    )


@pytest.mark.parametrize(("name", "known"), [("nope", "compare"), ("nothing", "synthetic")])
def test_a_name_that_merely_shares_some_letters_is_not_suggested(name, known):
    assert "Did you mean" not in str(unknown_name("name", name, [known]))


def test_where_nothing_is_known_it_says_so():
    assert str(unknown_name("model", "svm", [])) == "No model is called 'svm'. Known are: none."


@pytest.mark.parametrize(("n_names", "listed"), [(12, True), (13, False)])
def test_long_lists_are_left_to_the_advice(n_names, listed):
    text = str(unknown_name("column", "xx", [f"d{n:03d}" for n in range(n_names)], "See the manifest."))
    assert ("Known are" in text) == listed
    assert text.endswith("See the manifest.")


def test_any_iterable_of_names_will_do():
    assert "Did you mean 'svm'?" in str(unknown_name("model", "swm", (name for name in ("svm", "linear"))))
