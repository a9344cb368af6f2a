import ctypes
import multiprocessing as mp
from multiprocessing import sharedctypes


class Point(ctypes.Structure):
    _fields_ = [('x', ctypes.c_double), ('y', ctypes.c_int)]


def work(n, array, point, text, step):
    for _ in range(step):
        with n.get_lock():
            n.value += 1
    array[step % len(array)] = step
    point.x *= 2
    point.y += step
    text.value = b'child'


def main():
    for method in 'fork', 'spawn':
        ctx = mp.get_context(method)
        n, array = ctx.Value('i', 5), ctx.Array('d', 4)
        point, text = ctx.Value(Point, 1.5, 2), ctx.Array('c', b'parent')
        ps = [ctx.Process(target=work, args=(n, array, point, text, 3))]
        for p in ps:
            p.start()
        for p in ps:
            p.join(60)
            print(method, p.exitcode)
        print(n.value, array[:], point.x, point.y, text.value, text.raw)
    raw = sharedctypes.RawValue(ctypes.c_int, 7)
    other = sharedctypes.copy(raw)
    other.value += 1
    print(raw.value, other.value, sharedctypes.RawArray('h', [1, 2, 3])[:], sharedctypes.RawArray(ctypes.c_short, 3)[:])
    print(mp.Value('B', lock=False).value, mp.Value('b').value, bool(mp.Value('B').get_obj()))
    flag = mp.Value('b', True)
    print(flag, flag.value)
    try:
        mp.Value('i', lock=5)
    except AttributeError as e:
        print(e)


if __name__ == '__main__':
    main()
