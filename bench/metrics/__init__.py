"""Metrics: from truth and guess to numbers with intervals.

Takes arrays of truth, guess and speaker. Gives values, intervals over speakers, and paired intervals of differences.

Conventions: levels are integer codes 0 to k-1 with k given, so that an absent class is never forgotten; a metric is computed
on pooled out-of-fold predictions; an interval draws whole speakers; the number a metric gives is a value.

Does not belong here: models, folds, anything that reads a file.
"""
