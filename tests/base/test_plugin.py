"""A plug-in is what its spelling says, in every process."""

import dataclasses
import math
import pickle
from typing import ClassVar, Optional

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bench.base.error import RequestError
from bench.base.identity import digest
from bench.base.plugin import Plugin, read_value, write_value
from bench.base.registry import classes_in
from bench.base.spelling import Spelling, parse


class Everything(Plugin):
    name = "everything"
    version = "3"
    views: ClassVar[tuple[str, ...]] = ("shown",)

    path: str = "a"
    count: int = 0
    level: float = -26.0
    trim: bool = False
    maybe_level: float | None = None
    maybe_count: Optional[int] = None  # noqa: UP045  # a stranger may write it so
    maybe_path: str | None = "b"
    shown: str = "*"


FINITE = st.floats(allow_nan=False, allow_infinity=False)
HOSTILE = st.text(st.sampled_from(",[]@='\" \nnoe") | st.characters(codec="utf-8"), max_size=8)
FIELDS = {
    "path": HOSTILE,
    "count": st.integers(),
    "level": FINITE,
    "trim": st.booleans(),
    "maybe_level": st.none() | FINITE,
    "maybe_count": st.none() | st.integers(),
    "maybe_path": st.none() | HOSTILE,
    "shown": HOSTILE,
}


def read(text):
    return Everything.from_spelling(parse(text))


@given(st.fixed_dictionaries({}, optional=FIELDS))
@example({"path": "/data/my models/a,b"})
@example({"path": "a,count=7"})
@example({"maybe_path": "none"})
@example({"maybe_path": None})
@example({"level": 0.1 + 0.2, "maybe_level": 1e-300})
def test_it_comes_back_from_its_spelling_or_is_refused(values):
    made = Everything(**values)
    text, refusal = "", ""
    try:
        text = str(made)
    except RequestError as error:
        refusal = str(error)
    if refusal:
        assert "cannot be spelled" in refusal or "would be read back as" in refusal
        assert any(isinstance(value, str) for value in values.values())
    else:
        assert read(text) == made
        assert read(text).identity == made.identity


@pytest.mark.parametrize("path", ["/data/my models/a", "a@b", "a=b", "'a'", '"a b"', "x[a,b]y", ""])
def test_values_that_look_dangerous_and_are_not(path):
    assert read(str(Everything(path=path))).path == path


@pytest.mark.parametrize("path", ["/data/my models/a,b", "a,count=7", "a]", " a", "a "])
def test_values_that_would_be_changed_are_refused(path):
    with pytest.raises(RequestError, match=r"everything\[path=\.\.\.\] got .*cannot be spelled"):
        str(Everything(path=path))


def test_a_text_that_would_become_nothing_is_refused():
    with pytest.raises(RequestError, match=r"everything\[maybe_path=\.\.\.\] holds 'None', which would be read back as None"):
        str(Everything(maybe_path="None"))
    assert read(str(Everything(maybe_path=None))).maybe_path is None


def test_only_what_is_not_a_default_is_spelled():
    assert str(Everything()) == "everything"
    assert str(Everything(level=-26)) == "everything"
    assert str(Everything(count=2, trim=True, maybe_level=1.5)) == "everything[count=2,trim=true,maybe_level=1.5]"


def test_a_value_of_another_kind_is_refused_when_it_is_spelled():
    with pytest.raises(RequestError, match=r"everything\[count=\.\.\.\] got '1\.5', which is not of the kind int"):
        str(Everything(count=1.5))


def test_the_identity_is_a_hash_of_what_changes_the_numbers():
    parameters = {
        "path": "a",
        "count": 0,
        "level": -26.0,
        "trim": False,
        "maybe_level": None,
        "maybe_count": None,
        "maybe_path": "b",
    }
    assert Everything().parameters() == parameters
    assert Everything().identity == digest(["everything", "3", parameters, {}])
    assert Everything(shown="d*").identity == Everything().identity
    changed = [Everything(**{key: value}) for key, value in (("path", "b"), ("count", 1), ("level", 0.0), ("trim", True))]
    assert len({one.identity for one in (Everything(), *changed)}) == 5


def test_equal_plugins_have_one_identity_however_the_number_was_written():
    for one, other in ((Everything(level=-3), Everything(level=-3.0)), (Everything(level=0.0), Everything(level=-0.0))):
        assert one == other
        assert one.identity == other.identity


def test_version_name_and_ingredients_enter_the_identity():
    class Other(Everything):
        version = "4"

    class Filed(Everything):
        def ingredients(self):
            return {"weights": "00aa"}

    identities = {kind().identity for kind in (Everything, Other, Filed)}
    assert len(identities) == 3


def test_an_unknown_parameter_is_told_with_the_closest():
    with pytest.raises(RequestError, match=r"No parameter of everything is called 'levle'\. Did you mean 'level'\?"):
        read("everything[levle=3]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count=1.5", r"got '1\.5', which is not of the kind int"),
        ("level=loud", "got 'loud', which is not of the kind float"),
        ("level=nan", "got 'nan', which is not of the kind float"),
        ("level=-inf", "got '-inf', which is not of the kind float"),
        ("trim=1", "got '1', which is not of the kind bool"),
        ("level=none", "got 'none', which is not of the kind float"),
        ("maybe_level=x", "got 'x', which is not of the kind float or none"),
        ("maybe_count=x", "got 'x', which is not of the kind int or none"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_place(text, said):
    with pytest.raises(RequestError, match=rf"everything\[{text.split('=')[0]}=\.\.\.\] {said}\. Give a value of that kind\."):
        read(f"everything[{text}]")


def test_a_kind_that_cannot_be_read_is_refused_with_its_name():
    with pytest.raises(RequestError, match=r"not of the kind tuple\. "):
        read_value("x[bands=...]", "1", tuple[int, ...])


@given(FINITE)
def test_no_digit_of_a_number_is_lost(number):
    assert float(write_value(number)) == number


@pytest.mark.parametrize(("value", "text"), [(-26.0, "-26"), (0.1, "0.1"), (1 / 3, repr(1 / 3)), (True, "true"), (7, "7")])
def test_values_are_written_for_people(value, text):
    assert write_value(value) == text


def test_a_stranger_writes_no_decorator_and_gets_a_frozen_keyword_only_class():
    made = Everything(level=-20.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.level = 3.0
    with pytest.raises(TypeError):
        Everything("a")
    assert hash(made) == hash(Everything(level=-20.0))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # made a line above


def test_not_a_number_never_gets_an_identity():
    with pytest.raises(ValueError, match="JSON"):
        _ = Everything(level=math.nan).identity


def test_a_spelling_of_its_own_layer_is_not_looked_at():
    assert Everything.from_spelling(Spelling("everything", {"count": "3"}, "7")) == Everything(count=3)


def test_a_class_without_a_docstring_is_told_by_its_file(tmp_path):
    file = tmp_path / "bare.py"
    file.write_text(
        '"""What the file says."""\nfrom bench.base.plugin import Plugin\n\n\nclass Bare(Plugin):\n    name = "bare"\n'
    )
    (bare,) = classes_in(file, Plugin)
    assert bare.__doc__ == "What the file says."
