# Attributes, methods and messages of decimal.
import copy
import math
import pickle
from decimal import *

c = Context()


def check(source):
    try:
        if source.startswith("!"):
            exec(source[1:], globals())
            shown = "done"
        else:
            shown = repr(eval(source, globals()))
    except Exception as e:
        shown = type(e).__name__ + ": " + str(e)
    print(source, "=>", shown)


for line in r'''
!c.prec="a"
!c.prec=0
!c.prec=10**30
!c.Emin=1
!c.Emin=1.5
!c.Emax=-1
!c.clamp=2
!c.capitals=3
!c.capitals="a"
!c.rounding=3
!c.rounding="x"
!c.flags=3
!c.flags={}
!c.flags={Inexact:1}
!del c.prec
!c.foo=3
!del c.foo
!c.traps=[3]
!c.traps=[Inexact]
!c.flags[3]=1
c.flags[3]
!del c.flags[Inexact]
!c.flags[Inexact]="x"
!c.traps={s:True for s in c.traps}
!c.traps={s:"x" for s in c.traps}
!c.traps={**{s:1 for s in list(c.traps)[1:]},3:1}
Context(flags=3)
Context(flags=[Inexact,3])
Context(traps={Inexact:1})
Context(rounding=5)
Context(prec="x")
Context(flags=())
Context(traps=())
localcontext(3)
localcontext(None, foo=1)
localcontext(foo=1)
localcontext(prec=-1)
setcontext(3)
setcontext()
IEEEContext(32)
IEEEContext(33)
IEEEContext(-1)
IEEEContext(512)
IEEEContext(1024)
IEEEContext("a")
IEEEContext(10**30)
Decimal([])
Decimal(1.5,3)
Decimal("1",context=3)
Decimal((1,2))
Decimal((2,(1,),3))
Decimal((0,(1,11),3))
Decimal((0,(1,"a"),3))
Decimal((0,1,3))
Decimal((0,(1,),"x"))
Decimal((0,(1,),3.0))
Decimal((0,(1,),10**30))
Decimal((0,(1,0,5),"F"))
Decimal((0,(0,0,5),"n"))
Decimal((0,(5,),"N"))
Decimal([0,[1,2],3])
Decimal((1,(),0))
Decimal((1.0,(1,),0))
Decimal((True,(1,),0))
Decimal(object())
Decimal(None)
Decimal(1j)
Decimal(b"1")
Decimal("1_0")
Decimal("_1_")
Decimal("1__0 ")
Decimal(" 1\n")
Decimal("1 2")
Decimal("\u0661")
Decimal("\ud800")
Decimal("1\0")
Decimal("nan_1")
Decimal(1)+1.0
Decimal(1)+"a"
1.0+Decimal(1)
Decimal(1)<1j
Decimal(1)==1j
Decimal(1)==1+0j
Decimal("nan")<1
Decimal("snan")==1
hash(Decimal("snan"))
int(Decimal("nan"))
int(Decimal("inf"))
float(Decimal("snan"))
complex(Decimal("1.5"))
round(Decimal("1.5"),"a")
round(Decimal("nan"))
round(Decimal("inf"))
round(Decimal("1.55"),1)
math.floor(Decimal("nan"))
math.ceil(Decimal("inf"))
math.trunc(Decimal("-1.5"))
Decimal("inf").as_integer_ratio()
Decimal("nan").as_integer_ratio()
Decimal("-1.50").as_integer_ratio()
Decimal("nan").as_tuple()
Decimal("-inf").as_tuple()
Decimal("snan5").as_tuple()
Decimal(1).quantize(1,"x")
Decimal(1).quantize(1,rounding=3)
Decimal(1).quantize("1")
Decimal(1).quantize(1,context=3)
Decimal(1).compare(1.0)
Decimal(1).compare("a")
Decimal.from_float("a")
Decimal.from_float(1)
Decimal.from_number("1")
Decimal.from_number((0,(1,),0))
Decimal.from_number(1.5)
c.add(1,"2")
c.add(1,2.0)
c.create_decimal("x")
c.create_decimal(1.5)
c.create_decimal([])
c.create_decimal_from_float("x")
c.create_decimal_from_float(3)
c.power(2,3,5)
c.power(2,3,"x")
pow(Decimal(2),3,5)
pow(2,Decimal(3),5)
pow(2,3,Decimal(5))
pow(Decimal(2),3,1.0)
Decimal(2).__pow__(3,5.0)
Decimal(2).__pow__("a")
Decimal(2).__add__("a")
Decimal(1).__reduce__()
c.__reduce__()
Decimal(5).__format__(3)
Decimal(5).__format__("",3)
Decimal(5).__format__("n",{"grouping":3})
Decimal(5).__format__("n",{"decimal_point":"aa"})
Decimal(5).__format__("f",{"decimal_point":"x"})
c.canonical(1)
c.canonical(Decimal(1))
c._apply(Decimal(1))
c.Etiny()
Decimal(1).max(2,context=None)
Decimal(1).max(2,3)
c.flags.copy()
c.flags==c.traps
c.flags<c.traps
len(c.flags)
list(c.flags)
repr(c.flags)
hash(c.flags)
c==c.copy()
Decimal("1e400").__float__()
Decimal("1e-400").__float__()
divmod(Decimal(1),0)
Decimal(5)//0
Decimal(5)%0
Decimal(0)//0
c.logb(0)
Decimal("1").exp(3)
getcontext(1)
type(c.flags)()
type(c.flags)({})
type(c.flags)(None)
type(c)
c.flags.__class__.__module__
str(c.flags)
Decimal("1").__round__()
Decimal("1").__round__(None)
round(Decimal("1"),10**30)
Decimal(1).__deepcopy__(3)
Decimal(1).to_integral("x")
Decimal(1).to_integral(None)
Decimal(1).to_integral_value(rounding=ROUND_UP,context=c)
Decimal(1).scaleb("x")
Decimal(1).__complex__()
Decimal("nan").__complex__()
Decimal("nan").__float__()
Decimal("-nan123").__float__()
Decimal.real
Decimal(1).real
Decimal(1).imag
Decimal(True)
c.radix()
Decimal(1).radix()
c.divmod(5,0)
Decimal(1)**Decimal("0.5")
Decimal("1.00")**5
Decimal(-1)**Decimal("inf")
Decimal(-1)**Decimal("3")
c.plus(1.5)
Decimal(2)**-1
c.is_zero("a")
c.to_sci_string(1)
Decimal("0e-999999999999999999999")
Decimal((0,(0,),10**18))
Decimal("1e1000000000000000000")
Decimal("1e-1999999999999999998")
Context(prec=5,flags=[Inexact],traps=[Overflow])
copy.copy(Decimal("1.5")), copy.deepcopy(Decimal("1.5")), pickle.loads(pickle.dumps(Decimal("-1.50E+7")))
copy.copy(c), pickle.loads(pickle.dumps(Context(prec=3, flags=[Inexact], traps=[Overflow, FloatOperation])))
pickle.loads(pickle.dumps(Decimal("1.5").as_tuple())), Decimal("1.5").as_tuple().__class__.__module__
[x.__mro__ for x in (Clamped, Underflow, Overflow, DivisionByZero, FloatOperation, InvalidOperation)]
DefaultContext, BasicContext, ExtendedContext
MAX_PREC, MAX_EMAX, MIN_EMIN, MIN_ETINY, HAVE_THREADS, HAVE_CONTEXTVAR
'''.strip().splitlines():
    check(line)


class Money(Decimal):
    """A subclass with an attribute and a constructor of its own."""

    def __new__(cls, value, currency="EUR"):
        self = super().__new__(cls, value)
        self.currency = currency
        return self

    def __repr__(self):
        return f"Money({self!s} {self.currency})"


m = Money("12.50", "USD")
print(m, repr(m), m.currency, type(m + 1), type(+m), type(m.copy_abs()), m == Decimal("12.5"), hash(m) == hash(Decimal("12.5")))
print(Money.from_float(1.5), type(Money.from_float(1.5)), type(Money.from_number(3)), Decimal(m), type(Decimal(m)), isinstance(m, Decimal))
print(pickle.loads(pickle.dumps(m)), copy.copy(m) == m)


class Strict(Context):
    pass


s = Strict(prec=4, traps=[Inexact])
s.note = "kept"
print(s, s.note, type(s.copy()))
with localcontext(s) as inside:
    print(type(inside), getcontext() is inside, inside.prec)
    try:
        Decimal(1) / 3
    except Inexact as e:
        print(e.args)
print(getcontext().prec, getcontext() is getcontext())
with localcontext(prec=5, rounding=ROUND_UP, traps=[], flags=[Rounded]) as inside:
    print(inside, Decimal(1) / 3, inside.flags[Inexact])
before = getcontext()
setcontext(ExtendedContext)
print(getcontext() is ExtendedContext, Decimal(1) / 0, getcontext())
setcontext(before)
print(ExtendedContext)
