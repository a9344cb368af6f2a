name = __name__
from .sub.deep import up
