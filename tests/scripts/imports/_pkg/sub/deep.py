from .. import value as up
from ..alpha import name as _unused
