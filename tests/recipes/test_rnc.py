"""What was packed comes out again, and what is broken is said."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Sequence

import pytest

from recipes.nano import rnc
from recipes.nano.rnc import unpacked

# Codes of 16 numbers of 4 bits each, so that any number below 2 ** 15 can be told.
N_CODES, BITS = 16, 4


class Packer:
    """A place is kept for a word when the first bit of it is needed; literal bytes go wherever the end is then."""

    def __init__(self) -> None:
        self.out = bytearray()
        self.word, self.n_bits = 0, 16

    def bits(self, value: int, n_bits: int) -> None:
        for index in range(n_bits):
            if self.n_bits == 16:
                self.word, self.n_bits = len(self.out), 0
                self.out += b"\0\0"
            self.out[self.word + self.n_bits // 8] |= (value >> index & 1) << self.n_bits % 8
            self.n_bits += 1

    def codes(self) -> None:
        for _ in range(3):
            self.bits(N_CODES, 5)
            for _ in range(N_CODES):
                self.bits(BITS, 4)

    def number(self, value: int) -> None:
        n_bits = value.bit_length()
        self.bits(int(f"{n_bits:04b}"[::-1], 2), BITS)
        if n_bits > 1:
            self.bits(value - (1 << (n_bits - 1)), n_bits - 1)


Part = tuple[bytes, int, int]  # literal bytes, how far back, how many bytes


def pack(chunks: Sequence[Sequence[Part]], whole: bytes, **header: int) -> bytes:
    packer = Packer()
    packer.bits(0, 2)
    for parts in chunks:
        packer.codes()
        packer.bits(len(parts), 16)
        for index, (literal, back, length) in enumerate(parts):
            packer.number(len(literal))
            packer.out += literal
            if index < len(parts) - 1:
                packer.number(back - 1)
                packer.number(length - 2)
    size, checksum = header.get("size", len(whole)), header.get("checksum", crc(whole))
    return struct.pack(">4sIIHHBB", b"RNC\x01", size, len(packer.out), checksum, 0, 0, len(chunks)) + bytes(packer.out)


def crc(data: bytes) -> int:
    """CRC-16/ARC, a bit at a time."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 * (value & 1)
    return value


def test_the_checksum_is_the_published_one() -> None:
    assert rnc._checksum(b"123456789") == crc(b"123456789") == 0xBB3D  # the catalogue's check of CRC-16/ARC


@pytest.mark.parametrize("seed", range(20))
def test_what_was_packed_comes_out(seed: int) -> None:
    draw = random.Random(seed)
    whole, chunks = bytearray(), []
    for _ in range(draw.randint(1, 3)):
        parts: list[Part] = []
        n_parts = draw.randint(1, 40)
        for index in range(n_parts):
            literal = draw.randbytes(draw.choice([0, 1, 2, 3, 17, 300]) or (not whole))
            whole += literal
            back, length = draw.randint(1, min(len(whole), 4_000)), draw.choice([2, 3, 9, 1_000])
            parts.append((literal, back, length))
            if index < n_parts - 1:
                for _ in range(length):
                    whole.append(whole[-back])
        chunks.append(parts)
    assert unpacked(pack(chunks, bytes(whole))) == whole


def test_what_is_broken_is_said() -> None:
    good = [[(b"speech", 6, 12), (b"", 1, 2)]]
    whole = b"speech" * 3
    assert unpacked(pack(good, whole)) == whole
    for packed, words in (
        (b"RIFF", "begins with b'RIFF'"),
        (pack(good, whole)[:10], "ends too early"),
        (pack(good, whole)[:-8], "ends too early"),
        (pack(good, whole, size=17), "unpacks to more than the 17 bytes that it tells"),
        (pack(good, whole, size=19), "unpacks to 18 bytes, not to the 19 that it tells"),
        (pack(good, whole, checksum=crc(whole) ^ 1), "unpacks to other bytes than were packed"),
        (pack([[(b"speech", 7, 12), (b"", 1, 2)]], whole), "repeats what was not there"),
        (pack([], b"x")[:18] + b"\0\0", "unpacks to 0 bytes"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            unpacked(packed)


def test_a_code_that_no_compressor_makes_is_refused() -> None:
    for lengths, words in (([1, 1, 1], "no compressor makes"), ([], "does not explain"), ([2, 2], "does not explain")):
        packer = Packer()
        packer.bits(0, 2)
        for _ in range(3):
            packer.bits(len(lengths), 5)
            for each in lengths:
                packer.bits(each, 4)
        packer.bits(0xFFFF, 16)
        packer.bits(0xFFFF, 16)
        with pytest.raises(ValueError, match=words):
            unpacked(struct.pack(">4sIIHHBB", b"RNC\x01", 9, 9, 0, 0, 0, 1) + bytes(packer.out) + b"\xff" * 8)
