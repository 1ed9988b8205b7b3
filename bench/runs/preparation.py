"""Preparation: from the names in a study to corpora, features in the store, and tasks with audited folds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.base.error import RequestError
from bench.base.finding import Finding
from bench.base.identity import digest
from bench.corpora.corpus import Clip, Corpus, Label
from bench.decoders.facts import ClipFacts
from bench.protocols.audit import audit
from bench.protocols.task import Question, Task, make_tasks, parse_task
from bench.runs.source import read_corpus
from bench.runs.study import Study


@dataclass(frozen=True)
class AuditedTask:
    """A task whose folds do not leak, with what was found."""

    task: Task
    findings: tuple[Finding, ...]


def read_corpora(study: Study) -> dict[str, Corpus]:
    """Read every corpus that the study's tasks ask for, by the name that the tasks use.

    Raises
    ------
    RequestError
        If a corpus has no folder, is named but not used, or cannot be read.
    """
    asked = list(dict.fromkeys(parse_task(text).corpus for text in study.tasks))
    corpora: dict[str, Corpus] = {}
    for spelled, path in study.corpora.items():
        corpus = read_corpus(spelled, path, study.cache)
        if corpus.name in corpora:
            raise RequestError(f"Two corpora are called {corpus.name!r}. Names must differ. Give one another `name`.")
        corpora[corpus.name] = corpus
    for name in asked:
        if name not in corpora:
            corpora[name] = read_corpus(name, None, study.cache, study.corpora)
    unused = sorted(set(corpora) - set(asked))
    if unused:
        raise RequestError(
            f"No task asks for the corpus {unused[0]!r}. Tasks ask for: {', '.join(asked)}. Add `--tasks {unused[0]}/TARGET`."
        )
    return {name: limited(corpora[name], study.limit) for name in asked}


def limited(corpus: Corpus, n_speakers: int | None) -> Corpus:
    """The corpus with its first N speakers (in the order of their names) only."""
    if n_speakers is None:
        return corpus
    speakers = set(sorted({clip.speaker for clip in corpus.clips})[:n_speakers])
    return replace(corpus, clips=tuple(clip for clip in corpus.clips if clip.speaker in speakers))


def permuted(corpus: Corpus, target: str, seed: int | None) -> Corpus:
    """The corpus with the labels of a target permuted within each speaker: nothing is left to learn, all else is the same.

    Examples
    --------
    >>> from bench.corpora.corpus import Target
    >>> kss = Target("kss", "measured", "", scale=(1, 9))
    >>> clips = tuple(Clip(str(n), "a", Path(f"{n}.wav"), {"kss": float(n)}) for n in range(1, 9))
    >>> shuffled = permuted(Corpus("c", "1", (kss,), clips), "kss", seed=0)
    >>> sorted(c.labels["kss"] for c in shuffled.clips) == [float(n) for n in range(1, 9)]
    True
    >>> [c.labels["kss"] for c in shuffled.clips] == [float(n) for n in range(1, 9)]
    False
    """
    if seed is None:
        return corpus
    clips: dict[str, list[Clip]] = {}
    for clip in corpus.clips:
        if target in clip.labels:
            clips.setdefault(clip.speaker, []).append(clip)
    label: dict[str, Label] = {}
    for speaker, own in sorted(clips.items()):
        rng = np.random.default_rng(int(digest([seed, speaker, target]), 16) % 2**63)
        order = rng.permutation(len(own))
        label |= {clip.id: own[other].labels[target] for clip, other in zip(own, order, strict=True)}
    return replace(
        corpus, clips=tuple(replace(c, labels={**c.labels, target: label[c.id]}) if c.id in label else c for c in corpus.clips)
    )


def audited_tasks(
    study: Study, corpora: Mapping[str, Corpus], facts: Mapping[str, Mapping[str, ClipFacts]]
) -> list[AuditedTask]:
    """Make every task of the study and audit its folds.

    Parameters
    ----------
    study : Study
    corpora : mapping of str to Corpus
        By name, after the decoder's exclusions.
    facts : mapping of str to mapping of str to ClipFacts
        By corpus name and clip id.

    Raises
    ------
    RequestError
        If a speaker or a recording stands on two sides of a split, or no task can be made.
    """
    found: list[AuditedTask] = []
    for text in study.tasks:
        question = parse_task(text)
        corpus = permuted(corpora[question.corpus], question.target, study.permute)
        hashes = {clip.id: facts[question.corpus][clip.id].sample_hash for clip in corpus.clips}
        for task in _tasks(corpus, question, study):
            findings = (*audit(task, hashes), *_controls(study))
            stopping = [finding for finding in findings if finding.stops]
            if stopping:
                raise RequestError(" ".join(f"{f.code}: {f.message}" for f in stopping) + " Correct the folds and run again.")
            if task.name not in [other.task.name for other in found]:
                found.append(AuditedTask(task, findings))
    return found


def _tasks(corpus: Corpus, question: Question, study: Study) -> Sequence[Task]:
    return make_tasks(corpus, question, study.splitter, study.seed)


def _controls(study: Study) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = ()
    if study.limit is not None:
        found += (Finding("FB014", f"Only the first {study.limit} speakers were used (--limit {study.limit})."),)
    if study.permute is not None:
        message = f"The labels were permuted within each speaker (seed {study.permute}): every value should lie at chance."
        found += (Finding("FB016", message),)
    return found
