"""Edits a document and keeps its layout."""


def use():
    import tomlkit

    d = tomlkit.parse('# c\na = 1\n[t]\nb = [1, 2] # x\n')
    d['t']['b'].append(3)
    d['z'] = {'k': 'v'}
    return tomlkit.dumps(d)


if __name__ == "__main__":
    for part in use():
        print(part)
