"""Profiles programs with less overhead than the module `profile`, and with its interface.

From the command line: `python -m cProfile [-o FILE] [-s SORT] [-m MODULE | SCRIPT] [ARGUMENT ...]`.
"""

import importlib.machinery
import importlib.util
import io
import profile as _profile

from _lsprof import Profiler

__all__ = ["run", "runctx", "Profile"]


def run(statement, filename=None, sort=-1):
    return _profile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    return _profile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


run.__doc__ = _profile.run.__doc__
runctx.__doc__ = _profile.runctx.__doc__


class Profile(Profiler):
    """Profile(timer=None, timeunit=None, subcalls=True, builtins=True)

    Builds a profiler object using the specified timer function. The default timer measures real time. For timers that
    return integers, timeunit says how long each unit is, in seconds.
    """

    def print_stats(self, sort=-1):
        import pstats

        keys = sort if isinstance(sort, tuple) else (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*keys).print_stats()

    def dump_stats(self, file):
        import marshal

        with open(file, "wb") as f:
            self.create_stats()
            marshal.dump(self.stats, f)

    def create_stats(self):
        self.disable()
        self.snapshot_stats()

    def snapshot_stats(self):
        """Sets `stats`: by function the numbers of calls that are not recursive and of all, its own and its whole time,
        and the same by caller."""
        entries = self.getstats()
        self.stats = {}
        callers = {}
        for e in entries:
            callers[id(e.code)] = by_caller = {}
            self.stats[label(e.code)] = (e.callcount - e.reccallcount, e.callcount, e.inlinetime, e.totaltime, by_caller)
        for e in entries:
            caller = label(e.code)
            for part in e.calls or ():
                by_caller = callers.get(id(part.code))
                if by_caller is None:
                    continue
                numbers = part.callcount, part.callcount - part.reccallcount, part.inlinetime, part.totaltime
                if caller in by_caller:
                    numbers = tuple(a + b for a, b in zip(numbers, by_caller[caller]))
                by_caller[caller] = numbers

    def run(self, cmd):
        import __main__

        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """Where a function is: (file, line, name); native ones sort behind all others."""
    if isinstance(code, str):
        return "~", 0, code
    return code.co_filename, code.co_firstlineno, code.co_name


def _main_module(path):
    """A new `__main__` for the script at `path`, and its code."""
    import sys

    with io.open_code(path) as f:
        code = compile(f.read(), path, "exec")
    spec = importlib.machinery.ModuleSpec(name="__main__", loader=None, origin=path)
    module = importlib.util.module_from_spec(spec)
    # The script and those who import __main__ see one namespace, as if it had been started directly.
    sys.modules["__main__"] = module
    vars(module).update(__spec__=None, __file__=path, __name__="__main__", __package__=None, __cached__=None)
    return code, vars(module)


def main():
    import os
    import pstats
    import runpy
    import sys
    from optparse import OptionParser

    parser = OptionParser(usage="cProfile.py [-o output_file_path] [-s sort] [-m module | scriptfile] [arg] ...")
    parser.allow_interspersed_args = False
    parser.add_option("-o", "--outfile", dest="outfile", help="Save stats to <outfile>", default=None)
    parser.add_option(
        "-s",
        "--sort",
        dest="sort",
        help="Sort order when printing to stdout, based on pstats.Stats class",
        default=2,
        choices=sorted(pstats.Stats.sort_arg_dict_default),
    )
    parser.add_option("-m", dest="module", action="store_true", help="Profile a library module", default=False)
    if not sys.argv[1:]:
        parser.print_usage()
        sys.exit(2)
    options, args = parser.parse_args()
    sys.argv[:] = args
    if not args:
        parser.print_usage()
        return parser
    if options.outfile is not None:
        # The script may change the working directory.
        options.outfile = os.path.abspath(options.outfile)
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        namespace = {"run_module": runpy.run_module, "modname": args[0]}
    else:
        sys.path.insert(0, os.path.dirname(args[0]))
        code, namespace = _main_module(args[0])
    try:
        runctx(code, namespace, None, options.outfile, options.sort)
    except BrokenPipeError as e:
        # Nobody reads any more: what is flushed at the end is of no use.
        sys.stdout = None
        sys.exit(e.errno)
    return parser


if __name__ == "__main__":
    main()
