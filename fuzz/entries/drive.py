"""Calls one entry function with inputs from standard input (length in four bytes, then the bytes), and answers a point for each.

    protopython fuzz/entries/drive.py TARGET [FILE...]

With files, these are the inputs.
"""
import os
import sys

import runtime

function = runtime.TARGETS[sys.argv[1]]
if sys.argv[2:]:
    for name in sys.argv[2:]:
        with open(name, "rb") as f:
            function(f.read())
        print(name, flush=True)
else:
    stream = sys.stdin.buffer
    while header := stream.read(4):
        function(stream.read(int.from_bytes(header, "little")))
        os.write(1, b".")
