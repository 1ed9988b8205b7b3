import pickle
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from bench.base import registry as door
from bench.base.error import RequestError
from bench.base.plugin import Plugin
from bench.base.registry import Registry, classes_in
from bench.base.spelling import parse
from bench.corpora.reader import READERS
from bench.features.feature_set import FEATURE_SETS
from bench.models.recipe import MODELS

NEEDED = {"encoder": "[checkpoint=nobody/nothing]", "table": "[path=feats.csv]"}
FILE = """
from bench.base.plugin import Plugin


class Thing(Plugin):
    name = "thing"
    version = "1"
    size: int = 3
"""


class Thing(Plugin):
    name = "thing"
    version = "1"
    size: int = 3


@pytest.fixture
def things():
    return Registry(Plugin, "bench.tests.nothing", "thing")


@pytest.fixture
def published(monkeypatch):
    """Entry points as a package of a stranger declares them, beside the real ones."""

    def publish(group, **points):
        made = [EntryPoint(name, value, group) for name, value in points.items()]
        real = door.entry_points
        monkeypatch.setattr(door, "entry_points", lambda group: [*real(group=group), *(p for p in made if p.group == group)])

    return publish


def test_ours_are_there_by_the_same_door_as_a_strangers():
    assert {"compare", "egemaps", "timing", "untrained", "wav2vec2"} <= set(FEATURE_SETS.names())
    assert MODELS.names() == sorted(MODELS.names())
    assert {"dummy", "head", "linear", "svm", "xgboost"} <= set(MODELS.names())
    assert {"folder", "ravdess", "synthetic"} <= set(READERS.names())


@pytest.mark.parametrize("registry", [FEATURE_SETS, MODELS, READERS], ids=lambda registry: registry.noun)
def test_every_name_leads_to_a_class_that_has_it(registry):
    for name in registry.names():
        found = registry.get(name)
        assert issubclass(found, registry.kind)
        assert found.name == name
        spelled = name + NEEDED.get(name, "")
        assert str(registry.make(parse(spelled))) == spelled


def test_it_says_where_an_entry_comes_from_that_is_not_ours(things, published, tmp_path):
    ours = Registry(FEATURE_SETS.kind, FEATURE_SETS.group, FEATURE_SETS.noun)  # without what other tests added
    assert {ours.source(name) for name in ours.names()} == {""}
    published("bench.tests.nothing", other="stranger.jitter:Jitter")
    assert things.source("other") == "stranger.jitter:Jitter"  # this one has no package around it
    file = tmp_path / "thing.py"
    file.write_text(FILE)
    things.add(*classes_in(file, Plugin))
    assert things.source("thing") == str(file)


def test_names_load_no_class():
    code = (
        "import sys\nfrom bench.features.feature_set import FEATURE_SETS\nFEATURE_SETS.names()\n"
        "print([name for name in sys.modules if name.startswith('bench.features.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['bench.features.feature_set']"


def test_an_unknown_name_is_told_with_the_closest():
    with pytest.raises(RequestError, match=r"No model is called 'lineer'\. Did you mean 'linear'\?.*`fatigue-bench list`"):
        MODELS.get("lineer")


def test_a_class_of_ones_own_is_found_by_name_and_made(things):
    things.add(Thing)
    things.add(Thing)
    assert things.names() == ["thing"]
    assert things.get("thing") is Thing
    assert things.make(parse("thing[size=7]@best")) == Thing(size=7)


def test_names_are_unique(things):
    class Thing2(Plugin):
        name = "thing"
        version = "1"

    class Linear(MODELS.kind):
        name = "linear"
        version = "1"

    things.add(Thing)
    with pytest.raises(RequestError, match=r"A thing called 'thing' exists already\. .*Give yours another `name`"):
        things.add(Thing2)
    with pytest.raises(RequestError, match="A model called 'linear' exists already"):
        MODELS.add(Linear)
    assert things.get("thing") is Thing


def test_two_files_that_define_one_class_do_not_replace_each_other(things, tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(FILE)
    things.add(classes_in(tmp_path / "one.py", Plugin)[0])
    things.add(classes_in(tmp_path / "one.py", Plugin)[0])
    with pytest.raises(RequestError, match="exists already"):
        things.add(classes_in(tmp_path / "two.py", Plugin)[0])


@pytest.mark.parametrize("name", ["", "my thing", "a@b", "a[b]", 7])
def test_a_name_that_cannot_be_spelled_is_refused(things, name):
    odd = type("Odd", (Plugin,), {"name": name, "version": "1"})
    with pytest.raises(RequestError, match=r"The thing Odd has the `name` .*Expected are letters.*Set it on the class"):
        things.add(odd)
    assert things.names() == []


def test_a_reserved_name_is_refused_by_whatever_door_it_comes(published):
    things = Registry(Plugin, "bench.tests.nothing", "thing", reserved=("mean", "stack"))
    said = r"A thing cannot be called 'mean', because mean\[\.\.\.\] .* another name than mean and stack\. Rename it\."
    with pytest.raises(RequestError, match=said):
        things.add(type("Mean", (Plugin,), {"name": "mean", "version": "1"}))
    assert things.names() == []
    published("bench.tests.nothing", mean="bench.base.plugin:Plugin")
    with pytest.raises(RequestError, match=said):
        things.get("mean")
    with pytest.raises(RequestError, match="No thing is called 'stack'"):
        things.get("stack")


def test_a_class_without_a_name_is_refused_with_a_sentence(things):
    with pytest.raises(RequestError, match=r"The thing Nameless has the `name` None\."):
        things.add(type("Nameless", (Plugin,), {"version": "1"}))


def test_an_entry_point_may_come_from_any_package(published):
    published("bench.models", boosted="bench.models.xgboost:Xgboost", wrong="bench.models.recipe:Candidate")
    assert {"boosted", "linear", "wrong"} <= set(MODELS.names())
    assert MODELS.get("boosted") is MODELS.get("xgboost")
    with pytest.raises(RequestError, match=r"'bench\.models\.recipe:Candidate' is no model\. .*bench\.ModelRecipe.*Correct"):
        MODELS.get("wrong")


def test_entry_points_that_cannot_serve_are_told_with_their_package(things, published):
    published("bench.tests.nothing", gone="stranger.nowhere:Gone", half="bench.base.plugin:Half")
    with pytest.raises(RequestError, match=r"'gone' \(stranger\.nowhere:Gone\) cannot be imported: ModuleNotFoundError.*Mend"):
        things.get("gone")
    with pytest.raises(RequestError, match=r"'half' .* cannot be imported: AttributeError"):
        things.get("half")
    published("bench.tests.nothing", twice="stranger.a:Thing")
    published("bench.tests.nothing", twice="stranger.b:Thing")
    with pytest.raises(RequestError, match=r"'twice' is declared 2 times: stranger\.a:Thing, stranger\.b:Thing"):
        things.get("twice")
    published("bench.tests.nothing", same="bench.base.plugin:Plugin")
    published("bench.tests.nothing", same="bench.base.plugin:Plugin")  # one package, found in two places
    assert things.get("same") is Plugin


def test_a_file_gives_the_classes_that_it_defines_itself(tmp_path):
    path = tmp_path / "my thing.py"
    path.write_text("from bench.models.dummy import Dummy\n" + FILE + "\n\nclass Other(Thing):\n    name = 'other'\n")
    found = classes_in(path, Plugin)
    assert [kind.name for kind in found] == ["thing", "other"]
    assert classes_in(path, Plugin) == found
    made = found[0](size=9)
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301  # made a line above; workers get it this way


def test_files_of_one_name_in_two_folders_are_two_modules(tmp_path):
    found = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.py").write_text(FILE.replace("size: int = 3", f"size: int = {len(found)}"))
        found += classes_in(tmp_path / folder / "mine.py", Plugin)
    assert [kind().size for kind in found] == [0, 1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x = 1", "defines no plug-in. Expected is a class that inherits from bench.FeatureSet"),
        ("from bench.models.dummy import Dummy", "defines no plug-in"),
        ("import nothing_of_this_name", "cannot be imported: ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("def (", "cannot be imported: SyntaxError"),
        ("raise SystemExit(0)", "cannot be imported: SystemExit: 0 (line 1)"),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero (line 1). Mend it and try again."),
    ],
)
def test_files_that_cannot_be_used(tmp_path, content, said):
    path = tmp_path / "mine.py"
    path.write_text(content)
    for _ in range(2):  # the second time too, and not from memory
        with pytest.raises(RequestError) as caught:
            classes_in(path, Plugin)
        assert str(path) in str(caught.value)
        assert said in str(caught.value)


def test_a_mended_file_is_read_again(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("1 / 0")
    with pytest.raises(RequestError):
        classes_in(path, Plugin)
    path.write_text(FILE)
    assert [kind.name for kind in classes_in(path, Plugin)] == ["thing"]


def test_places_that_hold_no_python(tmp_path):
    with pytest.raises(RequestError, match=r"mine\.py' does not exist"):
        classes_in(tmp_path / "mine.py", Plugin)
    with pytest.raises(RequestError, match="does not exist"):
        classes_in(tmp_path, Plugin)
    (tmp_path / "mine.txt").write_text(FILE)
    with pytest.raises(RequestError, match=r"mine\.txt' is not a Python file"):
        classes_in(tmp_path / "mine.txt", Plugin)


def test_a_class_without_a_name_that_others_inherit_from_is_no_plugin_and_alone_it_is_one(tmp_path):
    head = "from bench.base.plugin import Plugin\n\n\nclass Shared(Plugin):\n    version = '1'\n\n\n"
    (tmp_path / "both.py").write_text(f"{head}class Own(Shared):\n    name = 'own'\n")
    (tmp_path / "alone.py").write_text(head)
    assert [one.__name__ for one in classes_in(tmp_path / "both.py", Plugin)] == ["Own"]
    assert [one.__name__ for one in classes_in(tmp_path / "alone.py", Plugin)] == ["Shared"]
