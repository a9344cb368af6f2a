"""gc.get_objects and gc.get_referrers."""
import gc


class Node:
    pass


target = Node()
in_list = [target]
in_dict = {"key": target}
in_tuple = (target, 1)
holder = Node()
holder.attribute = target
in_set = {target}


def closure():
    cell = target

    def inner():
        return cell

    return inner


kept = closure()
referrers = gc.get_referrers(target)
for name, thing in [("list", in_list), ("dict", in_dict), ("tuple", in_tuple), ("set", in_set)]:
    print(name, any(r is thing for r in referrers))
print("attribute", any(r is holder or r is holder.__dict__ for r in referrers))
print("cell", any(type(r).__name__ == "cell" for r in referrers))
print("itself", any(r is target for r in referrers))
lonely = Node()
print("of nobody", [r for r in gc.get_referrers(lonely) if isinstance(r, (list, tuple))])

many = [[i] for i in range(1000)]
objects = gc.get_objects()
print(any(o is many for o in objects), sum(type(o) is Node for o in objects))
print(any(isinstance(o, (str, bytes, float)) for o in objects))
for generation in (-2, 3):
    try:
        gc.get_objects(generation)
    except ValueError as error:
        print(error)
try:
    gc.get_objects("x")
except TypeError as error:
    print(error)
