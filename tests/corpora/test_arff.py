"""ARFF: what its grammar allows, what is refused, and thousands of attributes of which two are read."""

import pytest

from bench.base.error import RequestError
from bench.corpora.arff import Attribute, read_arff, read_attributes


@pytest.fixture
def arff(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "a.arff"
        path.write_bytes(text.encode(encoding))
        return path

    return write


HEAD = """% made by hand

@RELATION 'sleepy language'
@attribute name string
@Attribute\t'it\\'s "one"'\tNumeric
@ATTRIBUTE "f 2" real % a comment
@attribute when date "yyyy-MM-dd"
@attribute class { NSL, 'S L', "S,L" }
@data
"""


def test_the_head(arff):
    assert read_attributes(arff("\ufeff" + HEAD.replace("\n", "\r\n"))) == (
        Attribute("name", "string"),
        Attribute('it\'s "one"', "numeric"),
        Attribute("f 2", "numeric"),
        Attribute("when", "date"),
        Attribute("class", "nominal", ("NSL", "S L", "S,L")),
    )


def test_rows(arff):
    rows = r"""
% a comment
'a, b.wav',1,2,"2020-01-01",NSL

c.wav , ? , 2 , ? , 'S L'  % another
'it\'s.wav',1,2,?,"S,L"
"C:\wav\d.wav",1,2,?,'?'
'C:\wav\e.wav',1,2,?,?
'50%.wav',1,2,?,NSL
f.wav	1	2	?	NSL
"""
    table = read_arff(arff(HEAD + rows), ["class", "name"])
    assert table.columns == ("class", "name")
    assert not table.problems
    assert [(number, cells["name"], cells["class"]) for number, cells in table.rows] == [
        (12, "a, b.wav", "NSL"),
        (14, "c.wav", "S L"),
        (15, "it's.wav", "S,L"),
        (16, r"C:\wav\d.wav", "?"),
        (17, r"C:\wav\e.wav", ""),
        (18, "50%.wav", "NSL"),
        (19, "f.wav", "NSL"),
    ]


def test_rows_that_cannot_be_read_are_told(arff):
    table = read_arff(arff(HEAD + "a,1,2,?\n'b,1,2,?,NSL\n\"c,1,2,?,'x'\nd,1,2,?,NSL\n"), ["name"])
    assert [cells["name"] for _, cells in table.rows] == ["d"]
    assert table.problems == (
        "row 10: it has 4 values, and the head has 5 attributes",
        "row 11: its quotes do not pair",
        "row 12: its quotes do not pair",
    )


def test_thousands_of_attributes(arff):
    head = "@relation x\n@attribute name string\n" + "".join(f"@attribute 'f {n}' numeric\n" for n in range(4368))
    numbers = ",".join(["1.5"] * 4368)
    path = arff(head + f"@attribute class {{NSL,SL}}\n@data\n'a.wav',{numbers},SL\n'b.wav',{numbers},?\n")
    assert len(read_attributes(path)) == 4370
    table = read_arff(path, ["name", "class"])
    assert [dict(cells) for _, cells in table.rows] == [{"name": "a.wav", "class": "SL"}, {"name": "b.wav", "class": ""}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", r"is no ARFF that can be read\. Expected are lines of @attribute"),
        ("", "is no ARFF"),
        ("@relation x\n@attribute a numeric\n", "is no ARFF"),
        ("@relation x\n@data\n1\n", "is no ARFF"),
        ("@relation x\n@attribute a relational\n@data\n", r"line 2: '@attribute a relational' declares no attribute"),
        ("@relation x\n@attribute a\n@data\n", "line 2: '@attribute a' declares no attribute"),
        ("@relation x\n@attribute a {'b}\n@data\n", "line 2: .* declares no attribute"),
        ("@relation x\n@attribute name string\n@data\n{0 a}\n", r"is sparse \(line 4 begins with a brace\)"),
        ("@relation x\n@attribute name string\n@attribute name string\n@data\n", "has the attribute 'name' 2 times"),
        ("@relation x\n@attribute a numeric\n@data\n", "has the attribute 'name' 0 times"),
    ],
)
def test_what_is_refused(arff, text, message):
    with pytest.raises(RequestError, match=message):
        read_arff(arff(text), ["name"])


def test_files_that_cannot_be_read(arff, tmp_path):
    with pytest.raises(RequestError, match="is not UTF-8"):
        read_arff(arff(HEAD + "ä.wav,1,2,?,NSL\n", "latin-1"), ["name"])
    with pytest.raises(RequestError, match="cannot be read"):
        read_attributes(tmp_path / "nothing.arff")
