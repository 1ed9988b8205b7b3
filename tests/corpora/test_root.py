"""Paths of a manifest stay inside their folder."""

import pytest

from bench.corpora.root import Root


@pytest.mark.parametrize(
    "path",
    [
        *("", "../x.wav", "a/../../x.wav", "/etc/x.wav", "C:/x.wav", "a\\x.wav", "a\0.wav", "out/x.wav", "x.wav"),
        *("a" * 256, "ä" * 128, "a/" * 2048 + "x.wav", "a\ud800.wav"),
    ],
)
def test_what_leads_outside_is_told(tmp_path, path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "x.wav").touch()
    (root / "out").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (root / "x.wav").symlink_to(tmp_path / "x.wav")
    assert Root(root).problem(path)


def test_what_stays_inside_is_fine(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.wav").touch()
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    assert Root(tmp_path).problem("a/x.wav") is None
    assert Root(tmp_path).problem("b/x.wav") is None
    assert Root(tmp_path / "a").problem("not/there.wav") is None
