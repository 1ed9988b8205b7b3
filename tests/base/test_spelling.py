"""A spelling reads back as what it was written from, or is refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.base.error import RequestError
from bench.base.spelling import Spelling, parse, split_outside

NAMES = st.text("abcXYZ019_.-", min_size=1, max_size=6)
KEYS = st.sampled_from(["level", "only", "checkpoint", "k2"])
HOSTILE = st.text(st.sampled_from(",[]@=/'\" \t\nab1é") | st.characters(codec="utf-8"), max_size=8)


@given(NAMES, st.dictionaries(KEYS, HOSTILE, max_size=3), st.just("") | NAMES)
@example("a", {"checkpoint": '/data/my models/a=b@\'"c"'}, "")
@example("a", {"checkpoint": "x],only=[y"}, "7")
def test_every_spelling_reads_back_or_is_refused(name, values, layer):
    spelling, refusal = None, ""
    try:
        spelling = Spelling(name, values, layer)
    except RequestError as error:
        refusal = str(error)
    assert "cannot be spelled" in refusal if spelling is None else parse(str(spelling)) == spelling


@given(st.text(st.sampled_from("ab[]=,@ 1."), max_size=16))
def test_every_text_is_refused_or_settles(text):
    read, refusal = None, ""
    try:
        read = parse(text)
    except RequestError as error:
        refusal = str(error)
    if read is None:
        assert repr(text) in refusal
    else:
        assert parse(str(read)) == read
        assert str(read) == text or " " in text


@pytest.mark.parametrize("path", ["/data/my models/a", "/a@b=c", "it's", '"quoted"', "a/[x,y]/b", "C:\\a", ""])
def test_values_that_look_dangerous_and_are_not(path):
    assert parse(str(Spelling("wav2vec2", {"checkpoint": path}, "best"))).values == {"checkpoint": path}


@pytest.mark.parametrize("path", ["/data/my models/a,b", "/a,pooling=max", "a]", "[a", "]a[", " a", "a\n", "x],only=[y"])
def test_values_that_would_be_changed_are_refused(path):
    with pytest.raises(RequestError, match=r"wav2vec2\[checkpoint=\.\.\.\] got .* cannot be spelled.*Rename"):
        Spelling("wav2vec2", {"checkpoint": path})


@pytest.mark.parametrize("name", ["", "a b", "a[b]", "a@b", "ü", "a\n"])
def test_names_and_layers_are_plain(name):
    with pytest.raises(RequestError, match="is no name"):
        Spelling(name)
    if name:
        with pytest.raises(RequestError, match="is no name"):
            Spelling("egemaps", {}, name)


def test_a_parameter_has_a_name_as_in_python():
    with pytest.raises(RequestError, match="'a b' is no name of a parameter"):
        Spelling("egemaps", {"a b": "1"})


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a[",
        "a]",
        "a[]",
        "a[b]",
        "a[b=1",
        "a[b=1]]",
        "a[[b=1]",
        "a[b=1][c=2]",
        "a[b=1]c",
        "a[b=1,b=2]",
        "a[b=1,]",
        "a[b c=1]",
        "a@",
        "a@1@2",
        "a@b c",
        "[b=1]",
        "a b",
        "ü",
    ],
)
def test_what_is_no_spelling_is_refused_with_what_was_given(text):
    with pytest.raises(RequestError) as caught:
        parse(text)
    assert str(caught.value).startswith(f"{text!r} cannot be read as a name with parameters. Expected is")


def test_spaces_between_the_parts_do_not_count():
    assert parse("  a[ b = 1 , c=x y ]@7 ") == Spelling("a", {"b": "1", "c": "x y"}, "7")


def test_brackets_nest():
    read = parse("wav2vec2[checkpoint=untrained[size=small,seed=3],pooling=max]@weighted")
    assert read.values == {"checkpoint": "untrained[size=small,seed=3]", "pooling": "max"}
    assert parse(read.values["checkpoint"]).values == {"size": "small", "seed": "3"}


@given(st.lists(st.text("ab,@=", max_size=5), min_size=1))
def test_splitting_is_the_inverse_of_joining(parts):
    assert list(split_outside("/".join(parts), "/")) == parts


def test_nothing_is_split_inside_brackets():
    assert list(split_outside("a[b,c[d,e]],f,", ",")) == ["a[b,c[d,e]]", "f", ""]
