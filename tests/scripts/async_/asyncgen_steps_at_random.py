# Steps of asynchronous generators in any order: sent to, thrown into, closed, before they began and after they ended.
import types, sys, warnings
warnings.simplefilter('ignore')
log=[]; alive=[]
@types.coroutine
def aw(x):
    try:
        r = yield x
        log.append(('got', r)); return r
    except BaseException as e:
        log.append(('aw', type(e).__name__)); raise
def variants():
    async def plain():
        try:
            x = yield 1
            log.append(('x',x))
            x = yield 2
        finally: log.append('fin')
    async def swallow():
        try: yield 1
        except GeneratorExit: log.append('ge')
        yield 2
        log.append('after')
    async def awaits():
        try:
            await aw('a'); yield 1
            await aw('b'); yield 2
        except BaseException as e:
            log.append(type(e).__name__)
            await aw('c')
            yield 9
        finally:
            log.append('f')
    async def retrn():
        try:
            yield 1
        except GeneratorExit: return
    async def other():
        try: yield 1
        except GeneratorExit: raise ValueError('v')
    async def sai():
        try: yield 1
        except BaseException: raise StopAsyncIteration
    return [plain, swallow, awaits, retrn, other, sai]
def step(f, *a):
    try: r = f(*a); log.append(('ret', r))
    except BaseException as e: log.append((type(e).__name__, str(e), repr(e.__cause__), repr(e.__context__)))
import random
for seed in range(600):
    rnd = random.Random(seed)
    fn = rnd.choice(variants())
    g = fn(); alive.append(g)
    made = []
    log.append(fn.__name__)
    for i in range(rnd.randrange(1,9)):
        k = rnd.randrange(12)
        if k < 3 or not made:
            w = rnd.choice(['asend','aclose','athrow','anext','anextd'])
            log.append(w)
            def mk():
                if w=='asend': v= g.asend(rnd.choice([None,5]))
                elif w=='aclose': v= g.aclose()
                elif w=='athrow': v= g.athrow(rnd.choice([ValueError('q'), GeneratorExit(), StopAsyncIteration(), StopIteration(3), KeyError]))
                elif w=='anext': v= g.__anext__()
                else: v= anext(g, 'dflt')
                made.append(v)
            try: mk()
            except BaseException as e: log.append((type(e).__name__, str(e)))
        else:
            m = rnd.choice(made); 
            op = rnd.choice(['send','throw','close','next'])
            log.append((op, made.index(m)))
            if op=='send': step(m.send, rnd.choice([None,None,7]))
            elif op=='throw': step(m.throw, rnd.choice([ValueError('t'), GeneratorExit(), StopAsyncIteration(), StopIteration(3), KeyError, GeneratorExit]))
            elif op=='close': step(m.close)
            else: step(next, m) if hasattr(m,'__next__') else 0
        log.append((g.ag_running, g.ag_suspended, g.ag_frame is None, repr(g.ag_await is None)))
    print(seed, log); log.clear()
import os; sys.stdout.flush(); os._exit(0)
