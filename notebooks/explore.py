# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Looking at a corpus before training on it
#
# Four looks that a researcher takes before any model is fitted: what the labels and the clips are like, what a recording looks
# like, which cues move with the label *within* a person, and what an embedding groups the clips by.
#
# The corpus is the embedded one: synthetic speech with a planted "fatigue" of 1 to 9. **Nobody was tired.** It is here because
# it comes with the program and because we know what was planted, so we can see whether a look would have found it. For your own
# recordings, change the first cell; everything else stays.
#
# How to open it: `pip install -e '.[synth,notebook]'`, then `jupytext --to ipynb notebooks/explore.py`, and open
# `explore.ipynb` in Jupyter or an editor. The text is what is kept; the figures are made anew in half a minute.

# %%
import warnings
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import bench

CORPUS, FOLDER = "synthetic", None  # for yours: "ravdess", "/data/ravdess"
TARGET = "fatigue"
N_SPEAKERS = 8  # a third of the 24 voices, so that a clean kernel is done in half a minute; None for all
CACHE = Path("../features_cache") if Path("../features_cache").is_dir() else Path("features_cache")

warnings.filterwarnings("ignore", message="IProgress not found")  # bars of libraries; nothing here needs them
plt.rcParams.update({"figure.dpi": 110, "figure.constrained_layout.use": True, "font.size": 9, "axes.titlesize": 9.5})
plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left"})
INK, SOFT, ACCENT = "#1f2933", "#b8c1cc", "#c2410c"

# %% [markdown]
# ## What is there
#
# `bench.read_corpus` gives clips, their speakers, labels and reasons for whatever was left out. The first time, it makes the
# speech (some seconds); a corpus on a disk is only indexed, nothing is decoded.

# %%
corpus = bench.read_corpus(CORPUS, FOLDER, cache=CACHE)
speakers = sorted({clip.speaker for clip in corpus.clips})[:N_SPEAKERS]
corpus = replace(corpus, clips=tuple(clip for clip in corpus.clips if clip.speaker in speakers and TARGET in clip.labels))
target = corpus.target(TARGET)
if target.scale is None:
    known = ", ".join(each.name for each in corpus.targets if each.scale) or "none of this corpus"
    raise ValueError(
        f"{TARGET!r} has levels without a scale, and what follows draws scores. Set TARGET to one that has: {known}."
    )
print(corpus.about, target.about, f"The label is {target.kind}.", sep="\n")

length = bench.features_of(corpus, "duration", cache=CACHE)
clips = pd.DataFrame(
    [
        {
            "id": clip.id,
            "speaker": clip.speaker,
            "sex": clip.traits.get("sex") or "not known",
            "label": float(clip.labels[TARGET]),
        }
        for clip in corpus.clips
    ]
).set_index("id")
clips = clips.loc[list(length.clip_ids)]  # recordings that cannot be used are gone from here on
clips["level"] = [target.levels[target.level(label)] for label in clips["label"]]
clips["seconds"] = length.values[:, 0]
print(f"\n{len(clips)} clips of {clips.speaker.nunique()} speakers, {clips.seconds.sum() / 60:.1f} minutes.")
clips.groupby("level", sort=False)["seconds"].describe().round(2)

# %% [markdown]
# ## Labels and durations
#
# Left: are all values of the scale used, and by everyone? A corpus in which each speaker covers only a part of the scale
# invites a model to recognise the speaker instead of the state. Right: does the length of a clip alone tell the label? If so,
# every model must first beat that.

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
counts = clips.groupby(["label", "sex"]).size().unstack(fill_value=0)
bottom = np.zeros(len(counts))
for sex, colour in zip(counts.columns, cycle((INK, SOFT, ACCENT)), strict=False):
    left.bar(counts.index, counts[sex], bottom=bottom, width=0.8, color=colour, label=sex)
    bottom += counts[sex].to_numpy()
left.set(title="Clips by label", xlabel=f"{TARGET} ({target.unit})", ylabel="clips", ylim=(0, bottom.max() * 1.25))
left.set_xticks(counts.index)
left.legend(frameon=False, ncols=2, loc="upper right")

lengths = [clips.seconds[clips.level == level] for level in target.levels]
right.boxplot(lengths, orientation="horizontal", widths=0.5, medianprops={"color": ACCENT, "linewidth": 2}, showfliers=False)
for row, values in enumerate(lengths, start=1):
    right.plot(values, row + np.linspace(-0.17, 0.17, len(values)), ".", color=INK, alpha=0.45, markersize=4)
right.set_yticks(range(1, len(lengths) + 1), target.levels)
right.set(title="Duration by level", xlabel="seconds")
plt.show()

covered = clips.groupby("speaker")["label"].agg(np.ptp)
print(f"Of the scale, a speaker covers {covered.min():g} to {covered.max():g} of {np.ptp(target.scale):g} steps.")
print(f"Rank correlation of duration and label over all clips: {clips.seconds.corr(clips.label, method='spearman'):.2f}.")

# %% [markdown]
# Every voice covers the whole scale here, by design; real corpora are seldom so kind. Sleepier clips are longer, because slower
# speech and pauses were planted: a board puts a row "duration alone" beside every model for that reason.
#
# ## One voice, least and most
#
# The spectrograms of two clips of one voice, with the pitch drawn in (right axis), the pauses shaded in blue, and the loudness
# below, as the level of each 40 ms; a frame sounds above the dashed line. This is what the feature set `timing` measures: the
# same code, the same thresholds.

# %%
from bench.decoders.decoder import decode
from bench.features.pause import centred, find_speech
from bench.features.pitch import track_pitch

RATE = 16_000


def draw_clip(clip, panel, strip, window_s):
    """A spectrogram with pitch and pauses, and the level below it."""
    wave = decode(clip.path, clip.start_s, clip.end_s, clip.turns).wave.resampled(RATE)
    speech = find_speech(wave.samples, RATE)
    track = track_pitch(centred(wave.samples, RATE), RATE, speech.threshold_db).within(speech.runs_s)
    panel.specgram(wave.samples + 1e-9, NFFT=400, noverlap=300, Fs=RATE, cmap="Greys", vmin=-130, vmax=-45)
    panel.set(ylim=(0, 5000), xlim=(0, window_s), yticks=[0, 2000, 4000], yticklabels=["0", "2", "4"])
    panel.set_title(f"{clip.id}: {TARGET} {clip.labels[TARGET]:g} of {target.scale[1]:g}")
    voice = panel.twinx()
    voice.plot(track.times_s, np.where(track.voiced, track.pitch_hz, np.nan), color=ACCENT, linewidth=1.8)
    voice.set(ylim=(0, 500), yticks=[0, 200, 400])
    voice.tick_params(axis="y", colors=ACCENT)
    strip.plot(track.times_s, track.level_db, color=INK, linewidth=0.9)
    strip.axhline(speech.threshold_db, color=SOFT, linewidth=0.9, linestyle="--")
    strip.set(ylim=(-80, 0), yticks=[-60, -30, 0], xlabel="seconds")
    for axes in (panel, strip):
        for start_s, end_s in speech.pauses_s:
            axes.axvspan(start_s, end_s, color="#3b82f6", alpha=0.18, linewidth=0)
    return voice


one = clips.speaker.value_counts().index[0]
own = sorted((clip for clip in corpus.clips if clip.speaker == one), key=lambda clip: clip.labels[TARGET])
pair = (own[0], own[-1])
window_s = max(clips.seconds[clip.id] for clip in pair)
figure, axes = plt.subplots(2, 2, figsize=(9, 4.4), sharex=True, height_ratios=[3, 1])
twins = [draw_clip(clip, axes[0, column], axes[1, column], window_s) for column, clip in enumerate(pair)]
axes[0, 0].set_ylabel("frequency (kHz)")
axes[1, 0].set_ylabel("level (dB)")
twins[1].set_ylabel("pitch (Hz)", color=ACCENT)
plt.show()

for clip in pair:
    wave = decode(clip.path, clip.start_s, clip.end_s, clip.turns).wave.resampled(RATE)
    pauses = find_speech(wave.samples, RATE).pauses_s
    print(f"{clip.id}: pauses {len(pauses)}, together {np.diff(pauses, axis=1).sum():.1f} s.")

# %% [markdown]
# One pair is an illustration, no evidence: the sentences differ. What holds over voices is the next look's question.
#
# ## Cues against the label, within speakers
#
# Voices differ more from one another than a voice does between alert and sleepy, so a cloud of all clips hides what moves. Each
# thin line is one speaker's own least-squares slope; the thick one has the mean slope over speakers. The interval (95 %) is
# Student's, over speakers, for each cue alone. `fatigue-bench cues` looks at all cues, corrects for their number, and puts
# beside each the direction that the literature reports.

# %%
from scipy import stats

CUES = {
    "articulation rate (nuclei/s)": ("timing", "articulation_rate_hz"),
    "share of pauses": ("timing", "pause_share"),
    "longest pause (s)": ("timing", "pause_longest_s"),
    "pitch (semitones above 27.5 Hz)": ("egemaps", "F0semitoneFrom27.5Hz_sma3nz_amean"),
    "loudness": ("egemaps", "loudness_sma3_amean"),
    "periodicity, CPPS (dB)": ("timing", "cpps_mean_db"),
}
tables = {name: bench.features_of(corpus, name, cache=CACHE) for name in {name for name, _ in CUES.values()}}
for cue, (name, column) in CUES.items():
    clips[cue] = pd.Series(tables[name].values[:, tables[name].columns.index(column)], index=list(tables[name].clip_ids))


def slopes_of(cue):
    """Each speaker's least-squares slope, a step of the scale."""
    found = {}
    for speaker, own in clips.dropna(subset=[cue]).groupby("speaker"):
        if own["label"].nunique() > 2:
            found[speaker] = np.polyfit(own["label"], own[cue], 1)[0]
    return pd.Series(found)


figure, axes = plt.subplots(2, 3, figsize=(9, 5), sharex=True)
ends = np.array(target.scale)
rows = []
for cue, panel in zip(CUES, axes.flat, strict=True):
    slopes = slopes_of(cue)
    low, high = stats.t.interval(0.95, len(slopes) - 1, slopes.mean(), stats.sem(slopes))
    panel.plot(clips["label"], clips[cue], ".", color=SOFT, markersize=3)
    for speaker, slope in slopes.items():
        own = clips[clips.speaker == speaker]
        panel.plot(ends, own[cue].mean() + slope * (ends - own["label"].mean()), color=INK, alpha=0.35, linewidth=0.8)
    panel.plot(ends, clips[cue].mean() + slopes.mean() * (ends - clips["label"].mean()), color=ACCENT, linewidth=2.5)
    panel.set(title=cue, xticks=[1, 3, 5, 7, 9] if target.scale == (1, 9) else [])
    same = int((np.sign(slopes) == np.sign(slopes.mean())).sum())
    rows.append({"cue": cue, "slope": slopes.mean(), "low": low, "high": high, "speakers this way": f"{same} of {len(slopes)}"})
for panel in axes[-1]:
    panel.set_xlabel(f"{TARGET} ({target.unit})")
plt.show()

within = pd.DataFrame(rows).set_index("cue")
moves = within[(within["low"] > 0) | (within["high"] < 0)]
print("Interval without 0:", ", ".join(f"{cue} {'up' if row.slope > 0 else 'down'}" for cue, row in moves.iterrows()) or "none")
within.round(3)

# %% [markdown]
# Timing carries the planted effect: the voices slow down, and pause more and longer. Loudness is there to mislead: the distance
# of the microphone was drawn anew for every clip. That cues move says that they measure what was planted; it says nothing about
# how tired people speak.
#
# ## What an embedding groups clips by
#
# Three layers of the embedded encoder (`wav2vec2[checkpoint=nano]`, small, and trained on ten hours of speech), mean over time,
# in two dimensions. PCA, and no more than that: it has no knob to turn until groups appear, the same clips always give the same
# picture, and it says how much of the variance the picture leaves out. Distances between groups in a t-SNE or a UMAP mean
# little, and with a hundred clips both show groups in noise. A thread leads from each clip to the middle of its speaker's. For
# the published encoder, write `wav2vec2@all`; for one that has learned nothing, `untrained[size=nano]@all`.

# %%
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from bench.metrics.variance import eta_squared

embedded = bench.features_of(corpus, "wav2vec2[checkpoint=nano]@all", cache=CACHE, jobs=1)  # small: a second process costs more
known = clips.loc[list(embedded.clip_ids)]
shown = (0, embedded.values.shape[1] // 2, embedded.values.shape[1] - 1)
names = sorted(known.speaker.unique())
colours = plt.colormaps["tab20"].colors
palette = {name: (colours[::2] + colours[1::2])[at % 20] for at, name in enumerate(names)}

figure, axes = plt.subplots(2, len(shown), figsize=(9, 6))
rows = []
for column, layer in enumerate(shown):
    values = StandardScaler().fit_transform(embedded.values[:, layer])
    pca = PCA(n_components=2, random_state=0)
    points = pca.fit_transform(values)
    dots = axes[0, column].scatter(*points.T, c=known["label"], cmap="viridis", s=16)
    for name in names:
        own = points[(known.speaker == name).to_numpy()]
        for point in own:  # a thread to the middle of the speaker's own clips
            axes[1, column].plot(*np.transpose([own.mean(axis=0), point]), color=palette[name], linewidth=0.6, zorder=1)
        axes[1, column].scatter(*own.T, color=palette[name], s=16, zorder=2, label=name)
    axes[0, column].set_title(f"layer {layer}: {pca.explained_variance_ratio_.sum():.0%} of the variance")
    for panel in axes[:, column]:
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set(visible=True, color=SOFT)
    row = {"layer": layer}
    for what, groups in (("speakers", known.speaker), ("labels", known["label"].astype(str))):
        row[f"between {what}"] = eta_squared(values, groups.to_numpy())
        row[f"{what}, by chance"] = (groups.nunique() - 1) / (len(groups) - 1)
    rows.append(row)
axes[0, 0].set_ylabel("coloured by label")
axes[1, 0].set_ylabel("coloured by speaker")
figure.colorbar(dots, ax=axes[0, :], label=f"{TARGET} ({target.unit})", shrink=0.9)
axes[1, -1].legend(loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, fontsize=8, handletextpad=0.2)
plt.show()

print("Share of the variance of all dimensions (not of the two drawn alone) that lies between speakers, and between labels:")
pd.DataFrame(rows).set_index("layer").round(2)

# %% [markdown]
# Clips lie together by voice, and by label no more than chance would have it: women's and men's voices stand apart before
# anything else does, and a mean over time holds no pause. (The encoder knew this synthesiser beforehand: espeak-ng is part of
# what it heard, as its card says.) That is why no speaker may stand on two sides of a split, and why a model that rates
# speakers whom it has heard before is no evidence for anything.
#
# ## What was seen, and what was not
#
# - Duration alone tells something about the label here. A model has to beat that.
# - Within speakers, the timing cues move as they were planted; single clips overlap widely.
# - Embeddings group by speaker first.
# - Nobody was tired. The speech was made by a program, and so was the fatigue in it. What was seen is that the looks work.
#
# Next: `fatigue-bench card` and `fatigue-bench cues` print and draw the like for any corpus; `bench.run()` asks which model
# rates a speaker whom it has never heard, and how sure we are.
