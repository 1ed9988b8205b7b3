"""Corpora: from a folder to a ``Corpus`` of clips.

Takes a folder as its publisher laid it out (or nothing, for speech that we make). Gives clips: who speaks, where the audio
is, what the label says and what the label is (measured, proxy, acted, synthetic).

Conventions: a reader looks at names and label files and never decodes audio; what it leaves out stands in ``excluded`` with
its reason; every clip has a speaker. Labels of a target are scores (numbers) or level names.

Does not belong here: decoding, features, folds.
"""
