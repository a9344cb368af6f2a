# What is said of a name that a module lacks: of modules that hide others, that are not finished, that wait for submodules.
import os
import subprocess
import sys
import tempfile

folder = os.path.realpath(tempfile.mkdtemp())


def case(title, files, *arguments, **kw):
    where = os.path.join(folder, str(len(os.listdir(folder))))
    for name, text in files.items():
        path = os.path.join(where, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
    run = subprocess.run([sys.executable, *(a.replace("WHERE", where) for a in arguments)], cwd=where, text=True, capture_output=True, **kw)
    last = (run.stderr.strip().splitlines() or run.stdout.splitlines() or [""])[-1]
    print(f"{title}: {last.replace(where, 'WHERE').split('. Did you mean')[0].split(' (/')[0]}")


for text in ("import fractions\nfractions.Nothing\n", "from fractions import Nothing\n"):
    case("library, script", {"fractions.py": text}, "fractions.py")
    case("library, absolute", {"fractions.py": text}, "WHERE/fractions.py")
    case("library, -c", {"fractions.py": ""}, "-c", text)
    case("library, -m", {"fractions.py": text}, "-m", "fractions")
    case("library, package", {"fractions/__init__.py": "x = 1\n", "main.py": text}, "main.py")
    case("library, safe", {"fractions.py": "", "main.py": "import sys\nsys.path.append('WHERE')\n" + text}, "-P", "main.py")
    third = text.replace("fractions", "numpyish")
    case("other, script", {"numpyish.py": third}, "numpyish.py")
    case("other, finished", {"numpyish.py": "", "main.py": third}, "main.py")
    case("other, elsewhere", {"sub/numpyish.py": third, "main.py": "import sys\nsys.path.insert(0, 'sub')\nimport numpyish\n"}, "main.py")

cycle = {"pkg/__init__.py": "", "pkg/a.py": "from pkg import b\nfrom pkg.b import nothing\n", "pkg/b.py": "import pkg.a\npkg.a.nothing\n"}
case("cycle, elsewhere", {"sub/" + k: v for k, v in cycle.items()} | {"main.py": "import sys\nsys.path.insert(0, 'sub')\nimport pkg.a\n"}, "main.py")
case("cycle, sub", {**cycle, "main.py": "import pkg.a\n"}, "main.py")
waits = {"pkg/__init__.py": "", "pkg/parent/__init__.py": "import pkg.parent.child\n", "pkg/parent/child.py": "import pkg.parent\npkg.parent\n"}
case("submodule", {**waits, "main.py": "import pkg.parent.child\n"}, "main.py")
case("a name that is text", {"main.py": "import fractions\nfractions.__name__ = 5\nfractions.x\n", "fractions.py": ""}, "main.py")
case("no names of modules", {"main.py": "import sys, fractions\nsys.stdlib_module_names = None\nfractions.x\n", "fractions.py": ""}, "main.py")
case("no spec", {"main.py": "import fractions\nfractions.__spec__ = 5\nfractions.x\n", "fractions.py": ""}, "main.py")
