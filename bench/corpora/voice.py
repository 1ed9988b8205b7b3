"""The voices of the synthetic corpus, and their habits when they are wide awake."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    """A made-up speaker.

    Attributes
    ----------
    id : str
        As in ``v07``.
    sex : {'female', 'male'}
        What the voice sounds like.
    espeak : str
        Accent, and the variant that sets formants and melody: ``en-us+f3``.
    words_per_minute : int
        Habitual rate.
    pitch, pitch_range : int
        Habitual pitch and liveliness, 0 to 100.
    level_dbfs : float
        Habitual level of the speech alone, in dB below full scale; it spreads far wider than fatigue moves it.
    breath_db : float
        Aspiration noise against the speech.
    jitter_percent : float
        Random shift of each cycle, in per cent of its length.
    pause_s : float
        Habitual length of a pause.
    """

    id: str
    sex: str
    espeak: str
    words_per_minute: int
    pitch: int
    pitch_range: int
    level_dbfs: float
    breath_db: float
    jitter_percent: float
    pause_s: float


# The habits were drawn once so that each is spread evenly and none follows another; they are data, not computed.
VOICES = (
    Voice("v01", "female", "en-us+f1", 193, 60, 48, -34, -34, 0.61, 0.36),
    Voice("v02", "male", "en-gb-x-rp+m1", 190, 79, 69, -24, -27, 0.33, 0.34),
    Voice("v03", "female", "en-gb-x-rp+f2", 199, 66, 70, -25, -28, 0.85, 0.35),
    Voice("v04", "male", "en+m2", 222, 54, 72, -35, -32, 0.80, 0.25),
    Voice("v05", "female", "en+f3", 156, 43, 57, -30, -28, 0.40, 0.34),
    Voice("v06", "male", "en-gb-scotland+m3", 205, 72, 40, -26, -25, 0.64, 0.30),
    Voice("v07", "female", "en-gb-scotland+f4", 165, 51, 38, -27, -33, 0.51, 0.27),
    Voice("v08", "male", "en-us+m4", 219, 68, 59, -23, -27, 0.43, 0.33),
    Voice("v09", "female", "en-us+f5", 179, 54, 35, -33, -26, 0.38, 0.31),
    Voice("v10", "male", "en-gb-x-rp+m5", 182, 83, 46, -37, -32, 0.56, 0.29),
    Voice("v11", "female", "en-gb-x-rp+linda", 208, 40, 45, -35, -24, 0.35, 0.25),
    Voice("v12", "male", "en+m6", 173, 75, 53, -25, -33, 0.53, 0.26),
    Voice("v13", "female", "en+belinda", 159, 37, 41, -36, -26, 0.30, 0.35),
    Voice("v14", "male", "en-gb-scotland+m7", 185, 57, 43, -22, -27, 0.72, 0.28),
    Voice("v15", "female", "en-gb-scotland+steph", 162, 57, 54, -30, -31, 0.48, 0.28),
    Voice("v16", "male", "en-us+Denis", 188, 86, 75, -29, -25, 0.90, 0.33),
    Voice("v17", "female", "en-us+Annie", 213, 46, 51, -32, -29, 0.74, 0.26),
    Voice("v18", "male", "en-gb-x-rp+miguel", 202, 90, 50, -28, -30, 0.77, 0.36),
    Voice("v19", "female", "en-gb-x-rp+aunty", 196, 49, 67, -38, -24, 0.67, 0.30),
    Voice("v20", "male", "en+Gene2", 167, 50, 62, -32, -31, 0.82, 0.32),
    Voice("v21", "female", "en+shelby", 176, 63, 64, -23, -30, 0.46, 0.29),
    Voice("v22", "male", "en-gb-scotland+norbert", 170, 65, 65, -28, -29, 0.87, 0.31),
    Voice("v23", "female", "en-gb-scotland+grandma", 216, 34, 60, -31, -34, 0.69, 0.27),
    Voice("v24", "male", "en-us+Nguyen", 211, 61, 56, -37, -31, 0.59, 0.32),
)
