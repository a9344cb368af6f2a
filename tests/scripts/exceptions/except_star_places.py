# A group that `except*` puts around a naked exception comes from the clause.
import traceback
def f():
    try:
        raise ValueError('a')
    except* ValueError:
        raise
def g():
    try:
        raise ValueError('a')
    except* ValueError as e:
        x = 1
        raise e
def h():
    try:
        raise ValueError('a')
    except* ValueError:
        raise KeyError('k')
def i():
    try:
        raise ExceptionGroup('g', [ValueError('a'), TypeError('b')])
    except* ValueError:
        raise
    except* TypeError as e:
        raise e
def j():
    try:
        raise ExceptionGroup('g', [ValueError('a'), TypeError('b')])
    except* ValueError:
        pass
def k():
    try:
        raise ValueError('a')
    except* TypeError:
        pass
def l():
    try:
        raise ValueError('a')
    except* ValueError:
        try: raise
        except* ValueError: raise
def m():
    try:
        raise ValueError('a')
    except* ValueError as e:
        try: 
            1/0
        except ZeroDivisionError:
            raise e from None
def n():
    try:
        raise ValueError('a')
    except* ValueError as e:
        raise e.exceptions[0]
for q in (f,g,h,i,j,k,l,m,n):
    try: q()
    except BaseException as e:
        print(''.join(traceback.format_exception(e)))
        t=e.__traceback__
        while t: print(t.tb_lineno, end=' '); t=t.tb_next
        print(repr(e), repr(e.__context__), repr(e.__cause__))
        for x in getattr(e,'exceptions',()):
            t=x.__traceback__
            while t: print('  ', t.tb_lineno, end=' '); t=t.tb_next
            print(repr(x), repr(x.__context__))
