"""input() needs no stream that can be flushed."""

import io
import sys


class Sink:
    text = ''

    def write(self, text):
        Sink.text += text


real = sys.stdout, sys.stderr, sys.stdin
sys.stdout, sys.stderr, sys.stdin = Sink(), Sink(), io.StringIO('one\ntwo\n')
try:
    lines = [input(), input('prompt ')]
finally:
    sys.stdout, sys.stderr, sys.stdin = real
print(lines, repr(Sink.text))
