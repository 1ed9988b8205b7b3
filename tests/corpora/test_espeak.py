"""espeak-ng says the same each time, obeys its settings, and fails in sentences."""

import hashlib
import locale
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bench.base.error import RequestError
from bench.corpora.espeak import RATE, Manner, phonemes, speak

pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")

PHRASES = ("The ticket office closes at seven,", "but the back gates stay open.")
SLOW = Manner("en-us+f3", words_per_minute=120)


def fingerprint(phrases, manner):
    return hashlib.sha256(np.concatenate(speak(phrases, manner)).tobytes()).hexdigest()


def pitch_hz(samples):
    """Pitch by autocorrelation, the median over the loud frames; independent of every feature set."""
    found = []
    for start in range(0, len(samples) - 1024, 512):
        frame = samples[start : start + 1024] - samples[start : start + 1024].mean()
        if np.mean(frame**2) > 0.3 * np.mean(samples**2):
            power = np.abs(np.fft.rfft(frame * np.hanning(1024), 4096)) ** 2
            correlation = np.fft.irfft(power)
            lags = slice(RATE // 400, RATE // 65)
            found.append(RATE / (lags.start + np.argmax(correlation[lags])))
    return float(np.median(found))


def test_what_was_spoken_before_changes_nothing():
    first = fingerprint(PHRASES, SLOW)
    speak(["Something else was said meanwhile."], Manner("en+m3", words_per_minute=200))
    assert fingerprint(PHRASES, SLOW) == first


def test_the_breath_of_a_klatt_voice_is_the_same_again():
    manner = Manner("uz+Reed")
    assert len({fingerprint(PHRASES, manner) for _ in range(3)}) == 1


def test_the_clock_changes_nothing():
    first = fingerprint(PHRASES, SLOW)
    time.sleep(1.1)  # espeak-ng would seed itself with the second of the day
    assert fingerprint(PHRASES, SLOW) == first


def test_threads_and_other_processes_say_the_same():
    expected = fingerprint(PHRASES, SLOW)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: fingerprint(PHRASES, SLOW), range(8))) == {expected}
    code = (
        "import hashlib, numpy as np; from bench.corpora.espeak import Manner, speak; "
        f"print(hashlib.sha256(np.concatenate(speak({PHRASES!r}, {SLOW!r})).tobytes()).hexdigest())"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == expected


def test_a_phrase_each():
    spoken = speak(PHRASES, SLOW)
    assert [samples.dtype for samples in spoken] == [np.float32, np.float32]
    assert all(0.1 < np.abs(samples).max() <= 1 for samples in spoken)


def test_rate_and_pitch_are_obeyed():
    slow, fast = (speak(PHRASES, Manner("en-us+f3", words_per_minute=wpm))[0] for wpm in (110, 220))
    assert 1.6 < len(slow) / len(fast) < 2.4
    low, high = (pitch_hz(speak(PHRASES, Manner("en-us+f3", pitch=pitch))[0]) for pitch in (30, 70))
    assert 1.2 < high / low < 2.2


def test_the_locale_of_the_process_stays():
    before = locale.setlocale(locale.LC_CTYPE)
    speak(["Good morning."], SLOW)
    assert locale.setlocale(locale.LC_CTYPE) == before


def test_an_unknown_voice_is_a_sentence():
    with pytest.raises(RequestError, match=r"no voice 'en-xx\+nobody'.*Give a language"):
        speak(["Good morning."], Manner("en-xx+nobody"))
    with pytest.raises(RequestError, match="no voice"):
        phonemes("morning", "en-xx+nobody")


def test_without_the_wheel_one_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)  # how Python itself marks what cannot be imported
    with pytest.raises(RequestError, match=r"pip install 'fatigue-bench\[synth\]'"):
        speak(["Good morning."], SLOW)


def test_many_calls_leave_no_memory_and_no_files_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code = (
        "import resource; from bench.corpora.espeak import Manner, speak\n"
        "peaks = []\n"
        "for n in range(60):\n"
        "    speak(['Good morning.'], Manner('en-us+f3'))\n"
        "    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
        "print(peaks[-1] - peaks[9])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(answer.stdout) < 20_000  # kB for 50 calls; a library kept open costs about 1,000 each
    assert list(tmp_path.iterdir()) == []
