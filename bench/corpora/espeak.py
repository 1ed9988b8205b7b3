"""The door to espeak-ng: text in, samples out, the same samples every time.

espeak-ng keeps hidden state: the same text gives other samples at each call in one process, and neither its own restart nor
a seed helps. So each call here loads a fresh copy of the library, and nothing that was spoken before can be heard in it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import locale
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError, RequestError

RATE = 22_050

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS; mode 1 (retrieval) answers before the samples are there
_SEED = 1  # it seeds its flutter and breath with the clock otherwise
_CHARS_UTF8 = 1
_PHONEMES_IPA = 2
_SPEED, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7  # espeak_PARAMETER

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class Manner:
    """How espeak-ng is to speak.

    Attributes
    ----------
    voice : str
        A language and a variant, as in ``en-us+f3``.
    words_per_minute : int
        80 to 450.
    pitch, pitch_range : int
        0 to 100; 50 is the voice's own.
    """

    voice: str
    words_per_minute: int = 165
    pitch: int = 50
    pitch_range: int = 50


def speak(phrases: Sequence[str], manner: Manner) -> list[npt.NDArray[np.float32]]:
    """Speak phrases one after the other.

    Parameters
    ----------
    phrases : sequence of str
        Each with the punctuation that shapes its melody.
    manner : Manner

    Returns
    -------
    list of float32 array, each of shape (n_samples,)
        One a phrase, mono at 22,050 Hz, within -1 to 1, with the short silences that espeak-ng puts at its edges. Equal
        arguments give equal samples on one machine, whatever was spoken before; with Klatt's variants (as Reed) only
        while one thread speaks at a time.

    Raises
    ------
    RequestError
        If espeak-ng is not installed, or knows no such voice.
    BenchError
        If it fails.

    Examples
    --------
    >>> first, second = speak(["Good morning,", "everyone."], Manner("en-us+f3"))
    >>> bool(abs(first).max() > 0.1)
    True
    """
    with _fresh_library() as library:
        parts: list[npt.NDArray[np.int16]] = []

        def take(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
            if samples and count > 0:
                parts.append(np.ctypeslib.as_array(samples, (count,)).copy())
            return 0

        callback = _Callback(take)  # a local name keeps it alive for as long as the library may call it
        library.espeak_SetSynthCallback(callback)
        _set_manner(library, manner)
        spoken: list[npt.NDArray[np.float32]] = []
        for phrase in phrases:
            parts.clear()
            text = phrase.encode()
            _check("speak", library.espeak_Synth(text, len(text) + 1, 0, 1, 0, _CHARS_UTF8, None, None))
            _check("finish", library.espeak_Synchronize())
            if not parts:
                raise BenchError(f"espeak-ng gave no samples for {phrase!r}. Give it a text with words.")
            spoken.append(np.concatenate(parts).astype(np.float32) / np.float32(32_768))
    return spoken


def phonemes(text: str, voice: str) -> str:
    """How espeak-ng would pronounce a text, in the International Phonetic Alphabet.

    Raises
    ------
    RequestError
        If espeak-ng is not installed, or knows no such voice.

    Examples
    --------
    >>> phonemes("six", "en-us")
    'sˈɪks'
    """
    with _fresh_library() as library:
        _set_manner(library, Manner(voice))
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        rest = ctypes.c_char_p(text.encode())
        clauses = []
        while rest.value:
            clauses.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, _PHONEMES_IPA).decode())
    return " ".join(clauses)


def library_path() -> Path:
    """Where the shared library lies.

    Raises
    ------
    RequestError
        If the wheel that carries it is not installed.
    """
    if importlib.util.find_spec("espeakng_loader") is None:
        raise RequestError(
            "Speech cannot be synthesised, because the package 'espeakng-loader' is not installed. "
            "Install it with `pip install 'fatigue-bench[synth]'`."
        )
    import espeakng_loader

    return Path(espeakng_loader.get_library_path())


@contextmanager
def _fresh_library() -> Iterator[ctypes.CDLL]:
    path = library_path()
    with tempfile.TemporaryDirectory(prefix="fatigue-bench-") as folder:
        copy = Path(folder, path.name)
        shutil.copyfile(path, copy)
        try:
            library = ctypes.CDLL(str(copy))
        except OSError as error:
            raise BenchError(f"espeak-ng cannot be loaded from a temporary folder: {error}. Set TMPDIR to another.") from error
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        found = library.espeak_Initialize(_SYNCHRONOUS, 0, str(path.parent / "espeak-ng-data").encode(), 0)
        if found != RATE:
            raise BenchError(f"espeak-ng started with {found}, expected {RATE} Hz. Install espeakng-loader anew.")
        library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
        ctypes.CDLL(None).srand(_SEED)  # the breath of some voices is drawn by the C library
        yield library
        _check("stop", library.espeak_Terminate())
    finally:
        locale.setlocale(locale.LC_CTYPE, before)  # espeak_Initialize changes it for the whole process
        _unload(library)


def _unload(library: ctypes.CDLL) -> None:
    close = ctypes.CDLL(None).dlclose
    close.argtypes = [ctypes.c_void_p]
    close(library._handle)


def _set_manner(library: ctypes.CDLL, manner: Manner) -> None:
    if library.espeak_SetVoiceByName(manner.voice.encode()) != 0:
        raise RequestError(f"espeak-ng knows no voice {manner.voice!r}. Give a language and a variant, as in 'en-us+f3'.")
    settings = {_SPEED: manner.words_per_minute, _PITCH: manner.pitch, _RANGE: manner.pitch_range, _WORD_GAP: 0}
    for parameter, value in settings.items():
        _check(f"take {value} for its parameter {parameter}", library.espeak_SetParameter(parameter, value, 0))


def _check(what: str, status: int) -> None:
    if status != 0:
        raise BenchError(f"espeak-ng could not {what}: its status is {status}, expected 0.")
