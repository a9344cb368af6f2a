"""The classes of the East Asian codecs, over the native steps in `_cjkcodecs`.

The states of incremental codecs are those of CPython: what is pending, and eight bytes of the codec's own.
"""

import _cjkcodecs

_MAX_PENDING_BYTES = 8
_MAX_PENDING_CHARS = 2


def _errors_name(errors):
    if errors is None:
        return "strict"
    if not isinstance(errors, str):
        raise TypeError(f"errors must be a string, not {type(errors).__name__}")
    return errors


class MultibyteCodec:
    """What `getcodec` gives."""

    __slots__ = ("_family", "name", "_decoder_state", "_encoder_state")

    def __new__(cls, *args, **kwargs):
        raise TypeError(f"cannot create '{cls.__module__}.{cls.__qualname__}' instances")

    def encode(self, input, errors=None):
        """Return an encoded string version of `input'.

'errors' may be given to set a different error handling scheme. Default is
'strict' meaning that encoding errors raise a UnicodeEncodeError. Other possible
values are 'ignore', 'replace' and 'xmlcharrefreplace' as well as any other name
registered with codecs.register_error that can handle UnicodeEncodeErrors."""
        if not isinstance(input, str):
            input = str(input)
        data, taken, _ = self._encode(input, _errors_name(errors), self._encoder_state, True, True)
        return data, taken

    def decode(self, input, errors=None):
        """Decodes 'input'.

'errors' may be given to set a different error handling scheme. Default is
'strict' meaning that encoding errors raise a UnicodeDecodeError. Other possible
values are 'ignore' and 'replace' as well as any other name registered with
codecs.register_error that is able to handle UnicodeDecodeErrors."""
        text, taken, _ = self._decode(input, _errors_name(errors), self._decoder_state, True)
        return text, taken

    def _encode(self, text, errors, state, final, end):
        return _cjkcodecs.encode(self._family, self.name, text, errors, state, final, end)

    def _decode(self, data, errors, state, final):
        return _cjkcodecs.decode(self._family, self.name, data, errors, state, final)

    def _reset(self, state):
        return _cjkcodecs.reset(self._family, self.name, state)


def _getcodec(family, name):
    """The codec `name` of one of the modules `_codecs_FAMILY`."""
    if not isinstance(name, str):
        raise TypeError("encoding name must be a string.")
    decoder_state, encoder_state = _cjkcodecs.states(family, name)
    codec = object.__new__(MultibyteCodec)
    codec._family = family
    codec.name = name
    codec._decoder_state = decoder_state
    codec._encoder_state = encoder_state
    return codec


class _Stateful:
    """What all the classes below share: the codec of their class, and the name of the error handler."""

    __slots__ = ("_codec", "_errors")

    @property
    def errors(self):
        """how to treat errors"""
        return self._errors

    @errors.setter
    def errors(self, value):
        if not isinstance(value, str):
            raise TypeError("errors must be a string")
        self._errors = value

    def _begin(self, errors, place):
        if not isinstance(errors, str):
            shown = "None" if errors is None else type(errors).__name__
            raise TypeError(f"{self._constructor}() argument {place} must be str, not {shown}")
        codec = type(self).codec
        if not isinstance(codec, MultibyteCodec):
            raise TypeError("codec is unexpected type")
        self._codec = codec
        self._errors = errors


class _Encoding(_Stateful):
    __slots__ = ("_state", "_pending")

    def _begin(self, errors, place):
        super()._begin(errors, place)
        self._state = self._codec._encoder_state
        self._pending = ""

    def _feed(self, text, final):
        if not isinstance(text, str):
            text = str(text)
        text = self._pending + text
        data, taken, state = self._codec._encode(text, self._errors, self._state, final, final)
        rest = text[taken:]
        if len(rest) > _MAX_PENDING_CHARS:
            self._pending = ""
            raise UnicodeEncodeError(self._codec.name, text, taken, len(text), "pending buffer overflow")
        self._pending = rest
        self._state = state
        return data


class _Decoding(_Stateful):
    __slots__ = ("_state", "_pending")

    def _begin(self, errors, place):
        super()._begin(errors, place)
        self._state = self._codec._decoder_state
        self._pending = b""

    def _feed(self, data, final):
        with memoryview(data) as view:
            data = self._pending + view
        try:
            text, taken, state = self._codec._decode(data, self._errors, self._state, final)
        except BaseException as e:
            # What waited belongs to the faulty piece and goes with it, unless it was only cut short.
            if getattr(e, "reason", "") != "incomplete multibyte sequence":
                self._pending = b""
            raise
        rest = data[taken:]
        if len(rest) > _MAX_PENDING_BYTES:
            self._pending = b""
            raise UnicodeDecodeError(self._codec.name, data, taken, len(data), "pending buffer overflow")
        self._pending = rest
        self._state = state
        return text

    def reset(self):
        self._state = self._codec._reset(self._state)
        self._pending = b""


# Made in `__new__`: the classes derived from these have constructors of `codecs` behind them, which are not to run.
class _Incremental:
    __slots__ = ()

    def __new__(cls, errors="strict"):
        self = super().__new__(cls)
        self._begin(errors, 1)
        return self

    def __init__(self, errors="strict"):
        pass


class _Stream:
    __slots__ = ()

    def __new__(cls, stream, errors="strict"):
        self = super().__new__(cls)
        self._begin(errors, 2)
        self.stream = stream
        return self

    def __init__(self, stream, errors="strict"):
        pass


class MultibyteIncrementalEncoder(_Incremental, _Encoding):
    __slots__ = ()
    _constructor = "IncrementalEncoder"

    def encode(self, input, final=False):
        return self._feed(input, final)

    def reset(self):
        # What a reset would write is lost, as the pending character is.
        self._pending = ""
        self._state = self._codec._encode("", "strict", self._state, True, True)[2]

    def getstate(self):
        pending = self._pending.encode("utf-8", "surrogatepass")
        return int.from_bytes(bytes([len(pending)]) + pending + self._state, "little")

    def setstate(self, state, /):
        if not isinstance(state, int):
            raise TypeError(f"setstate() argument must be int, not {type(state).__name__}")
        data = state.to_bytes(1 + _MAX_PENDING_BYTES + 8, "little")
        n = data[0]
        if n > _MAX_PENDING_BYTES:
            raise UnicodeError("pending buffer too large")
        self._pending = data[1:1 + n].decode("utf-8")
        self._state = data[1 + n:9 + n]


class MultibyteIncrementalDecoder(_Incremental, _Decoding):
    __slots__ = ()
    _constructor = "IncrementalDecoder"

    def decode(self, input, final=False):
        return self._feed(input, final)

    def getstate(self):
        return self._pending, int.from_bytes(self._state, "little")

    def setstate(self, state, /):
        if not isinstance(state, tuple):
            raise TypeError(f"setstate() argument must be tuple, not {type(state).__name__}")
        if len(state) != 2 or not isinstance(state[0], bytes) or not isinstance(state[1], int):
            raise TypeError("setstate(): illegal state argument")
        pending, number = state
        if len(pending) > _MAX_PENDING_BYTES:
            raise UnicodeDecodeError(self._codec.name, pending, 0, len(pending), "pending buffer too large")
        own = number.to_bytes(8, "little")
        self._pending, self._state = pending, own


class MultibyteStreamReader(_Stream, _Decoding):
    __slots__ = ("stream",)
    _constructor = "StreamReader"

    def _read(self, method, size):
        if size is None:
            size = -1
        size = size.__index__()
        method = getattr(self.stream, method)
        while True:
            data = method() if size < 0 else method(size)
            if not isinstance(data, bytes):
                raise TypeError(f"stream function returned a non-bytes object ({type(data).__name__:.100})")
            end = size < 0 or not data
            text = self._feed(data, end)
            if end or text:
                return text
            # One byte more may complete what has begun.
            size = 1

    def read(self, sizeobj=None, /):
        return self._read("read", sizeobj)

    def readline(self, sizeobj=None, /):
        return self._read("readline", sizeobj)

    def readlines(self, sizehintobj=None, /):
        return self._read("read", sizehintobj).splitlines(True)


class MultibyteStreamWriter(_Stream, _Encoding):
    __slots__ = ("stream",)
    _constructor = "StreamWriter"

    def write(self, strobj, /):
        self.stream.write(self._feed(strobj, False))

    def writelines(self, lines, /):
        for line in lines:
            self.write(line)

    def reset(self):
        if not self._pending:
            return
        data = self._feed("", True)
        if data:
            self.stream.write(data)
