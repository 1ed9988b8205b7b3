"""Data sets from the hub, with a hub that runs in the test."""

import http.server
import json
import threading
from fnmatch import fnmatchcase
from urllib.parse import unquote, urlsplit

import pytest

from bench.base.error import RequestError
from bench.corpora.hub import FILES, fetch
from bench.corpora.huggingface import Huggingface
from tests.layouts.huggingface import write_huggingface

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the hub as a download asks for."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        start = f"/datasets/owner/moods/resolve/{COMMIT}/"
        if path.startswith("/api/datasets/owner/moods") and "revision/no-such" not in path:
            self.answer(self.listing(path))
        elif path.startswith(start) and (self.server.folder / path.removeprefix(start)).is_file():
            self.server.asked.append(path.removeprefix(start))
            self.answer((self.server.folder / path.removeprefix(start)).read_bytes(), etag=path.removeprefix(start))
        else:
            self.answer(b"{}", 404)

    def listing(self, path):
        files = [file for file in sorted(self.server.folder.rglob("*")) if file.is_file()]
        places = {file.relative_to(self.server.folder).as_posix(): file.stat().st_size for file in files}
        if "/tree/" in path:
            tree = [{"type": "file", "path": place, "size": size, "oid": "0" * 40} for place, size in places.items()]
            return json.dumps(tree).encode()
        said = {"id": "owner/moods", "sha": COMMIT, "siblings": [{"rfilename": place} for place in places], "tags": []}
        return json.dumps(said | {"private": False, "downloads": 0, "likes": 0, "disabled": False, "gated": False}).encode()

    def answer(self, body, code=200, etag="x"):
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{etag.replace("/", "-")}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        if code == 404:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    constants = pytest.importorskip("huggingface_hub.constants")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.folder, server.asked = write_huggingface(tmp_path / "theirs"), []
    (server.folder / "moods.py").write_text("raise SystemExit('code of a stranger')\n")
    (server.folder / "all.pkl").write_bytes(b"\x80")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE  # it was made of the endpoint that was there at import
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + template[template.index("/{repo_id}") :])
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    yield server
    server.shutdown()
    server.server_close()


def test_files_are_fetched_and_code_is_not(hub, tmp_path):
    (tmp_path / "here").mkdir()
    assert fetch("owner/moods", "", tmp_path / "here") == COMMIT
    there = {path.name for path in (tmp_path / "here").rglob("*") if path.is_file() and ".cache" not in path.parts}
    assert there == {"README.md", "train-00000-of-00001.parquet", "validation-00000-of-00001.parquet"}
    assert not [place for place in hub.asked if place.endswith((".py", ".pkl"))]


def test_a_corpus_from_the_hub(hub, tmp_path):
    reader = Huggingface(kind="acted", label="emotion", speaker="speaker_id", repo="owner/moods")
    corpus = reader.read(reader.unpack(None, tmp_path / "place"))
    assert len(corpus.clips) == 18
    assert corpus.source == f"https://huggingface.co/datasets/owner/moods, commit {COMMIT}."
    n_asked = len(hub.asked)
    hub.shutdown()
    assert reader.read(reader.unpack(None, tmp_path / "place")) == corpus
    assert len(hub.asked) == n_asked


@pytest.mark.parametrize(("repo", "revision"), [("owner/nothing", ""), ("owner/moods", "no-such")])
def test_what_the_hub_does_not_have(hub, tmp_path, repo, revision):
    with pytest.raises(RequestError, match=rf"'{repo}' cannot be fetched from the hub \(.*no such data set or revision"):
        fetch(repo, revision, tmp_path)


def test_a_name_that_is_none(tmp_path):
    with pytest.raises(RequestError, match=r"cannot be fetched from the hub"):
        fetch("a/b/c", "", tmp_path)


@pytest.mark.parametrize("name", ["a.WAV", "deep/b.Flac", "c.mp3", "d.M4A", "e.opus"])
def test_recordings_are_fetched_however_their_ending_is_written(name):
    assert any(fnmatchcase(name, pattern) for pattern in FILES)


def test_a_recording_with_a_shouted_ending(hub, tmp_path):
    (hub.folder / "B.WAV").write_bytes(b"RIFF")
    fetch("owner/moods", "", tmp_path)
    assert (tmp_path / "B.WAV").read_bytes() == b"RIFF"


@pytest.mark.parametrize("name", ["moods.py", "model.bin", "all.pkl", "x.tar.gz", "notebook.ipynb"])
def test_what_is_never_asked_for(name):
    assert not any(fnmatchcase(name, pattern) for pattern in FILES)
    assert any(fnmatchcase(f"data/{end}", pattern) for end in ("a.parquet", "a.wav") for pattern in FILES)
