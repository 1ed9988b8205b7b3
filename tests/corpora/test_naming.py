"""Files understood by their names: copies, strangers, and folders of nothing else."""

import pytest

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Exclusion
from bench.corpora.naming import gather_clips, unused_note


def understand(path):
    return Clip(path.stem.lower(), "anna", path, {}) if path.stem != "noise" else "it is noise"


def test_the_first_by_order_is_the_clip_and_the_others_say_why(tmp_path):
    paths = [tmp_path / name for name in ("b/one.wav", "a/one.wav", "c/ONE.wav", "noise.wav", "a/another.wav")]
    for path, content in zip(paths, (b"1", b"1", b"2", b"3", b"4"), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    clips, excluded = gather_clips("tiny", tmp_path, "a tiny corpus", paths, understand)
    assert {name: clip.path for name, clip in clips.items()} == {"another": paths[4], "one": paths[0]}
    assert list(clips) == ["another", "one"]
    assert [(gone.clip_id, gone.reason) for gone in excluded] == [
        ("a/one.wav", "it is a copy, byte for byte, of the clip of that name, which comes first by path"),
        ("c/ONE.wav", "it has the name of a clip, which comes first by path, and other bytes"),
        ("noise.wav", "it is noise"),
    ]


def test_a_file_that_cannot_be_compared_is_no_copy(tmp_path):
    paths = [tmp_path / "one.wav", tmp_path / "gone" / "one.wav"]
    paths[0].touch()
    _, excluded = gather_clips("tiny", tmp_path, "a tiny corpus", paths, understand)
    assert "other bytes" in excluded[0].reason


def test_a_folder_of_another_corpus_is_named(tmp_path):
    with pytest.raises(RequestError) as caught:
        gather_clips("tiny", tmp_path, "a tiny corpus", [tmp_path / "noise.wav"], understand)
    assert str(caught.value) == (
        f"'{tmp_path}' holds 1 audio file, but none is a clip of tiny. The first is 'noise.wav': it is noise. "
        "Expected is a tiny corpus. Give that folder."
    )


def test_recordings_that_no_row_names_are_counted(tmp_path):
    for name in ("one.wav", "two.wav", "three.flac", "notes.txt"):
        (tmp_path / name).touch()
    clips, excluded = [Clip("1", "anna", tmp_path / "one.wav", {})], [Exclusion("two.wav", "the column 'who' is empty")]
    assert unused_note(tmp_path, clips, excluded) == (
        "1 recording lies here and is not in the rows that were read (three.flac the first).",
    )
    assert unused_note(tmp_path, clips, []) == (
        "2 recordings lie here and are not in the rows that were read (three.flac the first).",
    )
    assert unused_note(tmp_path, [*clips, Clip("3", "anna", tmp_path / "three.flac", {})], excluded) == ()
