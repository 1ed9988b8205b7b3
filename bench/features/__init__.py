"""Features: from ``Waveform`` to ``FeatureTable``, and the store on disk between them.

Takes clips and feature sets. Gives one table a feature set view: a row a clip, float32, missing values as NaN.

Conventions: a feature set has no I/O and no globals; ``extract`` gives float32 of shape ``(n_dims,)`` or
``(n_layers, n_dims)``; layer 0 is the transformer's input, counted upward; poolings, layers and column choices are views on
what one pass stored.

Does not belong here: scaling, imputing, labels, folds.
"""
