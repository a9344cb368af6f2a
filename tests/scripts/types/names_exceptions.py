# All attributes of the exceptions with fields of their own.
for t in (BaseException, Exception, OSError, SyntaxError, UnicodeDecodeError, ImportError, StopIteration, SystemExit, AttributeError, NameError, BaseExceptionGroup):
    print(t.__name__)
    for n in dir(t):
        print("   ", n)
