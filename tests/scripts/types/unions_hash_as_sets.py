"""The hash of a union is that of a frozenset of its members."""

U = int | str
print(hash(U) == hash(frozenset(U.__args__)), hash(U) == hash(str | int), hash(U | None) == hash(None | U))
