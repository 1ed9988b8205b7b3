"""Corpora: from a folder to a ``Corpus`` of clips.

Takes a folder as its publisher laid it out (or nothing, for speech that we make). Gives clips: who speaks, where the audio
is, what the label says and what the label is (measured, proxy, acted, synthetic).

Conventions: a reader looks at names and label files and never decodes audio; what it leaves out stands in ``excluded`` with
its reason; every clip has a speaker, or the corpus declares that nobody knows. Labels of a target are scores (numbers) or level
names.

The nouns are in ``corpus``, the door in ``reader``; each corpus is a file of its own name. What readers share: ``tree`` and
``root`` (folders, and staying inside), ``naming`` (files understood by their names), ``manifest`` (tables), ``emotion``,
``proxy``, ``norm``, ``scale``, ``sleepiness`` and ``question`` (labels), ``trait``. What one corpus alone needs:

- ``folder``: declaration
- ``iemocap``: evaluation, dialogue
- ``emodb``: judgement
- ``slc``: arff, rating, recording, gathering
- ``audformat``: database, choice, annotation
- ``huggingface``: hub, shard, record, inventory
- ``synthetic``: plan, sentence, voice, espeak, rendering
- several corpora as one: pool

Does not belong here: decoding, features, folds.
"""
