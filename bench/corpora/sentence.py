"""The sentences of the synthetic corpus: our own, about nothing in particular, with syllables counted by hand."""

from __future__ import annotations

from dataclasses import dataclass

VARIANTS = 4

# Hyphens part the syllables. Nine lengths (6 to 19 syllables), four sentences of each. Words whose count depends on the
# speaker (fire, library, every) are kept out.
_TEXTS = (
    "The gate is o-pen now",
    "Two hors-es cross the field",
    "A bell rang in the church",
    "She cut the cake in half",
    "The riv-er runs past the wall",
    "Nine boats wait-ed in the bay",
    "She put the let-ter a-way",
    "A blue bus stopped at the gate",
    "They paint-ed the kit-chen door dark green",
    "My un-cle keeps ten bees in the yard",
    "The mar-ket o-pens at half past six",
    "We found a sil-ver coin in the sand",
    "The post-man left a par-cel with the bak-er",
    "His neigh-bour grows po-ta-toes be-hind the shed",
    "Two chil-dren flew a pa-per kite on the hill",
    "The car-pen-ter meas-ured the ta-ble a-gain",
    "A small grey cat is sit-ting un-der the wag-on",
    "The win-ter gar-den has a nar-row wood-en bench",
    "Please bring the blue bas-ket down from the up-per room",
    "They crossed the wood-en bridge be-fore the rain be-gan",
    "The old doc-tor read the mag-a-zine while the ket-tle boiled",
    "A hun-dred peo-ple wait-ed for the last boat at Bris-tol",
    "My sis-ter bought a bi-cy-cle and a pair of red gloves",
    "The win-dow on the sec-ond floor looks out on the har-bour",
    "We walked a-long the rail-way line un-til we reached the vil-lage",
    "The teach-er wrote the num-bers on a board be-side the win-dow",
    "He car-ried the cop-per ket-tle in-to the kit-chen at noon",
    "A far-mer sold us a doz-en eggs and a bag of on-ions",
    "The col-lege lends out rec-ords and maps as well as pic-ture books to-day",
    "When the sun came out the gar-den-er wa-tered the to-ma-toes a-gain",
    "The tick-et of-fice clos-es at sev-en but the back gates stay o-pen",
    "My grand-moth-er tells us sto-ries a-bout the old ships in the har-bour",
    "The bus to the sta-tion leaves from the cor-ner be-tween the bank and the ho-tel",
    "They plan to build a wood-en cab-in by the lake and plant some trees a-round it",
    "Af-ter lunch the chil-dren drew a pic-ture of a cas-tle and a long drag-on",
    "The man be-hind the coun-ter wrapped the cups in pa-per and hand-ed me the box",
)


@dataclass(frozen=True)
class Sentence:
    """A sentence to be spoken.

    Attributes
    ----------
    id : str
        As in ``s07``.
    words : tuple of str
    counts : tuple of int
        Syllables of each word.
    """

    id: str
    words: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def syllables(self) -> int:
        """How many syllables it has."""
        return sum(self.counts)


def sentences() -> tuple[Sentence, ...]:
    """The 36 sentences, shortest first; each four that follow one another (``VARIANTS``) are equally long in syllables.

    Examples
    --------
    >>> first = sentences()[0]
    >>> " ".join(first.words), first.syllables
    ('The gate is open now', 6)
    """
    return tuple(_parse(f"s{number:02d}", text) for number, text in enumerate(_TEXTS, 1))


def _parse(name: str, text: str) -> Sentence:
    parts = [word.split("-") for word in text.split()]
    return Sentence(name, tuple("".join(part) for part in parts), tuple(len(part) for part in parts))
