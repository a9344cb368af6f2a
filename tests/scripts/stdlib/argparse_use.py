# argparse.
import argparse
import io
import sys
from contextlib import redirect_stderr, redirect_stdout

p = argparse.ArgumentParser(prog="prog", description="A test program.", epilog="The end.")
p.add_argument("src", help="source file")
p.add_argument("rest", nargs="*", type=int, help="numbers")
p.add_argument("-v", "--verbose", action="count", default=0, help="more output")
p.add_argument("-o", "--output", metavar="FILE", default="out.txt", help="where to (default: %(default)s)")
p.add_argument("--mode", choices=["fast", "slow"], default="fast")
p.add_argument("--flag", action=argparse.BooleanOptionalAction, default=True)
p.add_argument("-n", type=float, dest="number", required=False)
p.add_argument("--list", action="append")
p.add_argument("--const", action="store_const", const=42)
p.add_argument("--version", action="version", version="%(prog)s 1.0")
print(p.parse_args(["a"]))
print(p.parse_args(["a", "1", "2", "-vv", "--output=x", "--mode", "slow", "--no-flag", "-n2.5", "--list", "p", "--list", "q", "--const"]))
print(p.parse_known_args(["a", "--unknown", "z"][:2] + ["--unk"]))
print(p.format_help())
print(p.format_usage())


def run(args, parser=p):
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            r = parser.parse_args(args)
        print(r)
    except SystemExit as e:
        print("exit", e.code, out.getvalue().strip(), err.getvalue().strip().splitlines()[-1:] )


run([])
run(["a", "x"])
run(["a", "--mode", "bad"])
run(["a", "--nope"])
run(["a", "-n"])
run(["a", "-n", "abc"])
run(["--version"])
run(["a", "--verb"])
run(["a", "--", "-5"])
run(["a", "-5"])
sub = argparse.ArgumentParser(prog="git")
cmds = sub.add_subparsers(dest="cmd", required=True, title="commands")
add = cmds.add_parser("add", help="add files", aliases=["a"])
add.add_argument("files", nargs="+")
commit = cmds.add_parser("commit")
commit.add_argument("-m", required=True)
commit.set_defaults(func="commit_func")
run(["add", "x", "y"], sub)
run(["commit", "-m", "msg"], sub)
run(["commit"], sub)
run(["push"], sub)
run([], sub)
print(sub.format_help())
g = argparse.ArgumentParser(prog="g", add_help=False)
ex = g.add_mutually_exclusive_group()
ex.add_argument("--a", action="store_true")
ex.add_argument("--b", action="store_true")
grp = g.add_argument_group("special", "special options")
grp.add_argument("--pair", nargs=2, type=int, metavar=("X", "Y"))
grp.add_argument("--opt", nargs="?", const="c", default="d")
run(["--a"], g)
run(["--a", "--b"], g)
run(["--pair", "1", "2", "--opt"], g)
run(["--pair", "1"], g)
print(g.format_help())


def even(s):
    n = int(s)
    if n % 2:
        raise argparse.ArgumentTypeError(f"{n} is odd")
    return n


t = argparse.ArgumentParser(prog="t")
t.add_argument("x", type=even)
run(["4"], t)
run(["3"], t)
ns = argparse.Namespace(a=1, b="x")
print(ns, "a" in ns, vars(ns), ns == argparse.Namespace(a=1, b="x"))
print(t.parse_args(["2"], namespace=ns))
