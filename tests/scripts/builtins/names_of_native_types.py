# Names of native types in messages, and arguments in the order in which they are looked at.
import io, collections, struct
def t(f,*a):
    try: print(f(*a))
    except BaseException as e: print(type(e).__name__, e)
class I:
    def __init__(s,n): s.n=n
    def __index__(s): return s.n
t(struct.unpack_from,'i',3,'x'); t(struct.unpack_from,'i',b'1234','x'); t(struct.Struct('i').unpack_from,3,'x'); t(struct.pack_into,'i',3,'x',3); t(struct.pack_into,'i',bytearray(4),'x','y');t(struct.unpack_from,'i',b'1234',2**70)
d = collections.deque([1, 2])
t(ord,collections.deque()); t(int,io.BytesIO()); t(float,io.BytesIO()); t(complex,collections.deque()); t(len,iter([])); t(isinstance,1,d); t(sum,d,''); t(chr,d); t(abs,d); t(round,d); t(divmod,d,1); t(pow,d,1); t(range,d); t(slice(1).indices,d); t([].__getitem__,d); t('a'.__getitem__,d); t(sorted,3); t([1].index,2,d); t({}.__class__,d); t({}.update,d); t([].extend,3); t(''.join,d); t(b''.join,d); t(bytes,d); t(setattr,1,d,1); t(getattr,1,d); t(iter,d,1); t(next,d); t(hash,d); t(map,1); t(list(map(lambda x:x,[1])).__iadd__, 3); t(enumerate,'a',d); t(zip,'a',3); t(max,3); t(max,d,1); t(all,3); t(min,[d,1]); t(format,d,'x'); t('{:x}'.format,d); t('%d'.__mod__,d); t('%c'.__mod__,d); t('%f'.__mod__,d); t(b'%b'.__mod__, d); t(b'%d'.__mod__,d); t(hex,d); t(open,d); t(compile,d,'','exec'); t(exec,d); t(eval,d); t(print,1,*[2]); t(type('A',(),{}).__call__ if 0 else len,d.__len__); t(dict.fromkeys,3); t(set,3); t({1}.union,3); t({1}.__or__,3); t(frozenset.__or__,frozenset(),3); t(tuple,3); t(classmethod,3); t(super,3); t(vars,d); t(dir,3) if 0 else 0
