"""Decoders: from a ``Clip`` to a ``Waveform``, and the facts about each recording.

Takes clips. Gives mono float32 samples at the rate that is asked for, and for every recording its hash, rate, channels,
level and what is wrong with it.

Conventions: samples lie within -1 to 1; mixing down is the mean of the channels; resampling is soxr HQ; a recording that
cannot be used is named with its reason, never skipped.

Does not belong here: trimming and levelling (parameters of a feature set), anything about labels.
"""
