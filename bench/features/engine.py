"""openSMILE, configured once a process and reset between clips.

The library's own Python wrapper parses its configuration anew for each clip and wraps each result in pandas; this does
neither, and the numbers are the same bits (a test compares them).
"""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.base.error import BenchError

RATE = 16_000
# openSMILE keeps its longest clip's buffers (5 MB a minute); a long one gets an engine of its own.
LONG_SAMPLES = 120 * RATE


class Engine:
    """One openSMILE configuration, ready to run on one clip after the other.

    Parameters
    ----------
    configuration : str
        Name of a member of ``opensmile.FeatureSet``, as in ``eGeMAPSv02``; functionals are computed.
    names : tuple of str
        The columns that are expected of it.

    Raises
    ------
    BenchError
        If the installed opensmile lacks what is needed here, or names its columns differently.
    """

    def __init__(self, configuration: str, names: tuple[str, ...]) -> None:
        import opensmile

        self._lock = threading.Lock()
        self._core: Any = None
        try:
            from opensmile.core.config import config
            from opensmile.core.lib import OpenSMILE

            # opensmile.Smile would say all this as well, but takes half a second to describe itself.
            root = Path(opensmile.__file__).parent / "core" / config.CONFIG_ROOT
            self._path = str(root / (opensmile.FeatureSet[configuration].value + config.CONFIG_EXT))
            self._options = {
                "source": root / config.EXTERNAL_INPUT_CONFIG,
                "sink": root / config.EXTERNAL_OUTPUT_SINGLE_CONFIG,
                "sinkLevel": opensmile.FeatureLevel.Functionals.value,
                "bufferModeRbConf": root / "shared/BufferModeRb.conf.inc",
                "frameModeFunctionalsConf": root / "shared/FrameModeFunctionals.conf.inc",
                "sampleRate": RATE,
                "nBits": 16,
            }
            self._new = OpenSMILE
            self._source, self._sink = config.EXTERNAL_SOURCE_COMPONENT, config.EXTERNAL_OUTPUT_COMPONENT
            core = self._open()
            found = [core.external_sink_get_element_name(self._sink, i) for i in range(len(names))]
            n_found = core.external_sink_get_num_elements(self._sink)
        except Exception as error:
            raise BenchError(
                f"opensmile {opensmile.__version__} lacks what the openSMILE feature sets need ({error}). "
                "Expected is a version like 2.6. Run `pip install 'opensmile>=2.6,<2.7'`."
            ) from error
        if n_found != len(names) or tuple(found) != names:
            raise BenchError(
                f"opensmile {opensmile.__version__} gives {n_found} columns for {configuration} that differ from the "
                f"{len(names)} expected ones. Expected is a version like 2.6. Run `pip install 'opensmile>=2.6,<2.7'`."
            )

    def run(self, samples: npt.NDArray[np.int16]) -> npt.NDArray[np.float32] | None:
        """Compute the functionals of one clip.

        Parameters
        ----------
        samples : int16 array, shape (n_samples,)
            At 16 kHz.

        Returns
        -------
        float32 array, shape (n_names,), or None
            None where the clip is shorter than openSMILE's first frame.
        """
        if len(samples) == 0:
            return None
        with self._lock:
            try:
                return self._run(samples)
            except Exception:
                self._close()
                raise
            finally:
                if len(samples) > LONG_SAMPLES:
                    self._close()

    def _run(self, samples: npt.NDArray[np.int16]) -> npt.NDArray[np.float32] | None:
        core = self._open()
        rows: list[npt.NDArray[np.float32]] = []
        # The wrapper keeps every callback for good; resetting forgets them, so that they need not pile up.
        core._callbacks.clear()
        core.external_sink_set_callback_ex(self._sink, lambda data, _: rows.append(data[0].copy()))
        if not core.external_audio_source_write_data(self._source, samples.tobytes()):
            raise BenchError(f"openSMILE did not take {len(samples)} samples. Cut the recording into shorter clips.")
        core.external_audio_source_set_eoi(self._source)
        core.run()
        core.reset()
        return rows[0] if rows else None

    def _open(self) -> Any:
        if self._core is None:
            core = self._new()
            core.initialize(self._path, self._options, loglevel=0)
            self._core = core
        return self._core

    def _close(self) -> None:
        if self._core is not None:
            self._core.free()
            self._core = None


@functools.cache
def engine(configuration: str, names: tuple[str, ...]) -> Engine:
    """The engine of this process for one configuration."""
    return Engine(configuration, names)
