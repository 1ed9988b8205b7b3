"""Protocols: from a ``Corpus`` to tasks and folds, and the audit that they do not leak.

Takes a corpus. Gives tasks (corpus, target, form), folds as lists of clip ids, and findings about them.

Conventions: no speaker stands on two sides; folds are data, exportable and hashed; the same folds serve every row of a task.

Does not belong here: anything that fits.
"""
