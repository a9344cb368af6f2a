"""What dis knows of this runtime's instructions.

An instruction is one or two words of four bytes, op and three operands in the first; the operands are registers, numbers,
or indices into the code object's tables. One with a name that CPython's instructions know, and much the same meaning, is
shown under CPython's number, so that opcode.opmap finds it; the others have numbers of their own from OWN on.
"""

import _opcode
from _opcode_metadata import opmap as _cpython

OWN = 1024
# By the number in the code: name, whether there is a second word, what the operands and the second word are.
_TABLE = _opcode._instructions()
_PUBLIC = [_cpython.get(row[0], OWN + i) for i, row in enumerate(_TABLE)]
_WORDS = {row[0]: 2 if row[2] != 'No' else 1 for row in _TABLE}
_REGISTERS = frozenset('RMWEBLCHDS')


def own_opmap():
    """The numbers of the instructions that CPython does not have."""
    return {row[0]: OWN + i for i, row in enumerate(_TABLE) if row[0] not in _cpython}


def cache_size(opname):
    """How many units of two bytes follow the first one of an instruction."""
    return 2 * _WORDS.get(opname, 1) - 1


def cache_format(opname):
    """The same, named."""
    return {'operands': 1, 'second': 2} if _WORDS.get(opname) == 2 else {'operands': 1}


def _signed(n, bits):
    return n - (1 << bits) if n >> (bits - 1) else n


def _walk(code):
    """(offset, number in the code, first word, second word) of the instructions."""
    offset = 0
    while offset + 4 <= len(code):
        word = int.from_bytes(code[offset:offset + 4], 'little')
        op = word & 0xFF
        if op >= len(_TABLE):
            return
        size = 4 * _WORDS[_TABLE[op][0]]
        yield offset, op, word, int.from_bytes(code[offset + 4:offset + size], 'little')
        offset += size


def _arg(op, word, second):
    """The operand that says most: an index into a table, a jump's distance in units of two bytes, else the first operand."""
    _, roles, follows = _TABLE[op]
    bc = word >> 16
    if follows in ('NameCache', 'ConstCache'):
        return second & 0xFFFF
    if follows == 'ConstWide':
        return second
    if follows in ('JumpCache', 'Jump'):
        return 2 * _signed(second & 0xFFFF, 16)
    if 'Jump24' in roles:
        return 2 * _signed(word >> 8, 24)
    if 'Jump16' in roles:
        return 2 * _signed(bc, 16)
    if 'Int' in roles:
        return _signed(bc, 16)
    if 'Const' in roles or 'Free' in roles:
        return bc
    used = [i for i, role in enumerate(roles) if role != 'No']
    return word >> 8 * (used[0] + 1) & 0xFF if used else None


def unpack(code):
    """(offset, start offset, opcode, arg) of the instructions."""
    for offset, op, word, second in _walk(code):
        if offset == 0:
            # No instruction: it stands for the call itself.
            yield 0, 0, _cpython['RESUME'], 0
        else:
            yield offset, offset, _PUBLIC[op], _arg(op, word, second)


def _register(resolver, number):
    try:
        return resolver.varname_from_oparg(number)
    except (IndexError, TypeError):
        return f'r{number}'


def describe(resolver, op, arg, offset, code):
    """The value of arg, and all operands as text; the written register comes first."""
    if offset == 0:
        return arg, ''
    _, own, word, second = next(_walk(code[offset:offset + 8]))
    _, roles, follows = _TABLE[own]
    value, text, parts = arg, None, []
    if follows == 'NameCache':
        if resolver.names is not None:
            value = text = resolver.names[arg]
    elif follows in ('ConstCache', 'ConstWide') or 'Const' in roles:
        if resolver.co_consts is not None:
            value = resolver.co_consts[arg]
            text = repr(value)
    elif follows in ('JumpCache', 'Jump') or 'Jump16' in roles or 'Jump24' in roles:
        value = offset + 4 * (1 if follows == 'No' else 2) + 2 * arg
        text = f'to L{resolver.get_label_for_offset(value)}'
    elif 'Int' in roles:
        text = repr(arg)
    elif 'Free' in roles:
        text = f'free {arg}'
    for i, role in enumerate(roles):
        byte = word >> 8 * (i + 1) & 0xFF
        if role in _REGISTERS:
            parts.append(_register(resolver, byte))
        elif role == 'N':
            parts.append(repr(byte))
        elif role == 'Imm':
            parts.append(repr(_signed(byte, 8)))
    if text is not None:
        parts.append(text)
    elif follows in ('FlagCache', 'Flags', 'Count') and second & 0xFFFF:
        parts.append(repr(second & 0xFFFF))
    return value, ', '.join(parts)


def handlers_only(table):
    """An exception table without what follows it: each entry begins with a marked byte and has four numbers."""
    end = 0
    while end < len(table) and table[end] & 0x80:
        for _ in range(4):
            while end < len(table) and table[end] & 0x40:
                end += 1
            end += 1
    return table[:end]


def find_imports(co):
    """(name, level, names) of the import statements."""
    loaded = {}
    for _, op, word, second in _walk(co.co_code):
        name = _TABLE[op][0]
        a, b, c = word >> 8 & 0xFF, word >> 16 & 0xFF, word >> 24
        if name == 'IMPORT_NAME' and b in loaded:
            yield co.co_names[second & 0xFFFF], c, loaded[b]
        elif name == 'LOAD_CONST':
            loaded[a] = co.co_consts[word >> 16]
        elif name == 'LOAD_CONST_WIDE':
            loaded[a] = co.co_consts[second]
