"""Runs: from jobs to results.

Takes a study (tasks, feature sets, models and how to run them). Gives results in an append-only ledger, one predictions
table, and the standing of the rows of each task.

Conventions: everything that is fitted is fitted inside the fold; a failed job is a result too; a job's fingerprint is the
key of the ledger, so running again resumes.

A run goes study, source, preparation, grid, job, fit, desk, ledger, standing, board; ``run`` reads like that. Looking before
training is ``look`` with ``card`` (portion, sound), ``proxy``, ``cue`` and ``measure``. What strangers' plug-ins are held to is
``check`` with ``conformance`` and ``model_conformance`` (trial, elsewhere), tried by ``examination`` in another process
(chamber, examinee, lookout), and for corpora ``corpus_conformance`` (corpus_promise, witness, replica); ``scaffold`` writes
the first file of one.

Rating recordings is ``rating``: selection of a row, recall of its study, rater with fitted, domain and standout, kept by
``keep``. How far rows can be trusted is ``reliability``, from calibration and crossing. What a board
holds of the layers of an encoder is ``layer``, gathered by ``sweep``; ``ablation`` is the study that takes an encoder apart.

Does not belong here: HTML, printing, decoding.
"""
