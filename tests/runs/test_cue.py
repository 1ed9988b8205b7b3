import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus, Target
from bench.corpora.plan import plan_clips
from bench.features.cue import Cue
from bench.runs.cue import _command, judge_cues, make_cues

KSS = Target("kss", "measured", "How sleepy.", ("alert", "neither", "sleepy"), (1, 9), "KSS", (3.5, 6.5))
GRADE = Target("grade", "acted", "How tired.", ("alert", "neither", "sleepy"))


def corpus(n_speakers=8, n_clips=9, targets=(KSS,)):
    clips = []
    for speaker in range(n_speakers):
        for n in range(n_clips):
            labels = {"kss": 1.0 + n % 9, "grade": GRADE.levels[n % 3]}
            own = {target.name: labels[target.name] for target in targets}
            clips.append(Clip(f"s{speaker}_{n}", f"s{speaker}", Path(f"{speaker}/{n}.wav"), own))
    return Corpus("made", "1", tuple(targets), tuple(clips))


def cue(name, reported):
    return Cue(name, "group", "timing", ("pause_mean_s",), reported, () if reported == "not reported" else ("Somebody",))


def judged(made, values, target=KSS):
    return {row.cue.name: row for row in judge_cues(made, target, values, "fatigue-bench cues made").rows}


@pytest.fixture
def moved():
    """One cue that rises with the label, one that does not move, and the clips they are of."""
    made = corpus()
    rng = np.random.default_rng(0)
    labels = np.array([clip.labels["kss"] for clip in made.clips])
    return made, labels + rng.normal(0, 3, len(labels)), rng.normal(0, 1, len(labels))


def test_what_is_claimed_stands_beside_what_is_reported(moved):
    made, rising, still = moved
    names = ("up", "down", "conflicting", "not reported")
    rows = judged(made, {cue(name, name): rising for name in names})
    assert {row.direction for row in rows.values()} == {"up"}
    assert {name: row.agreement for name, row in rows.items()} == {
        "up": "agrees",
        "down": "opposite",
        "conflicting": "",
        "not reported": "",
    }
    falling = judged(made, {cue("a", "down"): -rising, cue("b", "up"): still})
    assert (falling["a"].direction, falling["a"].agreement) == ("down", "agrees")
    assert (falling["b"].claimed, falling["b"].direction, falling["b"].agreement) == (False, "", "")


def test_claimed_is_what_the_adjusted_interval_says(moved):
    made, rising, _ = moved
    rng = np.random.default_rng(7)
    weak = {cue(f"{n}", "up"): rising + rng.normal(0, n, len(rising)) for n in range(1, 16)}
    rows = judged(made, weak)
    assert {row.claimed for row in rows.values()} == {True, False}
    for row in rows.values():
        assert row.claimed == (row.adjusted.low > 0 or row.adjusted.high < 0)
        assert row.adjusted.low <= row.value.low <= row.value.value <= row.value.high <= row.adjusted.high


def test_the_value_is_scipys_mean_over_speakers(moved):
    made, rising, _ = moved
    row = judged(made, {cue("a", "up"): rising})["a"]
    each = [
        stats.spearmanr(
            [value for value, clip in zip(rising, made.clips, strict=True) if clip.speaker == name],
            [clip.labels["kss"] for clip in made.clips if clip.speaker == name],
        ).statistic
        for name in sorted({clip.speaker for clip in made.clips})
    ]
    assert row.value.value == pytest.approx(np.mean(each))
    assert row.p == pytest.approx(stats.ttest_1samp(each, 0).pvalue)
    assert (row.value.low, row.value.high) == pytest.approx(tuple(stats.ttest_1samp(each, 0).confidence_interval()))


def test_four_speakers_have_a_value_and_no_interval():
    made = corpus(n_speakers=4)
    rising = np.arange(len(made.clips), dtype=float)
    row = judged(made, {cue("a", "up"): rising})["a"]
    assert (row.value.value, row.value.low, row.adjusted.low, row.p) == (1.0, None, None, None)
    assert not row.claimed


def test_cues_without_an_interval_cost_the_others_nothing(moved):
    made, rising, _ = moved
    alone = judged(made, {cue("a", "up"): rising})["a"]
    beside = judged(made, {cue("a", "up"): rising, cue("b", "up"): np.full(len(rising), 3.0)})
    assert beside["a"].adjusted == alone.adjusted
    assert (beside["b"].n_still, beside["b"].value.value, beside["b"].p) == (8, 0.0, None)


def test_missing_values_are_counted_and_cost_a_speaker_only_their_clips(moved):
    made, rising, _ = moved
    gaps = rising.copy()
    gaps[:5] = np.nan  # four clips of the first speaker are left: too few
    gaps[9] = np.nan
    row = judged(made, {cue("a", "up"): gaps})["a"]
    assert (row.n_missing, row.n_speakers) == (6, 7)


def test_the_board_counts_who_can_be_used_and_what_has_no_label():
    made = corpus()
    clips = [replace(clip, labels={}) if clip.id in ("s0_0", "s0_1", "s0_2", "s0_3", "s0_4") else clip for clip in made.clips]
    clips = [replace(clip, labels={"kss": 3.0}) if clip.speaker == "s1" else clip for clip in clips]
    board = judge_cues(replace(made, clips=tuple(clips)), KSS, {}, "")
    assert (board.n_clips, board.n_unlabelled, board.n_speakers, board.n_usable) == (67, 5, 8, 6)


def test_levels_count_by_their_order():
    made = corpus(targets=(GRADE,))
    order = np.array([GRADE.levels.index(clip.labels["grade"]) for clip in made.clips], dtype=float)
    board = judge_cues(made, GRADE, {cue("a", "up"): order}, "")
    assert (board.rows[0].value.value, board.badge) == (1.0, "acted")


PLANNED = {
    "rate": ("down", lambda plan: plan.manner.words_per_minute),
    "pause length": ("up", lambda plan: float(np.mean(plan.pauses_s))),
    "pauses": ("up", lambda plan: len(plan.pauses_s) / len(plan.sentence.words)),
    "pitch": ("down", lambda plan: plan.manner.pitch),
    "breath": ("up", lambda plan: plan.breath_db),
    "jitter": ("up", lambda plan: plan.jitter_us),
    "level": ("not reported", lambda plan: plan.level_dbfs),
    "room": ("not reported", lambda plan: plan.floor_dbfs - plan.level_dbfs),
    "silence before": ("not reported", lambda plan: plan.edges_s[0]),
    "words": ("not reported", lambda plan: len(plan.sentence.words)),
}


def planned(effect, seed=0):
    plans = plan_clips(effect, seed)
    clips = tuple(Clip(plan.clip_id, plan.speaker, Path(plan.clip_id), {"kss": float(plan.kss)}) for plan in plans)
    values = {cue(name, way): np.array([read(plan) for plan in plans], dtype=float) for name, (way, read) in PLANNED.items()}
    return judged(Corpus("planned", "1", (KSS,), clips), values)


def test_what_was_planted_comes_out_with_its_sign_and_nothing_else_does():
    rows = planned(1.0)
    for name, (way, _) in PLANNED.items():
        if way != "not reported":
            assert rows[name].agreement == "agrees", name
    assert not any(rows[name].claimed for name in ("room", "silence before", "words"))


def test_where_nothing_was_planted_nothing_is_claimed():
    claims = [[name for name, row in planned(0.0, seed).items() if row.claimed] for seed in range(20)]
    assert sum(map(bool, claims)) <= stats.binom.ppf(0.999, 20, 0.05), claims


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Six of the embedded voices at nine levels, as files; so that it is speech that is measured."""
    import soundfile

    from bench.corpora.espeak import library_path
    from bench.corpora.rendering import render

    try:
        library_path()
    except RequestError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("spoken")
    rows = ["id,path,speaker,kss"]
    for plan in plan_clips():
        if int(plan.speaker[1:]) <= 6:
            speech = render(plan)
            soundfile.write(folder / f"{plan.clip_id}.wav", speech.samples, speech.rate, subtype="PCM_16")
            rows.append(f"{plan.clip_id},{plan.clip_id}.wav,{plan.speaker},{plan.kss}")
    (folder / "clips.csv").write_text("\n".join(rows) + "\n")
    (folder / "corpus.toml").write_text(
        'name = "spoken"\nmanifest = "clips.csv"\nabout = "Voices."\n[targets.kss]\ncolumn = "kss"\nkind = "synthetic"\n'
        'about = "Planted."\nscale = [1, 9]\nunit = "KSS"\n'
    )
    return folder


def test_planted_fatigue_is_heard_in_the_audio_and_a_second_look_extracts_nothing(spoken, tmp_path):
    with pytest.raises(RequestError, match="`jobs` is 0"):
        make_cues("spoken", spoken, cache=tmp_path, jobs=0)
    board = make_cues("spoken", spoken, cache=tmp_path)
    assert (board.corpus, board.target.name, board.badge, board.n_usable) == ("spoken", "kss", "synthetic speech", 6)
    rows = {row.cue.name: row for row in board.rows}
    assert (rows["speech rate"].direction, rows["speech rate"].agreement) == ("down", "agrees")
    assert rows["pause length"].direction == "up"
    assert all(np.isfinite(row.value.value) for row in board.rows)

    class Told:
        stages = ()

        def stage(self, name, total):
            self.stages += ((name, total),)

        def step(self, done, what=""):
            """Nothing."""

    told = Told()
    assert make_cues("spoken", spoken, cache=tmp_path, progress=told) == board
    assert told.stages == ()


def folder_of(tmp_path, head, column="kss"):
    (tmp_path / "clips.csv").write_text(f"id,path,speaker,{column}\na,a.wav,x,1\n")
    (tmp_path / "corpus.toml").write_text(f'name = "odd"\nmanifest = "clips.csv"\nabout = "None."\n{head}')
    return tmp_path


def test_levels_without_an_order_are_refused(tmp_path):
    head = '[targets.kss]\ncolumn = "kss"\nkind = "acted"\nabout = "A."\nlevels = ["1", "2"]\nordinal = false\n'
    with pytest.raises(RequestError, match="have no order"):
        make_cues("odd", folder_of(tmp_path, head), cache=tmp_path / "cache")


def test_unknown_speakers_and_targets_are_refused(tmp_path):
    head = '[targets.kss]\ncolumn = "kss"\nkind = "acted"\nabout = "A."\nscale = [1, 9]\n'
    folder = folder_of(tmp_path, head)
    with pytest.raises(RequestError, match="Did you mean 'kss'"):
        make_cues("odd", folder, "ksss", cache=tmp_path / "cache")
    (folder / "clips.csv").write_text("id,path,split,kss\na,a.wav,train,1\n")
    (folder / "corpus.toml").write_text(f'speakers = "unknown"\n{(folder / "corpus.toml").read_text()}')
    with pytest.raises(RequestError, match="Nobody knows who speaks"):
        make_cues("odd", folder, cache=tmp_path / "cache")


def test_the_command_brings_what_the_corpus_is_read_with():
    assert _command("mine", Path("my data"), "kss", [Path("own.py")]) == (
        "fatigue-bench cues 'mine=my data' --target kss --plugin own.py"
    )


def test_importing_it_is_light():
    code = (
        "import sys; import bench.runs.cue; print(sorted({'torch','scipy','pandas','opensmile','sklearn'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
