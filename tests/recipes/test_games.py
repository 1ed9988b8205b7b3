"""The speech of two games: every line comes out as it went in, and what is no such game is said."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recipes.nano.games import RATE, main

TONE = (0.4 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)).astype(np.float32)


def _mp3(samples: np.ndarray, rate: int = RATE) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format="MP3")
    return stream.getvalue()


def _archive(files: dict[str, bytes]) -> bytes:
    """As ScummVM's wiki describes ``queen.1c``."""
    at = 15 + 21 * len(files)
    table, held = b"", b""
    for name, data in files.items():
        table += name.encode().ljust(12, b"\0") + b"\1" + (at + len(held)).to_bytes(4, "big") + len(data).to_bytes(4, "big")
        held += data
    return b"QTBL" + b"CEM10\0" + b"\0\0\1" + len(files).to_bytes(2, "big") + table + held


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    queen, *languages = (folder / part for part in ("queen/share", "en/share/drascula/en", "es/share/drascula/es"))
    for each in (queen, *languages):
        each.mkdir(parents=True)
    (queen / "queen.1c").write_bytes(_archive({"020001P2.SB": _mp3(TONE), "ROOM.PCX": b"no speech"}))
    for each in languages:
        (each / "7.ALS").write_bytes(np.round(TONE * 128 + 128).astype(np.uint8).tobytes())
        (each / "7.ALD").write_bytes(b"no speech")
    (languages[1] / "8.ALS").symlink_to(languages[0] / "7.ALS")
    return folder


def test_every_line_is_a_file_of_its_own_and_sounds_as_it_did(
    packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(packages), str(tmp_path / "out")]) == 0
    found = {str(path.relative_to(tmp_path / "out")): soundfile.read(path) for path in (tmp_path / "out").rglob("*.flac")}
    assert sorted(found) == ["drascula-en/7.flac", "drascula-es/7.flac", "queen-en/020001P2.flac"]
    for name, (samples, rate) in found.items():
        assert rate == RATE
        assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.1)
        assert abs(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples) - 300) < 2
        if name.startswith("drascula"):
            np.testing.assert_allclose(samples, TONE, atol=1 / 128)
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["queen-en", "drascula-en", "drascula-es"]


def test_what_is_not_such_a_game_is_said(packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (archive,) = packages.rglob("queen.1c")
    for content, words in (
        (b"RIFF and something else", "begins with b'RIFF', not with b'QTBL'"),
        (_archive({"A.SB": _mp3(TONE, 16_000)}), "has A.SB at 16000 Hz, not 11025"),
        (_archive({"../../A.SB": _mp3(TONE)}), "names a line '../../A.SB'"),
        (_archive({"/A.SB": _mp3(TONE)}), "names a line '/A.SB'"),
        (_archive({"A.SB": b"no MP3 at all"}), "has A.SB, which cannot be read"),
        (b"QTBL", "is cut off"),
        (_archive({"A.SB": _mp3(TONE)})[:40], "is cut off before the end of A.SB"),
        (_archive({"A.SB": _mp3(TONE)})[:30], "is cut off"),
    ):
        archive.write_bytes(content)
        with pytest.raises(SystemExit) as ended:
            main([str(packages), str(tmp_path / "out")])
        assert ended.value.code == 2
        assert words in capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*.flac") if tmp_path / "out" not in path.parents]
    archive.unlink()
    with pytest.raises(SystemExit) as ended:
        main([str(packages), str(tmp_path / "out")])
    assert ended.value.code == 2
    assert "queen.1c is not below" in capsys.readouterr().err
