"""A call has the line of its def: for tracers, debuggers and who reads the lines of code. Jumps lead into no clean-up."""

import bdb
import linecache
import sys
import trace
import warnings


def plain(a):
    b = a
    return b


def wrapped(f):
    return f


@wrapped
@wrapped
def decorated(
        a):
    return a


def generator():
    yield 1
    yield 2


def lines(code):
    return [(end > start, line) for start, end, line in code.co_lines()]


for f in (plain, decorated, generator):
    print(f.__name__, f.__code__.co_firstlineno, lines(f.__code__)[0], list(f.__code__.co_lines())[0][0])
print([line for _, _, line in compile('x = 1\ny = 2', 'f', 'exec').co_lines()])
print(list(plain.__code__.replace(co_linetable=b'').co_lines()))
positions = list(plain.__code__.co_positions())
print(positions[0], len(positions) * 2 == len(plain.__code__.co_code))


def line_of(frame):
    return [line for start, end, line in frame.f_code.co_lines() if start <= frame.f_lasti < end][-1:]


def tracer(frame, event, arg):
    print(event, frame.f_code.co_name, frame.f_lineno, line_of(frame) == [frame.f_lineno])
    return tracer


sys.settrace(tracer)
plain(1)
decorated(1)
list(generator())
exec('z = 1')
sys.settrace(None)

again = plain.__code__.replace(co_code=plain.__code__.co_code, co_linetable=plain.__code__.co_linetable,
                               co_exceptiontable=plain.__code__.co_exceptiontable)
print(again == plain.__code__, type(plain)(again, {})(5))


class Debugger(bdb.Bdb):
    def user_line(self, frame):
        print('line', frame.f_code.co_name, frame.f_lineno)
        self.set_continue()

    def user_call(self, frame, args):
        print('call', frame.f_code.co_name)


def main():
    for i in range(3):
        plain(i)


debugger = Debugger()
print(debugger.set_break(__file__, plain.__code__.co_firstlineno, cond='a == 2', funcname='plain'))
debugger.runcall(main)


def handled(out):
    try:
        out.append(1)
    except:
        out.append(2)
        raise
    out.append(3)


def jump(frame, event, arg):
    if frame.f_code is handled.__code__:
        if event == 'line' and frame.f_lineno == handled.__code__.co_firstlineno + 2:
            frame.f_lineno += 1
        return jump


out = []
sys.settrace(jump)
try:
    handled(out)
except ValueError as e:
    sys.settrace(None)
    print('except' in str(e), e.__context__)
print(out, sys.exception())


class Counted:
    def method(self):
        return inner(1)


def inner(n):
    return n


t = trace.Trace(count=1, trace=0, countfuncs=0, countcallers=1)
t.runfunc(Counted().method)
print(sorted((a[2], b[2]) for a, b in t.results().callers))
# Many lines take no time that grows with their square.
source = 'def long(out):\n out.append(1)\n for _ in nothing:\n' + ''.join(f'  out.append({i})\n' for i in range(20000)) + ' out.append(0)\n'
space = {}
exec(source, space)


def over(frame, event, arg):
    if event == 'line' and frame.f_lineno == 3:
        frame.f_lineno = 20004
    return over


out = []
sys.settrace(over)
with warnings.catch_warnings(action='ignore'):
    space['long'](out)
sys.settrace(None)
print(out)
