"""What listeners said of EmoDB, in the forms that its files may have."""

import re

import pytest

from bench.corpora.judgement import read_list, read_tables
from tests.layouts.emodb import write_emodb_audformat


def key(stem):
    return stem if len(stem) == 7 and stem[:2].isdigit() else ""


def judged(tmp_path, text):
    path = tmp_path / "erkennung.txt"
    path.write_bytes(text.encode("latin-1"))
    return read_list(path, key)


BOTH = {"03a01Fa": {"recognised": 0.9, "natural": 1.0}, "08a02Ta": {"recognised": 0.855, "natural": 0.625}}


@pytest.mark.parametrize(
    "text",
    [
        "Satz erkannt natürlich\n03a01Fa.wav 90 100\n08a02Ta.wav 85,5 62,5\n",
        "Satz\terkannt\tnatürlich\n03a01Fa.wav\t90,00\t100,00\n08a02Ta.wav\t85,50\t62,50\n",
        "Satz      erkannt   natürlich\r\n\r\n03a01Fa.wav  90,0\xa0  100,0\xa0\r\n08a02Ta.wav  85,5\xa0  62,5\xa0\r\n",
        "Satz;x erkannt in % natürlich in %\n03a01Fa 90 % 100 %\n08a02Ta 85,5 % 62,5 %\n",
        "03a01Fa.wav 0,9 1,0\n08a02Ta.wav 0,855 0,625\n",
        "03a01Fa.wav 90% 100%\n08a02Ta.wav 85.5% 62.5%\n",
        "Berliner Datenbank\nErgebnisse des Tests\n\nSatz erkannt natürlich\n\n03a01Fa.wav 90 100\n\n08a02Ta.wav 85,5 62,5\n",
        "Nr\tSatz\tnatürlich\tStärke\terkannt\n1\t03a01Fa.wav\t100\t4,5\t90\n2\t08a02Ta.wav\t62,5\t3,2\t85,5\n",
        "wav/03a01Fa.wav 90 100\nwav/08a02Ta.wav 85,5 62,5",
    ],
    ids=["spaces", "tabs", "no-break", "percent", "shares", "signs", "preamble", "columns", "places"],
)
def test_forms_of_the_list(tmp_path, text):
    found = judged(tmp_path, text)
    assert {name: pytest.approx(shares) for name, shares in BOTH.items()} == found.shares
    assert found.notes == ()
    assert found.files == ()


def test_utf_8_reads_alike(tmp_path):
    path = tmp_path / "erkennung.txt"
    path.write_text("\ufeffSatz natürlich erkannt\n03a01Fa.wav 100 90\n08a02Ta.wav 62,5 85,5\n", encoding="utf-8")
    assert read_list(path, key).shares == BOTH


def test_recognition_alone(tmp_path):
    found = judged(tmp_path, "Satz erkannt Anzahl\n03a01Fa.wav 90 20\n08a02Ta.wav 85,5 20\n")
    assert found.shares == {"03a01Fa": {"recognised": 0.9}, "08a02Ta": {"recognised": 0.855}}
    ragged = judged(tmp_path, "Satz erkannt\n03a01Fa.wav 90 20\n08a02Ta.wav 85,5 20 7\n")
    assert ragged.shares == found.shares


def test_lines_that_cannot_be_read_are_counted(tmp_path):
    found = judged(
        tmp_path,
        "Satz erkannt natürlich\n03a01Fa.wav 90 100\nMittelwert 85 70\n03a01Fa.wav 80 90\n09a01Ea.wav\n10a01Wa.wav 900 90\n"
        "11a01Wa.wav nan 1e3\n\n08a02Ta.wav 85,5 62,5\n",
    )
    assert found.shares == BOTH
    assert found.notes == (
        "Lines of erkennung.txt that were not read: 5 (the first: line 3). They name no recording, name one again, or hold no "
        "number from 0 to 100.",
    )


def test_an_empty_list_and_one_that_cannot_be_opened(tmp_path):
    assert judged(tmp_path, "").shares == {}
    gone = read_list(tmp_path / "gone" / "erkennung.txt", key)
    assert gone.shares == {}
    assert gone.notes == ("erkennung.txt was not read: No such file or directory.",)


def test_tables(tmp_path):
    found = read_tables(write_emodb_audformat(tmp_path), key)
    assert len(found.files) == 10
    assert all(place.startswith("wav/") for place in found.files)
    assert found.shares["03a01Fa"] == {"recognised": 1.0, "natural": 0.75}
    assert found.shares["10b02Ea"] == {"recognised": 0.35, "natural": 0.75}
    assert (found.emotions["03a01Fa"], found.emotions["10b02Ea"]) == ("happiness", "disgust")
    assert found.notes == ("db.yaml gives the licence CC0-1.0.",)


def test_tables_that_are_not_whole(tmp_path):
    folder = write_emodb_audformat(tmp_path)
    (folder / "db.emotion.csv").unlink()
    found = read_tables(folder, key)
    assert len(found.files) == 10
    assert set(map(len, found.shares.values())) == {0}
    assert "The table 'emotion' was not read: " in found.notes[0]
    (folder / "db.yaml").write_text("{")
    assert "The database in audformat was not read: " in read_tables(folder, key).notes[0]


def test_tables_that_contradict_each_other(tmp_path):
    folder = write_emodb_audformat(tmp_path)
    header, rows = (folder / "db.yaml").read_text(), (folder / "db.emotion.csv").read_text()
    (entry,) = re.findall(r"^  emotion:\n    type: filewise\n(?:    .*\n)+", header, re.MULTILINE)
    (folder / "db.yaml").write_text(header.replace(entry, entry + entry.replace("emotion:", "other:", 1)))
    (folder / "db.other.csv").write_text(rows.replace("wav/03a01Fa.wav,happiness,1.0", "wav/03a01Fa.wav,happiness,0.5"))
    found = read_tables(folder, key)
    assert found.shares["03a01Fa"]["recognised"] == 1.0
    assert (
        "Shares of listeners that differ between tables: 1 (the first: wav/03a01Fa.wav in other). The first table counts."
        in found.notes
    )


def test_paths_that_lead_out_are_not_files_of_the_database(tmp_path):
    folder = write_emodb_audformat(tmp_path / "db")
    table = folder / "db.files.csv"
    table.write_text(table.read_text().replace("wav/03a01Fa.wav", "../03a01Fa.wav"))
    table = folder / "db.emotion.csv"
    table.write_text(table.read_text().replace("wav/03a01Fa.wav", "../03a01Fa.wav"))
    found = read_tables(folder, key)
    assert len(found.files) == 9
    assert "03a01Fa" not in found.shares
