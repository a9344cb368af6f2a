# typing.
import typing
from typing import Annotated, Any, Callable, ClassVar, Final, ForwardRef, Generic, Literal, NamedTuple, NewType, Optional, ParamSpec, Protocol, TypedDict, TypeVar, Union, cast, final, get_args, get_origin, get_type_hints, overload, runtime_checkable, no_type_check, assert_never, assert_type, reveal_type, Self, Never, TypeGuard, Concatenate, Unpack, TypeVarTuple, override

T = TypeVar("T")
S = TypeVar("S", int, str)
B = TypeVar("B", bound=int)
print(T, S.__constraints__, B.__bound__, List := typing.List[int], typing.Dict[str, T], Optional[int], Union[int, str, int], Union[int], Callable[[int], str], Callable[..., Any], Literal[1, "a"], Annotated[int, "meta"], ClassVar[int], Final[str], typing.Tuple[int, ...], typing.Type[int])
print(get_origin(list[int]), get_args(dict[str, int]), get_origin(Optional[int]), get_args(Callable[[int], str]), get_args(Annotated[int, 1, 2]), get_args(Literal[1, 2]), get_origin(5), Union[int, None] == Optional[int], int | None == Optional[int])


class Stack(Generic[T]):
    def __init__(self):
        self.items: list[T] = []

    def push(self, x: T) -> Self:
        self.items.append(x)
        return self


s = Stack[int]()
print(s.push(1).items, Stack[int], Stack.__parameters__, s.__orig_class__, Stack[T][str], issubclass(Stack, Generic))


class Emp(NamedTuple):
    name: str
    id: int = 3

    def hi(self):
        return f"hi {self.name}"


print(Emp("a"), Emp("b", 5).id, Emp._fields, Emp("c").hi(), Emp.__annotations__, Emp._field_defaults)


class Movie(TypedDict, total=False):
    title: typing.Required[str]
    year: int


m: Movie = {"title": "x"}
print(m, Movie.__required_keys__, Movie.__optional_keys__, Movie(title="t"), Movie.__total__)


@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...


class Closer(Protocol):
    def close(self): ...


print(isinstance([], HasLen), isinstance(5, HasLen))
for f in (lambda: isinstance(5, Closer), lambda: HasLen(), lambda: Union[()], lambda: Optional[1, 2], lambda: TypeVar("X", int), lambda: Generic[int], lambda: Literal(), lambda: Any(), lambda: isinstance(1, list[int]), lambda: Stack[int, str], lambda: cast(int), lambda: typing.List[int]()):
    try:
        print(f())
    except TypeError as e:
        print(e)


class Node:
    next: "Optional[Node]"
    val: int = 1

    def m(self, x: "int", y: list["Node"] = None) -> "str": ...


print(get_type_hints(Node), get_type_hints(Node.m), get_type_hints(Emp))
UserId = NewType("UserId", int)
print(UserId(5), UserId.__name__, UserId.__supertype__, cast(str, 5), typing.TYPE_CHECKING)


@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
def f(x):
    return x


print(f(1), len(typing.get_overloads(f)))


@final
class Fin:
    pass


class Over:
    @override
    def __repr__(self):
        return "over"


print(Fin.__final__, Over.__repr__.__override__, Any, Never, Self, ForwardRef("X"), typing.Iterable[int], typing.Mapping[str, int])
P = ParamSpec("P")
Ts = TypeVarTuple("Ts")
print(P, P.args, P.kwargs, Callable[P, int], Callable[Concatenate[int, P], str], Unpack[Ts], Generic[T, *Ts], tuple[*Ts])
try:
    assert_never(5)
except AssertionError as e:
    print(e)
print(assert_type(5, int), typing.is_typeddict(Movie), typing.get_protocol_members(HasLen), typing.is_protocol(HasLen), (Optional[T])[int], Union[T, S][int, str], typing.Dict[T, list[T]][int])
X = typing.TypeAliasType("X", list[int])
print(X, X.__value__, typing.no_type_check(lambda: 0)(), typing.Text, typing.AnyStr.__constraints__)
