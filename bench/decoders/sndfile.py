"""libsndfile, as it is called here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import soundfile

SYSTEM_ERROR = 2  # libsndfile's number for it


def open_audio(path: Path) -> soundfile.SoundFile:
    """Open a recording for reading, whatever its name is made of.

    A name on a POSIX system is bytes, and need not be UTF-8, into which soundfile turns every text; on Windows it is text.

    Raises
    ------
    soundfile.LibsndfileError
        If the file is no audio, or the system does not give its bytes.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> import soundfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     soundfile.write(Path(folder, "a.wav"), np.zeros(800), 8000)
    ...     with open_audio(Path(folder, "a.wav")) as audio:
    ...         audio.frames
    800
    """
    import soundfile

    return soundfile.SoundFile(str(path) if sys.platform == "win32" else os.fsencode(path))
