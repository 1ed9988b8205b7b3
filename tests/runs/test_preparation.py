"""Preparation: corpora by name, labels permuted or limited, folds audited."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import bench
from bench.base.error import RequestError
from bench.corpora.corpus import Clip, Corpus
from bench.corpora.reader import READERS, CorpusReader
from bench.runs.preparation import audited_tasks, limited, permuted, read_corpora
from bench.runs.study import Study
from tests.conftest import write_recordings
from tests.runs.conftest import KSS, make_corpus, make_facts


def study_of(*tasks, **more):
    return Study(tasks=tasks or ("tiny/kss",), features=("timing",), models=("dummy",), **more)


def labels_of(corpus, target="kss"):
    found = {}
    for clip in corpus.clips:
        found.setdefault(clip.speaker, []).append(clip.labels.get(target))
    return found


def test_permuting_keeps_the_labels_of_every_speaker():
    corpus = make_corpus(8)
    before, after = labels_of(corpus), labels_of(permuted(corpus, "kss", 0))
    assert {s: Counter(own) for s, own in after.items()} == {s: Counter(own) for s, own in before.items()}
    assert after != before
    assert len({tuple(own) for own in after.values()}) > 4  # not one order for all
    assert [c.id for c in permuted(corpus, "kss", 0).clips] == [c.id for c in corpus.clips]


def test_permuting_differs_by_seed_and_repeats():
    corpus = make_corpus(8)
    assert permuted(corpus, "kss", 1) == permuted(corpus, "kss", 1)
    assert permuted(corpus, "kss", 1) != permuted(corpus, "kss", 2)
    assert permuted(corpus, "kss", None) is corpus


def test_permuting_a_speaker_does_not_hang_on_the_others():
    whole = labels_of(permuted(make_corpus(8), "kss", 3))
    some = labels_of(permuted(make_corpus(4), "kss", 3))
    assert some == {speaker: whole[speaker] for speaker in some}


def test_permuting_leaves_other_targets_and_clips_without_a_label_alone():
    mood = replace(KSS, name="mood")
    clips = [replace(clip, labels={**clip.labels, "mood": clip.labels["kss"]}) for clip in make_corpus().clips]
    clips[0] = replace(clips[0], labels={"mood": 5.0})
    corpus = replace(make_corpus(), targets=(KSS, mood), clips=tuple(clips))
    after = permuted(corpus, "kss", 0)
    assert labels_of(after, "mood") == labels_of(corpus, "mood")
    assert "kss" not in after.clips[0].labels
    assert labels_of(after) != labels_of(corpus)


@pytest.mark.parametrize(
    ("n", "kept"), [(2, {"s0", "s1"}), (99, {f"s{n}" for n in range(6)}), (None, {f"s{n}" for n in range(6)})]
)
def test_the_first_speakers_by_name_stay(n, kept):
    corpus = make_corpus()
    corpus = replace(corpus, clips=corpus.clips[::-1])
    found = limited(corpus, n)
    assert {clip.speaker for clip in found.clips} == kept
    assert [c.id for c in found.clips] == [c.id for c in corpus.clips if c.speaker in kept]


def test_a_corpus_is_known_by_its_own_name_and_limited(recordings):
    corpora = read_corpora(study_of(corpora={"folder": recordings.folder}, limit=2))
    assert list(corpora) == ["tiny"]
    assert {clip.speaker for clip in corpora["tiny"].clips} == {"s0", "s1"}


def test_a_corpus_that_no_task_asks_for_is_told(recordings, monkeypatch):
    monkeypatch.setattr(READERS, "_added", {"made": Made})
    with pytest.raises(RequestError, match=r"No task asks for the corpus 'tiny'.*Tasks ask for: made.*--tasks tiny/TARGET"):
        read_corpora(study_of("made/kss", corpora={"folder": recordings.folder}))


def test_a_corpus_without_a_folder_is_told(recordings):
    with pytest.raises(
        RequestError, match=r"'ravdess' has no folder\. Give it: `ravdess=PATH` \(to a run, `--corpora ravdess=PATH`\)"
    ):
        read_corpora(study_of("ravdess/fatigue-proxy"))
    with pytest.raises(RequestError, match="Corpora with a folder: folder"):
        read_corpora(study_of("tiny/kss", "ravdess/fatigue-proxy", corpora={"folder": recordings.folder}))


def test_an_unknown_corpus_is_told():
    with pytest.raises(RequestError, match="Did you mean 'synthetic'"):
        read_corpora(study_of("syntetic/fatigue"))


class Made(CorpusReader):
    """A corpus that makes itself."""

    name = "made"
    version = "1"
    makes_itself = property(lambda self: True)
    size: int = 2

    def read(self, folder: Path) -> Corpus:
        return Corpus(str(self), "1", (KSS,), tuple(Clip(str(n), "a", folder / "x", {"kss": 1.0}) for n in range(self.size)))


def test_a_corpus_that_makes_itself_gets_a_place_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(READERS, "_added", {"made": Made})
    corpora = read_corpora(study_of("made/kss", "made[size=3]/kss", cache=tmp_path))
    assert [len(corpus.clips) for corpus in corpora.values()] == [2, 3]
    folders = {corpus.clips[0].path.parent for corpus in corpora.values()}
    assert folders == {tmp_path / "corpora" / f"made-{Made(size=n).identity}" for n in (2, 3)}


class Twin(Made):
    """Reads a corpus that is called as another one."""

    name = "twin"

    def read(self, folder):
        return make_corpus()


def test_two_corpora_of_one_name_are_told(recordings, monkeypatch):
    monkeypatch.setattr(READERS, "_added", {"twin": Twin})
    with pytest.raises(RequestError, match="Two corpora are called 'tiny'"):
        read_corpora(study_of(corpora={"folder": recordings.folder, "twin": recordings.folder}))


def audited(study, corpus):
    return audited_tasks(study, {"tiny": corpus}, {"tiny": make_facts(corpus)})


def test_both_forms_are_made_and_audited():
    found = audited(study_of(), make_corpus(4))
    assert [one.task.name for one in found] == ["tiny/kss/score", "tiny/kss/level"]
    assert [[f.code for f in one.findings] for one in found] == [["FB008"], ["FB008"]]
    assert [one.findings for one in audited(study_of(), make_corpus(5))] == [(), ()]


def test_a_task_that_is_named_twice_is_made_once():
    assert [one.task.form for one in audited(study_of("tiny/kss/level", "tiny/kss"), make_corpus())] == ["level", "score"]


def test_controls_are_told():
    found = audited(study_of(limit=6, permute=4), make_corpus())
    for one in found:
        assert [f.code for f in one.findings] == ["FB014", "FB016"]
        assert "--limit 6" in one.findings[0].message
        assert "(seed 4)" in one.findings[1].message


def test_a_permuted_study_permutes_the_labels_and_keeps_the_folds():
    (plain,), (control,) = (audited(study_of("tiny/kss/score", permute=p), make_corpus()) for p in (None, 1))
    assert control.task.fold_hash == plain.task.fold_hash
    assert control.task.y().tolist() != plain.task.y().tolist()
    assert control.task.y().tolist() == [c.labels["kss"] for c in permuted(make_corpus(), "kss", 1).clips]


def test_a_speaker_on_two_sides_stops_the_run():
    corpus = make_corpus()
    clips = tuple(replace(c, split="test" if c.id in ("s0-0", "s1-1") else "train") for c in corpus.clips)
    with pytest.raises(RequestError, match=r"FB001: 2 speakers of tiny/kss/score .*Correct the folds and run again"):
        audited(study_of(splitter="fixed"), replace(corpus, clips=clips))


def test_the_same_recording_on_two_sides_stops_the_run():
    corpus = make_corpus()
    facts = make_facts(corpus)
    facts["s3-1"] = replace(facts["s3-1"], sample_hash=facts["s0-0"].sample_hash)
    with pytest.raises(RequestError, match="FB002: 1 recording of tiny/kss/score"):
        audited_tasks(study_of(), {"tiny": corpus}, {"tiny": facts})


def test_what_is_wrong_with_a_task_is_told():
    with pytest.raises(bench.RequestError, match="Did you mean 'kss'"):
        audited(study_of("tiny/ksss"), make_corpus())
    with pytest.raises(bench.RequestError, match="grouped-9 does not fit 6 speakers"):
        audited(study_of(splitter="grouped-9"), make_corpus())


def test_two_folders_of_ones_own_are_told_apart_by_their_names(tmp_path):
    first, second = (write_recordings(tmp_path / name, n_speakers=2) for name in ("first", "second"))
    toml = second.folder / "corpus.toml"
    toml.write_text(toml.read_text().replace('"tiny"', '"other"'))
    study = study_of("tiny/kss", "other/kss", corpora={"tiny": first.folder, "other": toml})
    assert {name: corpus.name for name, corpus in read_corpora(study).items()} == {"tiny": "tiny", "other": "other"}
    with pytest.raises(RequestError, match=r"calls itself 'other', not 'third'"):
        read_corpora(study_of("third/kss", corpora={"third": toml}))


def test_speakers_that_nobody_knows_cannot_be_limited():
    corpus = make_corpus()
    unknown = replace(corpus, speakers="unknown", clips=tuple(replace(clip, speaker="") for clip in corpus.clips))
    assert limited(unknown, None) is unknown
    with pytest.raises(RequestError, match=r"first 2 speakers of 'tiny' cannot be taken.*Leave `--limit` out"):
        limited(unknown, 2)
