"""The hand-made syllable counts agree with espeak-ng's dictionary in every accent in use."""

import re
from collections import Counter

import pytest

from bench.corpora.sentence import VARIANTS, sentences
from bench.corpora.voice import VOICES

pytest.importorskip("espeakng_loader", reason="the extra [synth] is not installed")

# One match is one syllable: a diphthong, or a vowel with its length mark, in the International Phonetic Alphabet.
NUCLEUS = re.compile("aɪ|aʊ|ʌʉ|ɔɪ|eɪ|oʊ|əʊ|iə|eə|ʊə|[iɪeɛæaɑɒɔoʊuʌəɜɐᵻɚɝʉ]ː?")


@pytest.mark.parametrize("accent", sorted({voice.espeak.split("+")[0] for voice in VOICES}))
def test_syllables_as_in_the_dictionary(accent):
    from bench.corpora.espeak import phonemes

    texts = {sentence.id: " ".join(sentence.words) for sentence in sentences()}
    spoken = {name: re.sub("[ˈˌ]", "", phonemes(text, accent)) for name, text in texts.items()}
    counted = {name: len(NUCLEUS.findall(text)) for name, text in spoken.items()}
    assert counted == {sentence.id: sentence.syllables for sentence in sentences()}


def test_words_and_counts_belong_together():
    for sentence in sentences():
        assert len(sentence.words) == len(sentence.counts)
        assert all(word.isalpha() for word in sentence.words)


def test_nine_lengths_of_four_each():
    ordered = sentences()
    lengths = [sentence.syllables for sentence in ordered]
    assert lengths == sorted(lengths)
    assert set(Counter(lengths).values()) == {VARIANTS}
    assert len(set(lengths)) == 9
    assert len({sentence.words for sentence in ordered}) == len({sentence.id for sentence in ordered}) == 36
    assert lengths[-1] >= 3 * lengths[0]
