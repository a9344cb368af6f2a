"""Types whose state no pickle can hold."""
import itertools
import pickle
import types

for value in (pickle, types.ModuleType('m'), itertools.repeat(1), itertools.repeat(1, 2), itertools.count()):
    for protocol in range(6):
        try:
            print(pickle.dumps(value, protocol))
        except Exception as e:
            print(protocol, type(e).__name__, e)
