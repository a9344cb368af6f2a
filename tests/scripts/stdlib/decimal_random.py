# What random operations give, as checksums: `_decimals.py` as a program shows the lines.
import zlib

from _decimals import lines

for seed, count, kinds in [(1, 2500, ["small"]), (2, 2500, ["medium"]), (3, 2500, ["edge"]), (4, 150, ["large"])]:
    check = 0
    for i, line in enumerate(lines(seed, count, kinds), 1):
        check = zlib.crc32(line.encode(), check)
        if i % 50 == 0:
            print(seed, i, f"{check:08x}")
