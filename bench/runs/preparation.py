"""Preparation: from the names in a study to corpora, features in the store, and tasks with audited folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.base.error import RequestError
from bench.base.finding import Finding
from bench.corpora.corpus import Corpus
from bench.corpora.pool import check_meaning, parse_mix, pool
from bench.decoders.facts import ClipFacts
from bench.features.extraction import Extraction
from bench.protocols.audit import audit
from bench.protocols.task import Question, Task, check_tested_labels, make_tasks, parse_task
from bench.runs.shuffle import permuted
from bench.runs.source import read_corpus
from bench.runs.study import Study


@dataclass(frozen=True)
class AuditedTask:
    """A task whose folds do not leak, with what was found."""

    task: Task
    findings: tuple[Finding, ...]


def read_corpora(study: Study) -> dict[str, Corpus]:
    """Read every corpus that the study's tasks ask for, by the name that the tasks use; pools are not made yet.

    Raises
    ------
    RequestError
        If a corpus has no folder, is named but not used, or cannot be read; if a task asks several corpora for what does not
        mean the same in all of them.
    """
    questions = [parse_task(text) for text in study.tasks]
    asked = list(dict.fromkeys(part for question in questions for part in parse_mix(question.corpus).parts))
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
    for question in questions:
        parts = {part: corpora[part] for part in parse_mix(question.corpus).parts}
        if len(parts) > 1:
            check_meaning(parts, question.target)
    return {name: limited(corpora[name], study.limit) for name in asked}


def pooled(study: Study, corpora: Mapping[str, Corpus]) -> dict[str, Corpus]:
    """The corpora, and the pools of them that tasks ask for."""
    names = dict.fromkeys(parse_task(text).corpus for text in study.tasks)
    return {**corpora, **{name: pool(name, corpora) for name in names if name not in corpora}}


def pooled_extractions(study: Study, extractions: Mapping[str, Extraction]) -> dict[str, Extraction]:
    """The extractions, and those of the pools, made of their parts: nothing is extracted anew."""
    found = dict(extractions)
    for name in dict.fromkeys(parse_task(text).corpus for text in study.tasks):
        if name not in found:
            found[name] = _together({part: extractions[part] for part in parse_mix(name).parts})
    return found


def _together(parts: Mapping[str, Extraction]) -> Extraction:
    return Extraction(
        facts={f"{part}:{clip_id}": fact for part, one in parts.items() for clip_id, fact in one.facts.items()},
        keys={f"{part}:{clip_id}": key for part, one in parts.items() for clip_id, key in one.keys.items()},
        decoded=sum(one.decoded for one in parts.values()),
        extracted=dict(sum((Counter(one.extracted) for one in parts.values()), Counter())),
        failures=tuple(
            replace(failure, clip_id=failure.clip_id and f"{part}:{failure.clip_id}")
            for part, one in parts.items()
            for failure in one.failures
        ),
        joins={
            spelled: {f"{part}:{clip_id}": key for part, one in parts.items() for clip_id, key in one.joins[spelled].items()}
            for spelled in set.intersection(*(set(one.joins) for one in parts.values()))
        },
    )


def limited(corpus: Corpus, n_speakers: int | None) -> Corpus:
    """The corpus with its first N speakers (in the order of their names) only.

    Raises
    ------
    RequestError
        If nobody knows who speaks in it.
    """
    if n_speakers is None:
        return corpus
    if corpus.speakers == "unknown":
        raise RequestError(
            f"The first {n_speakers} speakers of {corpus.name!r} cannot be taken, because it does not say who speaks. "
            "Expected is a corpus with speakers. Leave `--limit` out."
        )
    speakers = set(sorted({clip.speaker for clip in corpus.clips})[:n_speakers])
    return replace(corpus, clips=tuple(clip for clip in corpus.clips if clip.speaker in speakers))


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
        If a speaker or a recording stands on two sides of a split, no task can be made, or all that is tested has one label.
    """
    found: list[AuditedTask] = []
    for text in study.tasks:
        question = parse_task(text)
        corpus = corpora[question.corpus]
        hashes = {clip.id: facts[question.corpus][clip.id].sample_hash for clip in corpus.clips}
        if "speaker" in study.tracks and corpus.speakers == "unknown":
            raise RequestError(
                f"The track 'speaker' scales the clips of each speaker on their own, and {corpus.name!r} does not say who "
                "speaks. Expected is the track 'open' alone. Leave `--tracks speaker` out."
            )
        for task in _tasks(corpus, question, study):
            findings = (*audit(task, hashes), *_controls(study))
            stopping = [finding for finding in findings if finding.stops]
            if stopping:
                raise RequestError(" ".join(f"{f.code}: {f.message}" for f in stopping) + " Correct the folds and run again.")
            check_tested_labels(task)
            if task.name not in [other.task.name for other in found]:
                found.append(AuditedTask(task, findings))
    return found


def tasks_of_labels(study: Study, corpora: Mapping[str, Corpus]) -> list[Task]:
    """The tasks of a study before any recording was looked at."""
    corpora = pooled(study, corpora)
    questions = [parse_task(text) for text in study.tasks]
    return [task for question in questions for task in _tasks(corpora[question.corpus], question, study)]


def _tasks(corpus: Corpus, question: Question, study: Study) -> Sequence[Task]:
    if study.permute is None:
        return make_tasks(corpus, question, study.splitter, study.seed)
    forms = (question.form,) if question.form else corpus.target(question.target).forms
    shuffled = {form: permuted(corpus, question.target, study.permute, form) for form in forms}
    asked = {form: question._replace(form=form) for form in forms}
    return [task for form in forms for task in make_tasks(shuffled[form], asked[form], study.splitter, study.seed)]


def _controls(study: Study) -> tuple[Finding, ...]:
    found: tuple[Finding, ...] = ()
    if study.limit is not None:
        found += (Finding("FB014", f"Only the first {study.limit} speakers were used (--limit {study.limit})."),)
    if study.permute is not None:
        message = f"The labels were permuted within each speaker (seed {study.permute}): every value should lie at chance."
        found += (Finding("FB016", message),)
    return found
