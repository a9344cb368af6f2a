# What is said of mistakes, and where: the order in which the grammar is tried decides.
import warnings
warnings.simplefilter("ignore")
CASES = r'''
assert a = 1
assert a, b = 1
raise from x
raise x from
del f(), x
def f():
class A:
print('a' b 'c')
x = 'a' b 'c'
f(**k=1)
f(*args=[0])
f(a, b, *args, **kwargs={'a': 1})
f('a' x y 'b')
import a as b.c
for x in range(3)
with open(x) as f, g
def f(/, a): pass
{a: *b}
{1: *12+1, 23: 1}
{**a for x in y}
import a,b,c from d
else: x
type A[T:(1,2), *Ts: int] = 1
type A[**P: (int, str)] = 1
class A[*Ts: int]: pass
lambda *: x
f(a for b in c, d)
f(d, a for b in c)
f(True=1)
f((x)=2)
dict(a = i for i in range(10))
ages = {'Alice'=22, 'Bob'=23}
x = pass if 1 else 1
x = 1 if 1 else pass
x = 1 if 2 else
a, b += 1, 2
for i < (): pass
[x for a, b, (c + 1, d()) if y]
def f(*None): pass
def foo(a=1,/*,b,c): pass
def foo(a=1,d=,c): pass
lambda a=1,/*,b,c: None
lambda a,*b=3,c: None
lambda a,**b=3: None
lambda a,d=,c: None
lambda x, (y, z), w: None
lambda (x, y, z, w): None
lambda (x, y), z: None
def f(x, (y, z), w): pass
def f((x)): pass
dict(x=34, (x for x in range 10), 1); x $ y
dict(x=34, (x for x in range(10)), 1)
f(a=1, 2)
f(**a, 2)
f(**a, *b)
with block ad something: pass
match x:
fur a in b: pass
import
from a import
from a import b,
from a import (b, c
import a.b as c.d
a = 3 = b
a + 1 = b
f() = 1
(a, f()) = 1
[a, b + 1] = 1
{a} = 1
x if y = 1
None = 1
a: int: str
(a, b): int
[a]: int
a.b.c(): int
(yield) = 1
a := 1
(a.b := 1)
(a = 1)
f(a.b = 1)
if a = 1: pass
if a.b = 1: pass
while x = 3: pass
elif x: pass
print "a"
exec "a"
print a, b
a b
f(a b)
[a b]
{a b}
{a: b c: d}
{a: }
{a, b: c}
{a: b, c}
{**a: b}
f(*)
f(**)
*a
*a = 1
print(*)
(*a)
(**a)
(*a for a in b)
[*a for a in b]
[a, b for a in c]
{a, b for a in c}
[a, for a in c]
not a = 1
-a = 1
1 + not a
- not a
a not b
lambda: x = 1
lambda x=: 1
def f(a, a=1, b): pass
def f(*a=1): pass
def f(**a=1): pass
def f(**a, b): pass
def f(**a, *b): pass
def f(*, **a): pass
def f(*): pass
def f(*a, *b): pass
def f(a, /, b, /): pass
def f(*, a, /): pass
def f[]: pass
def f
def f()
def f(a
class C
class C(
if x
if x: pass else: pass
try: pass
try x: pass
except x: pass
for x
for f() in y: pass
for x, f() in y: pass
async for x in y
async x
await
return return
global x.y
nonlocal 1
del
del *a
del (a, f())
del a +
raise a,
import a b
from . import *, a
from a import *,
from a import (*)
from a import b as 1
from a import b as c.d
with a as f(): pass
with (a as b, c as f()): pass
with a, b
@
@a
x = {
x = (1,
x = [1, 2
x = (1]
x = 1)
x = (1, (2)
'abc
"abc
"""abc
f'{
f'{a
f'{a'
f'{}'
f'{ }'
f'{a b}'
f'{a!x}'
f'{a!}'
f'{a! r}'
f'{a!r:^{1}'
f'{a!r x}'
f'{a:{b}'
f'{!r}'
f'{=}'
f'{:x}'
f'{a=!}'
f'{a=x}'
f'}'
f'{lambda x: 1}'
f'{lambda:x}'
f'{1, lambda:x}'
f'{*}'
f'{**a}'
f'{a:b}}'
f'{a[}'
f'{a)}'
f'{(a}'
f'{a;}'
f'{1=}{;'
f'{a $ b}'
f'{3!:}'
f'{3:{{>10}'
f'{!x:}'
t'{}'
t'{a b}'
t'{a!z}'
f'{a' 'b'
0777
0x
0b2
1_
1__0
1e
1abc
0o8
a?b
a$b
a!b
é§
a\ b
x = 1 +
x = * 1
x = = 1
x == = 1
a.1
a..b
a,, b
a(,)
[,]
{,}
((a)
:
;
pass;;
a <> b
if a <> b: pass
match a, b: case c: pass
type x
type x y = 1
type x = 
case x: pass
async def f(: pass
lambda
lambda x
x = yield = 1
x = await = 1
True = 1
f(a, b=1, c)
f(a=b, *c, d)
f(a for a in b for c)
[a for a in]
[a for in b]
[for a in b]
[a for a in b if]
(a for a in b, c)
a if b
(a if b)
a if b else
x = a if b:
def f(x=1, /, y): pass
a = b = c += 1
(a, b) += 1
f() += 1
a += b = c
a, = 1,; b c
x[a b]
x[a=1]
x[a:b c]
x[*]
x[a:=b]
x.True
x.if
if = 1
def if(): pass
class if: pass
def f(if): pass
lambda if: 1
for if in x: pass
import if
from if import x
with if: pass
global if
except* x: pass
a ? b : c
try: pass; except: pass
"a" b"b"
b"é"
u"a" b"c"
f"a" b"c"
'''.strip("\n").split("\n")
BLOCKS = r'''
try:
  x
#
try:
  x
y
#
if x:
y
#
if x:
#
while x:
y
#
for a in b:
#
def f():
y
#
class A:
  def f():
x
#
match x:
  case 1 as _: pass
#
match x:
  case 1 as f(): pass
#
match x:
case 1: pass
#
match x:
  case 1
    pass
#
match x:
  case 1:
  pass
#
match x:
  case Foo(a=1, b): pass
#
match x:
  case {**a, 'b': 1}: pass
#
match x:
  case -1+2: pass
#
match x:
  case a.b(): pass
  case {a: 1}: pass
#
if x:
  pass
else:
  pass
elif y: z
#
try: pass
except A, B as c: pass
#
try: pass
except A, B: pass
except* C: pass
#
try: pass
except* A: pass
except B: pass
#
try: pass
except*: pass
#
try: pass
except* A:
pass
#
try: pass
except A:
pass
#
try: pass
except:
pass
#
try: pass
finally:
pass
#
try: pass
except A as b.c: pass
#
try: pass
except A as
#
  x
#
x
  y
#
if x:
    y
  z
#
if x:
	y
        z
#
if x:
  pass
    y
#
def f():
    return (1,
x = 2
#
x = (1,
     2
y = 3
z
#
x = {1: 2
def f(): pass
#
if True:
    print("Hello"

if 2:
   print(123))
#
def f(a,
      b c):
    pass
#
with a, b:
pass
#
with (a as b,
      c):
pass
#
async def f():
x
#
async for x in y:
x
#
else:
  x
#
x = """a
b
#
f"""{
a
b}"""
#
f"""{a
b
#
x = (
  a
  b
)
#
f(a,
  b=1,
  c)
#
f(a
  b)
#
"\
"(1 for c in I,\
\
#
x = 'a\
#
x = 1 \ 
#
x = 1 \
#
for x in y:
  pass
 else:
  pass
#
class A
  pass
#
def f()
  pass
#
if x
  pass
#
while x
  pass
#
try
  pass
#
with x
  pass
#
x = [1, 2
y = 3]
#
def f(x):
  return x
   y
#
@x
y
#
@x
@y
class
#
a = 1
  b = 2
c $ d
#
pass
a b
'abc
#
pass
a b
(
#
pass
(
a b
#
if x:
    pass
  a $ b
#
x = f"{a
b}" c
'''.strip("\n").split("\n#\n")


def show(text):
    try:
        compile(text, "f", "exec")
    except SyntaxError as e:
        print(repr(text), type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)
    else:
        print(repr(text), "ok")


for case in CASES:
    show(case)
    show(case + "\n")
for case in BLOCKS:
    show(case)
    show(case + "\n")
