"""Models: from a seed to an unfitted scikit-learn estimator.

Takes a form (score or level) and a seed. Gives a pipeline with imputing and scaling inside it, and a small search grid.

Conventions: grids run from the most to the least regularised, so that a tie goes to the simpler model; class imbalance is met
by balanced weights; heavy libraries are imported inside ``build``. ``recipe`` is the door for models, ``sharing`` the one for
estimators that fit many candidates for little more than one.

Does not belong here: folds, tuning, metrics.
"""
