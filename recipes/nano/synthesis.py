"""Make synthetic speech in many languages and voices; ``python -m recipes.nano.synthesis FOLDER --hours 4``.

espeak-ng says numbers and words in each language's own way. Where the command ``flite`` is installed, its three voices,
which were made from recordings of people, speak a quarter of it in English.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from bench.base.error import BenchError, RequestError
from bench.corpora.espeak import RATE, Manner, library_path, speak
from recipes.nano.speech import LARGEST_SEED

Maker = Callable[[Path, np.random.Generator], float]

LANGUAGES = tuple(
    [
        "af",
        "am",
        "an",
        "ar",
        "az",
        "be",
        "bg",
        "bn",
        "bs",
        "ca",
        "cmn",
        "cs",
        "cy",
        "da",
        "de",
        "el",
        "en-gb-scotland",
        "en-gb-x-rp",
        "en-us",
        "eo",
        "es",
        "es-419",
        "et",
        "eu",
        "fa",
        "fi",
        "fr",
        "fr-be",
        "ga",
        "gd",
        "gu",
        "he",
        "hi",
        "hr",
        "hu",
        "hy",
        "id",
        "is",
        "it",
        "ka",
        "kk",
        "kn",
        "ko",
        "ku",
        "la",
        "lt",
        "lv",
        "mk",
        "ml",
        "mr",
        "ms",
        "mt",
        "my",
        "nb",
        "ne",
        "nl",
        "pa",
        "pl",
        "pt",
        "pt-br",
        "ro",
        "ru",
        "sd",
        "si",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "sw",
        "ta",
        "te",
        "th",
        "tr",
        "tt",
        "uk",
        "ur",
        "uz",
        "vi",
    ]
)
VARIANTS = tuple(
    [
        "Alex",
        "Alicia",
        "Andrea",
        "Andy",
        "Annie",
        "Denis",
        "Diogo",
        "Gene",
        "Gene2",
        "Henrique",
        "Hugo",
        "Jacky",
        "Lee",
        "Marco",
        "Mario",
        "Michael",
        "Mike",
        "Nguyen",
        "Reed",
        "adam",
        "anika",
        "antonio",
        "aunty",
        "belinda",
        "benjamin",
        "boris",
        "caleb",
        "david",
        "ed",
        "edward",
        "f1",
        "f2",
        "f3",
        "f4",
        "f5",
        "grandma",
        "grandpa",
        "gustave",
        "ian",
        "iven",
        "iven2",
        "john",
        "kaukovalta",
        "klatt",
        "klatt3",
        "linda",
        "m1",
        "m2",
        "m3",
        "m4",
        "m5",
        "m6",
        "m7",
        "m8",
        "marcelo",
        "max",
        "michel",
        "miguel",
        "norbert",
        "pablo",
        "paul",
        "pedro",
        "quincy",
        "rob",
        "robert",
        "sandro",
        "shelby",
        "steph",
        "steph2",
        "steph3",
        "travis",
        "victor",
        "whisper",
        "zac",
    ]
)
# Words without need of sense: places, months, things; every voice reads them by the rules of its own language.
WORDS = tuple(
    [
        "Amsterdam",
        "Barcelona",
        "Copenhagen",
        "Dakar",
        "Edinburgh",
        "Firenze",
        "Geneva",
        "Havana",
        "Istanbul",
        "Jakarta",
        "Kathmandu",
        "Lisboa",
        "Madagascar",
        "Napoli",
        "Oslo",
        "Pamplona",
        "Quito",
        "Roma",
        "Samarkand",
        "Toledo",
        "Uppsala",
        "Valencia",
        "Warszawa",
        "Yokohama",
        "Zagreb",
        "animal",
        "banana",
        "camera",
        "delta",
        "energia",
        "familia",
        "guitara",
        "hotel",
        "idea",
        "karta",
        "limonada",
        "melodia",
        "natura",
        "opera",
        "piano",
        "radio",
        "salata",
        "telefon",
        "universum",
        "violina",
        "alfa",
        "bravo",
        "charlie",
        "delta",
        "foxtrot",
        "golf",
        "papa",
        "romeo",
        "sierra",
        "tango",
        "victor",
        "januar",
        "februar",
        "mart",
        "april",
        "maj",
        "juni",
        "juli",
        "august",
        "septembar",
        "oktobar",
        "novembar",
        "decembar",
    ]
)
ENGLISH = tuple(
    [
        "the",
        "a",
        "this",
        "that",
        "one",
        "my",
        "your",
        "our",
        "morning",
        "evening",
        "river",
        "window",
        "garden",
        "letter",
        "doctor",
        "teacher",
        "captain",
        "brother",
        "sister",
        "children",
        "weather",
        "kitchen",
        "mountain",
        "village",
        "engine",
        "shadow",
        "silver",
        "yellow",
        "heavy",
        "gentle",
        "quiet",
        "early",
        "broken",
        "several",
        "yesterday",
        "tomorrow",
        "slowly",
        "almost",
        "never",
        "walked",
        "carried",
        "opened",
        "remembered",
        "watched",
        "answered",
        "followed",
        "found",
        "thought",
        "wished",
        "through",
        "between",
        "under",
        "against",
        "behind",
        "without",
        "because",
        "although",
        "while",
        "before",
        "after",
        "whether",
        "question",
        "journey",
        "measure",
        "pleasure",
        "church",
        "judge",
        "thing",
        "bath",
        "youth",
        "shoe",
        "vision",
    ]
)


def sentences(words: tuple[str, ...], random: np.random.Generator) -> list[str]:
    """Two to five phrases of words and numbers, with the punctuation that shapes a melody."""
    phrases = []
    for _ in range(random.integers(2, 6)):
        parts = [_part(words, random) for _ in range(random.integers(2, 8))]
        phrases.append(" ".join(parts).capitalize() + str(random.choice(list(".,?!;"))))
    return phrases


def _part(words: tuple[str, ...], random: np.random.Generator) -> str:
    if random.random() < 0.6:
        return str(random.choice(words))
    return str(int(10 ** random.uniform(0, 6)))


def espeak(path: Path, random: np.random.Generator) -> float:
    """Write one file of espeak-ng; gives its seconds."""
    manner = Manner(
        voice=f"{random.choice(LANGUAGES)}+{random.choice(VARIANTS)}",
        words_per_minute=int(random.integers(100, 260)),
        pitch=int(random.integers(10, 95)),
        pitch_range=int(random.integers(10, 100)),
    )
    samples = np.concatenate(speak(sentences(WORDS, random), manner))
    soundfile.write(path, samples * 10 ** (random.uniform(-20, 0) / 20), RATE)
    return len(samples) / RATE


def flite(path: Path, random: np.random.Generator) -> float:
    """Write one file of flite; gives its seconds."""
    settings = {
        "duration_stretch": random.uniform(0.7, 1.4),
        "int_f0_target_mean": random.uniform(80, 240),
        "int_f0_target_stddev": random.uniform(10, 45),
    }
    options = [text for name, value in settings.items() for text in ("--setf", f"{name}={value:.2f}")]
    text = " ".join(sentences(ENGLISH, random))
    voice = str(random.choice(["awb", "rms", "slt"]))
    made = subprocess.run(["flite", "-voice", voice, *options, "-t", text, "-o", str(path)], capture_output=True, check=False)  # noqa: S603, S607
    if made.returncode:
        raise BenchError(f"flite ended with {made.returncode}: {made.stderr.decode(errors='replace').strip()}")
    return soundfile.info(path).duration


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a folder with synthetic speech; what is there is kept."""
    parser = argparse.ArgumentParser(prog="python -m recipes.nano.synthesis", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    if not 0 <= given.seed <= LARGEST_SEED:
        parser.error(f"--seed is {given.seed}; give 0 to {LARGEST_SEED}.")
    try:
        return _fill(given.folder, given.hours, given.seed)
    except (BenchError, OSError) as error:
        parser.exit(2 if isinstance(error, RequestError) else 1, f"{error}\n")


def _fill(whole: Path, hours: float, seed: int) -> int:
    library_path()  # a request that cannot be met ends here, not once a file
    makers: list[tuple[Maker, float, str]] = (
        [(espeak, 1.0, "espeak")] if shutil.which("flite") is None else [(espeak, 0.75, "espeak"), (flite, 0.25, "flite")]
    )
    for maker, share, name in makers:
        folder = whole / name
        folder.mkdir(parents=True, exist_ok=True)
        seconds, number = 0.0, 0
        while seconds < share * hours * 3600:
            path = folder / f"{number:05d}.wav"
            if path.exists():
                seconds += soundfile.info(path).duration
            else:
                seconds += _tried(maker, path, np.random.default_rng([seed, number]))
            number += 1
        print(f"{seconds / 3600:.2f} h in {folder}", file=sys.stderr)
    return 0


def _tried(maker: Maker, path: Path, random: np.random.Generator) -> float:
    """Make a file whole or not at all; a voice that this espeak-ng lacks is passed over."""
    temporary = path.with_name(f".{path.name}")
    try:
        seconds = maker(temporary, random)
    except RequestError as error:
        print(error, file=sys.stderr)
        return 0.0
    temporary.replace(path)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
