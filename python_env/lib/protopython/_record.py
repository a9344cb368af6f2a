"""Immutable records with named fields."""

import annotationlib as _annotationlib


class _RecordType(type):
    """Makes the fields that a class body annotates slots of its instances."""

    def __new__(meta, name, bases, namespace, **kwargs):
        if "__slots__" in namespace:
            raise TypeError(f"{name}: the fields of a Record are its annotations, not __slots__")
        inherited = []
        defaults = {}
        for base in reversed(bases):
            inherited += [field for field in getattr(base, "__match_args__", ()) if field not in inherited]
            defaults.update(getattr(base, "_defaults_", {}))
        annotate = _annotationlib.get_annotate_from_class_namespace(namespace)
        names = []
        if annotate is not None:
            own = _annotationlib.call_annotate_function(annotate, _annotationlib.Format.STRING)
            names = [field for field, text in own.items() if "ClassVar" not in text]
        for field in names:
            if field in namespace:
                defaults[field] = namespace.pop(field)
        fields = (*inherited, *(field for field in names if field not in inherited))
        seen = None
        for field in fields:
            if field in defaults:
                seen = field
            elif seen is not None:
                raise TypeError(f"{name}: field {field!r} without a default follows {seen!r}, which has one")
        new = [field for field in names if field not in inherited]
        namespace["__slots__"] = (*new, "_hash_") if not inherited and bases else tuple(new)
        namespace["__match_args__"] = fields
        namespace["_defaults_"] = defaults
        return super().__new__(meta, name, bases, namespace, **kwargs)


class Record(metaclass=_RecordType):
    """An immutable object with the fields that its class annotates.

        class Point(Record):
            x: float
            y: float = 0.0

    Fields are given by place or by name, and a field's value in the class body
    is its default. Records are equal if they are of one class and all their
    fields are equal; set() and update() make changed copies.
    """

    def __new__(cls, /, *args, **kwargs):
        fields = cls.__match_args__
        if len(args) > len(fields):
            raise TypeError(
                f"{cls.__name__} takes at most {len(fields)} arguments ({len(args)} given)"
            )
        self = super().__new__(cls)
        store = object.__setattr__
        for field, value in zip(fields, args):
            if field in kwargs:
                raise TypeError(f"{cls.__name__} got multiple values for field {field!r}")
            store(self, field, value)
        for field in fields[len(args):]:
            if field in kwargs:
                value = kwargs.pop(field)
            elif field in cls._defaults_:
                value = cls._defaults_[field]
            else:
                raise TypeError(f"{cls.__name__} is missing field {field!r}")
            store(self, field, value)
        if kwargs:
            raise TypeError(f"{cls.__name__} has no field {next(iter(kwargs))!r}")
        return self

    def __setattr__(self, name, value):
        raise AttributeError(f"{type(self).__name__!r} object is immutable: field {name!r} cannot be set")

    def __delattr__(self, name):
        raise AttributeError(f"{type(self).__name__!r} object is immutable: field {name!r} cannot be deleted")

    def set(self, name, value, /):
        """A copy with another value in one field."""
        return self.update(**{name: value})

    def update(self, /, **changes):
        """A copy with other values in the fields that are named."""
        cls = type(self)
        values = {field: getattr(self, field) for field in cls.__match_args__}
        for name in changes:
            if name not in values:
                raise TypeError(f"{cls.__name__} has no field {name!r}")
        return cls(**(values | changes))

    __replace__ = update

    def update_in(self, path, function, /, *default):
        """A copy in which function(old) stands at the end of the path."""
        if not path:
            return function(self)
        first, *rest = path
        old = getattr(self, first)
        if not rest:
            return self.set(first, function(old))
        return self.set(first, old.update_in(rest, function, *default))

    def __getitem__(self, name):
        if name not in type(self).__match_args__:
            raise KeyError(name)
        return getattr(self, name)

    def _values(self):
        return tuple([getattr(self, field) for field in type(self).__match_args__])

    def __eq__(self, other):
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self):
        try:
            return self._hash_
        except AttributeError:
            value = hash((type(self), self._values()))
            if type(self).__match_args__:
                object.__setattr__(self, "_hash_", value)
            return value

    def __repr__(self):
        fields = ", ".join(f"{field}={getattr(self, field)!r}" for field in type(self).__match_args__)
        return f"{type(self).__qualname__}({fields})"

    def __copy__(self):
        return self

    def __reduce__(self):
        return type(self), self._values()
