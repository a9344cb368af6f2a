"""Messages in binary: types, extensions, streams, limits."""

import datetime
import io

import msgpack

value = {"n": None, "t": True, "i": [0, -1, 127, 128, -33, 65536, 2**63, -(2**63)], "f": 1.5, "b": b"\x00\xff", "s": "grüße", "m": {1: [2, [3]]}}
packed = msgpack.packb(value)
print(len(packed), packed[:20].hex())
print(msgpack.unpackb(packed, strict_map_key=False) == value)
print(msgpack.unpackb(msgpack.packb((1, (2, 3))), use_list=False))

# Types of a program's own, and moments.
def default(o):
    if isinstance(o, complex):
        return msgpack.ExtType(5, msgpack.packb([o.real, o.imag]))
    if isinstance(o, set):
        return sorted(o)
    raise TypeError(f"no way for {o!r}")


def ext_hook(code, data):
    if code == 5:
        return complex(*msgpack.unpackb(data))
    return msgpack.ExtType(code, data)


print(msgpack.unpackb(msgpack.packb([1 + 2j, {3, 1, 2}], default=default), ext_hook=ext_hook))
moment = datetime.datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc)
print(msgpack.unpackb(msgpack.packb(moment, datetime=True), timestamp=3))
print(msgpack.unpackb(msgpack.packb({"a": 1}), object_pairs_hook=lambda pairs: pairs))

# A stream that is cut anywhere.
stream = b"".join(msgpack.packb([i, "x" * i, {"k": i / 2}]) for i in range(200))
unpacker = msgpack.Unpacker()
seen = []
for start in range(0, len(stream), 13):
    unpacker.feed(stream[start:start + 13])
    seen += unpacker
print(len(seen), seen[7], sum(item[2]["k"] for item in seen))
reader = msgpack.Unpacker(io.BytesIO(packed), strict_map_key=False)
print(reader.read_map_header(), reader.unpack(), reader.unpack(), reader.tell())
packer = msgpack.Packer(autoreset=False)
packer.pack_array_header(2)
packer.pack(1)
packer.pack("two")
print(packer.bytes().hex())

for bad in (
    lambda: msgpack.unpackb(packed[:-1]),
    lambda: msgpack.unpackb(packed + b"\x01", strict_map_key=False),
    lambda: msgpack.unpackb(b"\xc1"),
    lambda: msgpack.unpackb(msgpack.packb({1: 2})),
    lambda: msgpack.packb(2**64),
    lambda: msgpack.packb(object()),
    lambda: msgpack.unpackb(msgpack.packb("a" * 100), max_str_len=10),
    lambda: msgpack.unpackb(b"\x91" * 2000),
):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__)
