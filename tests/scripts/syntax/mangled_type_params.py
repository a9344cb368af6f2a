# Type parameters of a class are mangled with the class's name; other names beside the body are not.
class Foo[__T, __U: int]:
    param = __T

    def meth[__V](self, arg: __T, arg2: __V):
        return (__T, __V, __U)

    type Alias[__W] = (__T, __W)


f = Foo()
print([p.__name__ for p in Foo.__type_params__], Foo.param is Foo.__type_params__[0])
print([p.__name__ for p in f.meth.__type_params__], f.meth(1, 2), f.meth.__annotations__)
print(Foo.Alias.__value__)


class Outer:
    __x = int
    base = int

    class Inner[__T](base if True else __T):
        y = __T


print(Outer.Inner.__bases__[0], Outer.Inner.y)
for source in ["class C(metaclass=type, metaclass=type): pass", "class C[T](a=1, a=2): pass"]:
    try:
        compile(source, "f", "exec")
    except SyntaxError as e:
        print(e, e.offset, e.end_offset)
