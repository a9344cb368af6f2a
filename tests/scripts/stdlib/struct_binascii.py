# struct, binascii, _struct errors.
import binascii
import struct
from struct import *


def check(source):
    try:
        print(source, "=>", repr(eval(source)))
    except Exception as e:
        print(source, "!!", type(e).__name__ + ":", e)


for line in r"""
pack("<bBhHiIqQ", -1, 255, -2, 65535, -3, 4294967295, -4, 2**64 - 1)
pack(">hi", 1, 2), pack("!H", 513), pack("=I", 1), pack("<d", 1.5), pack("<f", 0.1), pack("<e", 1.5), pack("?", True), pack("c", b"x"), pack("5s", b"ab"), pack("3p", b"abcd"), pack("0s", b""), pack("2x"), pack("<3h", 1, 2, 3)
unpack("<bBhH", b"\xff\xff\xfe\xff\xff\xff"), unpack(">I", b"\0\0\1\0"), unpack("<d", pack("<d", 0.1)), unpack("3s2c", b"abcde"), unpack("<e", b"\x00\x3e"), unpack("4p", b"\x02abc"), unpack("?", b"\x05")
calcsize("<bhi"), calcsize("@bhi"), calcsize("bq"), calcsize("10s"), calcsize(""), calcsize("P") == 8, calcsize("nN"), calcsize("i0q")
list(iter_unpack("<H", b"\1\0\2\0")), unpack_from("<H", b"xx\1\0", 2), pack_into("<H", b := bytearray(4), 1, 258), b
s.pack(5) if (s := Struct("<I")) else 0, s.unpack(b"\5\0\0\0"), s.size, s.format, list(s.iter_unpack(bytes(8)))
pack("<I", -1)
pack("b", 128)
pack("h", "a")
pack("i", 1.5)
pack("ii", 1)
pack("s", "a")
pack("c", b"ab")
pack("z", 1)
pack("f", 1e300)
unpack("I", b"abc")
unpack_from("I", b"ab", 1)
pack_into("I", bytearray(2), 0, 1)
pack_into("I", b"abcd", 0, 1)
calcsize("99999999999999999999i")
pack("<Q", 2**64)
pack("e", 1e6)
binascii.hexlify(b"\x00\xff"), binascii.unhexlify("00ff"), binascii.hexlify(b"abcd", "-"), binascii.hexlify(b"abcd", ":", 2), binascii.b2a_hex(b"a"), binascii.a2b_hex(b"61")
binascii.unhexlify("0")
binascii.unhexlify("zz")
binascii.crc32(b"hello"), binascii.crc32(b"world", binascii.crc32(b"hello ")), binascii.crc32(b""), binascii.crc_hqx(b"hello", 0)
binascii.b2a_base64(b"hello"), binascii.b2a_base64(b"hi", newline=False), binascii.a2b_base64("aGVsbG8="), binascii.a2b_base64(b"aGk"), 
binascii.a2b_base64("a")
binascii.a2b_base64("aG!k", strict_mode=True)
binascii.b2a_uu(b"hello"), binascii.a2b_uu(b"%:&5L;&\\\n"), binascii.b2a_qp(b"a=b\xff c "), binascii.a2b_qp(b"a=3Db")
""".strip().splitlines():
    check(line)
