"""Rows of tables in every form that the hub has."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.base.error import RequestError
from bench.corpora.record import BATCH_ROWS, open_source
from bench.corpora.shard import Shard

AUDIO = pa.struct({"bytes": pa.binary(), "path": pa.string()})


def table(features=None, **columns):
    made = pa.table(columns)
    said = json.dumps({"info": {"features": features or {}}})
    return made.replace_schema_metadata({"huggingface": said})


def parquet(path, made):
    pq.write_table(made, path)
    return Shard(path, "")


def stream(path, made):
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, made.schema) as writer:
        writer.write_table(made)
    return Shard(path, "")


def ipc_file(path, made):
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, made.schema) as writer:
        writer.write_table(made)
    return Shard(path, "")


FORMS = pytest.mark.parametrize(("write", "name"), [(parquet, "a.parquet"), (stream, "a.arrow"), (ipc_file, "b.arrow")])


@FORMS
def test_typed_tables(tmp_path, write, name):
    made = table(
        {"audio": {"_type": "Audio"}, "mood": {"_type": "ClassLabel", "names": ["sad", "angry"]}},
        audio=pa.array([{"bytes": b"RIFF", "path": "a.wav"}, {"bytes": None, "path": "b.wav"}, None], AUDIO),
        mood=pa.array([1, -1, None], pa.int64()),
        kss=pa.array([3.0, float("nan"), 4.5]),
        who=pa.array(["anna", None, " ben "]).dictionary_encode(),
        ok=pa.array([True, False, None]),
        tags=pa.array([["a"], [], None]),
        blob=pa.array([b"x", b"y", None]),
    )
    source = open_source(write(tmp_path / name, made))
    assert source.audio == "audio"
    assert source.columns == {"mood": ["sad", "angry"], "kss": [], "who": [], "ok": []}
    assert source.numeric == ["kss"]
    first, second, third = source.records()
    assert (first.data, first.path, first.cells) == (b"RIFF", "a.wav", ["angry", "3", "anna", "true"])
    assert (second.data, second.path, second.cells) == (None, "b.wav", ["", "", "", "false"])
    assert (third.data, third.path, third.cells) == (None, "", ["", "4.5", "ben", ""])


@FORMS
def test_long_tables_come_in_order(tmp_path, write, name):
    n_rows = 2 * BATCH_ROWS + 3
    made = table(audio=pa.array([{"bytes": None, "path": f"{n}.wav"} for n in range(n_rows)], AUDIO), n=pa.array(range(n_rows)))
    records = list(open_source(write(tmp_path / name, made)).records())
    assert [record.path for record in records] == [f"{n}.wav" for n in range(n_rows)]
    assert [record.cells for record in records] == [[str(n)] for n in range(n_rows)]


def test_text_tables(tmp_path):
    (tmp_path / "metadata.csv").write_text("file_name,kss\na.wav,3\nb.wav,\n")
    (tmp_path / "metadata.jsonl").write_text('{"file_name": "a.wav", "kss": 3}\n\n{"file_name": "b.wav", "more": "x"}\n')
    comma, lines = (open_source(Shard(tmp_path / name, "")) for name in ("metadata.csv", "metadata.jsonl"))
    assert [(record.path, record.cells) for record in comma.records()] == [("a.wav", ["3"]), ("b.wav", [""])]
    assert dict(lines.columns) == {"kss": [], "more": []}
    assert [(record.path, record.cells) for record in lines.records()] == [("a.wav", ["3", ""]), ("b.wav", ["", "x"])]


def test_lines_end_where_json_says(tmp_path):
    said = "good\u2028night\u0085 all"
    rows = [json.dumps({"file_name": "a.wav", "text": said}, ensure_ascii=False), '{"file_name": "b.wav"}']
    (tmp_path / "metadata.jsonl").write_bytes("\r\n".join(rows).encode())
    records = list(open_source(Shard(tmp_path / "metadata.jsonl", "")).records())
    assert [(record.path, record.cells) for record in records] == [("a.wav", [said]), ("b.wav", [""])]


def test_which_column_holds_the_recordings(tmp_path):
    held = pa.array([{"bytes": b"x", "path": None}], AUDIO)
    named = parquet(tmp_path / "named.parquet", table(file_name=pa.array(["a.wav"]), path=pa.array(["b.wav"])))
    assert open_source(named).audio == "file_name"
    assert open_source(named, "path").audio == "path"
    plain = parquet(tmp_path / "plain.parquet", table(path=pa.array(["b.wav"]), sound=held))
    assert open_source(plain).audio == "sound"
    two = parquet(tmp_path / "two.parquet", table(near=held, far=held, kss=pa.array([1])))
    with pytest.raises(RequestError, match=r"2 columns of recordings \(near, far\).*: near, far, kss\. Write `audio="):
        open_source(two)
    assert open_source(two, "far").audio == "far"
    none = parquet(tmp_path / "none.parquet", table(kss=pa.array([1])))
    with pytest.raises(RequestError, match="has no column of recordings"):
        open_source(none)
    with pytest.raises(RequestError, match=r"No column of .* is called 'sonud'"):
        open_source(plain, "sonud")
    raw = parquet(tmp_path / "raw.parquet", table(wav=pa.array([b"RIFF"]), kss=pa.array([1])))
    assert [record.data for record in open_source(raw, "wav").records()] == [b"RIFF"]


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow"])
def test_tables_that_are_none(tmp_path, name):
    (tmp_path / name).write_bytes(b"no table at all")
    with pytest.raises(RequestError, match=rf"{name}' cannot be read as a table"):
        open_source(Shard(tmp_path / name, ""))


def test_a_table_that_ends_early(tmp_path):
    made = table(audio=pa.array([{"bytes": bytes(5000), "path": f"{n}.wav"} for n in range(20)], AUDIO))
    shard = stream(tmp_path / "a.arrow", made)
    shard.path.write_bytes(shard.path.read_bytes()[:60_000])
    with pytest.raises(RequestError, match="cannot be read as a table"):
        list(open_source(shard).records())


@pytest.mark.parametrize(("line", "said"), [("{", "line 2: it is no JSON"), ("[]", "line 2: it is no JSON object")])
def test_lines_that_are_no_json(tmp_path, line, said):
    (tmp_path / "rows.jsonl").write_text(f'{{"file_name": "a.wav"}}\n{line}\n')
    with pytest.raises(RequestError, match=said):
        open_source(Shard(tmp_path / "rows.jsonl", ""))


def test_metadata_that_is_no_json_is_passed_over(tmp_path):
    for number, said in enumerate(
        (b"{", b"[]", b'{"info": 3}', b'{"info": {"features": [1]}}', b'{"info": {"features": {"k": 1}}}')
    ):
        made = pa.table({"path": ["a.wav"], "k": [1]}).replace_schema_metadata({"huggingface": said})
        source = open_source(parquet(tmp_path / f"{number}.parquet", made))
        assert (source.columns, source.numeric) == ({"k": []}, ["k"])
