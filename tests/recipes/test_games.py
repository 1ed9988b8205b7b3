"""The speech of three games: every line comes out as it went in, and what is no such game is said."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from recipes.nano.games import RATE, main
from tests.recipes.test_rnc import pack

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


def _sky(folder: Path, files: dict[int, tuple[bytes, int]]) -> None:
    """As ScummVM's wiki describes ``sky.dnr`` and ``sky.dsk``; a file is what follows its 22 bytes, and two bits."""
    table, held = len(files).to_bytes(4, "little"), b""
    for number, (data, bits) in files.items():
        place = len(held) if len(held) % 16 else 1 << 23 | len(held) >> 4
        table += (
            number.to_bytes(2, "little") + place.to_bytes(3, "little") + (bits << 22 | 22 + len(data)).to_bytes(3, "little")
        )
        held += b"\x81".ljust(22, b"\0") + data
    (folder / "sky.dnr").write_bytes(table)
    (folder / "sky.dsk").write_bytes(held)


def _bytes(samples: np.ndarray) -> bytes:
    return np.round(samples * 128 + 128).astype(np.uint8).tobytes()


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    parts = ("queen/share", "sky/share", "en/share/drascula/en", "es/share/drascula/es")
    queen, sky, *languages = (folder / part for part in parts)
    for each in (queen, sky, *languages):
        each.mkdir(parents=True)
    (queen / "queen.1c").write_bytes(_archive({"020001P2.SB": _mp3(TONE), "ROOM.PCX": b"no speech"}))
    tone = _bytes(TONE)
    speech = pack([[(tone, 0, 0)]], tone)
    _sky(
        sky,
        {
            49_999: (speech, 0),
            50_001: (speech, 0),
            50_002: (b"a palette", 2),
            50_003: (speech, 1),
            59_500: (pack([[(tone[:2000], 0, 0)], [(tone[2000:], 0, 0)]], tone), 0),
            59_999: (pack([[(b"picture", 7, 7_000), (b"", 0, 0)]], b"picture" * 1001), 0),
        },
    )
    for each in languages:
        (each / "7.ALS").write_bytes(tone)
        (each / "7.ALD").write_bytes(b"no speech")
    (languages[1] / "8.ALS").symlink_to(languages[0] / "7.ALS")
    return folder


def test_every_line_is_a_file_of_its_own_and_sounds_as_it_did(
    packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(packages), str(tmp_path / "out")]) == 0
    found = {str(path.relative_to(tmp_path / "out")): soundfile.read(path) for path in (tmp_path / "out").rglob("*.flac")}
    assert sorted(found) == [
        *("drascula-en/7.flac", "drascula-es/7.flac", "queen-en/020001P2.flac"),
        *("sky-en/50001.flac", "sky-en/59500.flac"),
    ]
    for name, (samples, rate) in found.items():
        assert rate == RATE
        assert np.sqrt(np.mean(samples**2)) == pytest.approx(0.4 / np.sqrt(2), rel=0.1)
        assert abs(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples) - 300) < 2
        if not name.startswith("queen"):
            np.testing.assert_allclose(samples, TONE, atol=1 / 128)
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        *("queen-en", "sky-en", "drascula-en", "drascula-es")
    ]


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
    archive.write_bytes(_archive({"A.SB": _mp3(TONE)}))
    (disc,) = packages.rglob("sky.dsk")
    for data, cut, words in (
        (b"no packed line", None, "has a file 50001 that begins with b'no p', not with b'RNC"),
        (pack([[(b"speech", 0, 0)]], b"speech"), -20, "is cut off before the end of file 50001"),
    ):
        _sky(disc.parent, {50_001: (data, 0)})
        disc.write_bytes(disc.read_bytes()[:cut])
        with pytest.raises(SystemExit) as ended:
            main([str(packages), str(tmp_path / "out")])
        assert ended.value.code == 2
        assert words in capsys.readouterr().err
    disc.with_suffix(".dnr").write_bytes(b"\2\0\0\0" + b"\0" * 8)
    with pytest.raises(SystemExit) as ended:
        main([str(packages), str(tmp_path / "out")])
    assert ended.value.code == 2
    assert "has a .dnr of 12 bytes beside it, too few for the 2 files that it tells" in capsys.readouterr().err
    assert not [path for path in tmp_path.rglob("*.flac") if tmp_path / "out" not in path.parents]
    archive.unlink()
    with pytest.raises(SystemExit) as ended:
        main([str(packages), str(tmp_path / "out")])
    assert ended.value.code == 2
    assert "queen.1c is not below" in capsys.readouterr().err
