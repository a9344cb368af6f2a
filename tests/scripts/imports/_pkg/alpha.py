print("alpha")
name = __name__
from . import beta
from .beta import name as beta_name
