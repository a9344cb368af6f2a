"""tomlkit on a lock file: parsed with its layout, packages bumped and sorted in place, written again and compared."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))

import tomlkit

LOCK = "\n\n".join(open(os.path.join(HERE, "input", "lock.toml"), encoding="utf-8").read().split("\n\n")[:60]) + "\n"


def run(n):
    total = 0
    for i in range(n):
        document = tomlkit.parse(LOCK)
        for package in document["package"]:
            version = package["version"].split(".")
            if len(version) > 2 and version[2].isdigit():
                version[2] = str(int(version[2]) + i)
                package["version"] = ".".join(version)
            if "dependencies" in package:
                package["dependencies"].append(f"added {i}")
            package["seen"] = tomlkit.inline_table()
            package["seen"].update({"at": i, "by": "me"})
        text = tomlkit.dumps(document)
        again = tomlkit.parse(text).unwrap()
        total += len(text) + sum(len(p.get("dependencies", ())) for p in again["package"])
    return total
