"""Unpack what Rob Northen's compressor packed by its method 1.

A stream of Huffman codes, read from the low bit of little-endian words of 16 bits, tells how many literal bytes follow, which
lie between the words, and what is repeated of that which has been unpacked. Each chunk has codes of its own.
"""

from __future__ import annotations

import struct

_HEADER = struct.Struct(">4sIIHHBB")
_MAGIC = b"RNC\x01"


class _Bits:
    """The bits of ``packed`` from ``place`` on, with literal bytes between them."""

    def __init__(self, packed: bytes, place: int) -> None:
        self._packed = packed
        self._place = place
        self._held = int.from_bytes(packed[place : place + 2], "little")
        self._n_held = 16

    def peek(self) -> int:
        """At least 16 bits, the next one lowest."""
        return self._held

    def skip(self, n_bits: int) -> None:
        self._held >>= n_bits
        self._n_held -= n_bits
        if self._n_held < 16:
            self._place += 2
            self._look()

    def read(self, n_bits: int) -> int:
        value = self._held & ((1 << n_bits) - 1)
        self.skip(n_bits)
        return value

    def literal(self, n_bytes: int) -> bytes:
        """The bytes that lie where the word looked ahead at was thought to be."""
        if self._place + n_bytes > len(self._packed):
            raise ValueError("ends too early")
        taken = self._packed[self._place : self._place + n_bytes]
        self._place += n_bytes
        self._n_held -= 16
        self._held &= (1 << self._n_held) - 1
        self._look()
        return taken

    def _look(self) -> None:
        if self._place > len(self._packed) + 2:  # a word or two behind the end is looked at, though nothing of it is asked for
            raise ValueError("ends too early")
        self._held |= int.from_bytes(self._packed[self._place : self._place + 2], "little") << self._n_held
        self._n_held += 16


class _Code:
    """A canonical Huffman code of numbers by how many bits they have, the bits below the highest following as they are."""

    def __init__(self, bits: _Bits) -> None:
        lengths = [bits.read(4) for _ in range(bits.read(5))]
        self._longest = max(lengths, default=0)
        self._found = [(0, 0)] * (1 << self._longest)
        code = 0
        for length in range(1, self._longest + 1):
            for value in [value for value, each in enumerate(lengths) if each == length]:
                if code >> length:
                    raise ValueError("has a code that no compressor makes")
                low_first = int(f"{code:0{length}b}"[::-1], 2)
                for index in range(low_first, 1 << self._longest, 1 << length):
                    self._found[index] = (value, length)
                code += 1
            code <<= 1

    def read(self, bits: _Bits) -> int:
        value, length = self._found[bits.peek() & ((1 << self._longest) - 1)]
        if not length:
            raise ValueError("has a code that it does not explain")
        bits.skip(length)
        return value if value < 2 else 1 << (value - 1) | bits.read(value - 1)


def unpacked(packed: bytes) -> bytes:
    """What was packed.

    Parameters
    ----------
    packed : bytes
        With the header of 18 bytes, which begins with ``RNC`` and a 1.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If it is packed by another method, cut off or broken; the message says which, as the end of a sentence.

    Examples
    --------
    >>> unpacked(b"RNC\\x02")
    Traceback (most recent call last):
    ...
    ValueError: begins with b'RNC\\x02', not with b'RNC\\x01'
    """
    if packed[:4] != _MAGIC:
        raise ValueError(f"begins with {packed[:4]!r}, not with {_MAGIC!r}")
    if len(packed) < _HEADER.size + 2:
        raise ValueError("ends too early")
    _, size, _, checksum, _, _, n_chunks = _HEADER.unpack_from(packed)
    bits = _Bits(packed, _HEADER.size)
    bits.skip(2)
    whole = bytearray()
    for _ in range(n_chunks):
        literal, distance, length = _Code(bits), _Code(bits), _Code(bits)
        n_parts = bits.read(16)
        for part in range(n_parts):
            if n_literal := literal.read(bits):
                whole += bits.literal(n_literal)
            if part == n_parts - 1:
                break
            back, n_bytes = distance.read(bits) + 1, length.read(bits) + 2
            if back > len(whole):
                raise ValueError("repeats what was not there")
            if len(whole) + n_bytes > size:
                raise ValueError(f"unpacks to more than the {size:,} bytes that it tells")
            once = whole[-back:][:n_bytes]
            whole += (once * (n_bytes // len(once) + 1))[:n_bytes]
    if len(whole) != size:
        raise ValueError(f"unpacks to {len(whole):,} bytes, not to the {size:,} that it tells")
    if _checksum(whole) != checksum:
        raise ValueError("unpacks to other bytes than were packed")
    return bytes(whole)


def _checksum(data: bytes | bytearray) -> int:
    """CRC-16/ARC."""
    value = 0
    for byte in data:
        value = value >> 8 ^ _CRC[(value ^ byte) & 0xFF]
    return value


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC = [_crc_of(byte) for byte in range(256)]
