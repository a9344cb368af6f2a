# Globals whose place in the namespace is beyond what one word of a cache says.
namespace = {}
for first in range(0, 70000, 10000):
    exec("\n".join(f"v{i} = {i}" for i in range(first, first + 10000)), namespace)
exec(
    """
def read():
    return v3, v65534, v65535, v65536, v69999

def write(x):
    global v3, v69999
    v3 = x
    v69999 = -x

def late():
    return len(later), v69999
""",
    namespace,
)
for i in range(4):
    print(namespace["read"]())
    namespace["write"](i)
for i in range(3):
    try:
        print(namespace["late"]())
    except NameError as e:
        print(e)
        namespace["later"] = "ab"
del namespace["v69999"]
try:
    namespace["read"]()
except NameError as e:
    print(e)
namespace["v69999"] = "again"
print(namespace["read"]())
namespace["len"] = lambda x: "own len"
print(namespace["late"]())
