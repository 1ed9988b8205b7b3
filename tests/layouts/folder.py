"""A folder of one's own: a table, a few lines of TOML, and recordings in folders below."""

import numpy as np

ABOUT = "Three nurses before, during and after a night shift, who said what they liked."
LICENCE, CITATION = "Given by the user, version 7.", "The user (2026)."


def write_folder(folder):
    """Three speakers with four clips each, two being stretches of one file; a clip has no label, a recording no row."""
    import soundfile

    rng = np.random.default_rng(0)
    rows = ["id,path,speaker,session,start_s,end_s,kss,ward"]
    for speaker in ("anna", "berta", "clara"):
        (folder / "audio" / speaker).mkdir(parents=True, exist_ok=True)
        for number, kss in enumerate(("1", "5", "8", "")):
            name = f"audio/{speaker}/{max(number, 1)}.wav"  # the first two are stretches of one file
            bounds = ("0,0.5", "0.5,1", ",", ",")[number]
            rows.append(f"{speaker}-{number},{name},{speaker},night{number % 2},{bounds},{kss},north")
            soundfile.write(folder / name, 0.1 * rng.standard_normal(16_000), 16_000, subtype="PCM_16")
    soundfile.write(folder / "audio" / "corridor.wav", 0.1 * rng.standard_normal(16_000), 16_000, subtype="PCM_16")
    (folder / "clips.csv").write_text("\n".join(rows) + "\n")
    (folder / "nights.toml").write_text(
        f'name = "nights"\nmanifest = "clips.csv"\nabout = "{ABOUT}"\nlicence = "{LICENCE}"\ncitation = "{CITATION}"\n'
        '[targets.kss]\nkind = "measured"\nabout = "What they said they felt like."\nscale = [1, 9]\nunit = "KSS"\n'
        'levels = ["alert", "neither", "sleepy"]\ncuts = [3.5, 6.5]\n'
    )
    return folder
