# unittest.mock.
from unittest import mock

m = mock.Mock(return_value=5)
print(m(1, k=2), m.called, m.call_count, m.call_args, m.mock_calls)
m.assert_called_once_with(1, k=2)
try:
    m.assert_called_with(2)
except AssertionError as e:
    print(str(e).splitlines()[0])
m.side_effect = ValueError("side")
try:
    m()
except ValueError as e:
    print(e)
m.side_effect = [1, 2]
print(m(), m(), m.attr.deep.method(3) is not None, m.attr.deep.method.call_args)
with mock.patch("math.floor", return_value="patched") as pf:
    import math

    print(math.floor(2.5), pf.called)
print(math.floor(2.5))
with mock.patch.dict("os.environ", {"ZZ": "1"}):
    import os

    print(os.environ["ZZ"])
mm = mock.MagicMock()
mm.__len__.return_value = 3
mm.__getitem__.side_effect = lambda k: k * 2
print(len(mm), mm[4], "x" in mm, bool(mm))


class Real:
    def f(self, a):
        return a


spec = mock.Mock(spec=Real)
try:
    spec.nope
except AttributeError as e:
    print(e)
with mock.patch.object(Real, "f", autospec=True, return_value=9) as pf:
    print(Real().f(1), pf.call_count)
print(mock.ANY == 5, mock.sentinel.x, mock.call(1, a=2))
