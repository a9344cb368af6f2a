"""What dis knows of this runtime's instructions.

An instruction is one or two words of four bytes, op and three operands in the first; the operands are registers, numbers,
or indices into the code object's tables. One with a name that CPython's instructions know, and much the same meaning, is
shown under CPython's number, so that opcode.opmap finds it; the others have numbers of their own from OWN on.
"""

import _opcode
from _opcode_metadata import opmap as _cpython

OWN = 1024
# By the number in the code: name, length in words, operands as (name, role, first bit, bits).
_TABLE = _opcode._instructions()
_PUBLIC = [_cpython.get(row[0], OWN + i) for i, row in enumerate(_TABLE)]
_WORDS = {row[0]: row[1] for row in _TABLE}
_REGISTERS = frozenset('RMWEBLCHDS')
_SIGNED = frozenset(('Imm', 'Int', 'Jump'))
# The operands that say most, those that come first more than others.
_TELLING = ('Site', 'Const', 'Jump', 'Int', 'Free')


def own_opmap():
    """The numbers of the instructions that CPython does not have."""
    return {row[0]: OWN + i for i, row in enumerate(_TABLE) if row[0] not in _cpython}


def cache_size(opname):
    """How many units of two bytes follow the first one of an instruction."""
    return 2 * _WORDS.get(opname, 1) - 1


def cache_format(opname):
    """The same, named."""
    return {'operands': 1, 'second': 2} if _WORDS.get(opname) == 2 else {'operands': 1}


def _operands(op, instruction):
    """(name, role, value) of the operands of an instruction, given as one number."""
    for name, role, first, bits in _TABLE[op][2]:
        n = instruction >> first & (1 << bits) - 1
        if role in _SIGNED and n >> bits - 1:
            n -= 1 << bits
        yield name, role, n


def _walk(code):
    """(offset, number in the code, instruction as one number) of the instructions."""
    offset = 0
    while offset + 4 <= len(code):
        op = code[offset]
        if op >= len(_TABLE):
            return
        size = 4 * _TABLE[op][1]
        yield offset, op, int.from_bytes(code[offset:offset + size], 'little')
        offset += size


def _telling(operands):
    """(role, value) of the operand that says most."""
    by_role = {role: n for _, role, n in operands}
    for role in _TELLING:
        if role in by_role:
            return role, by_role[role]
    return operands[0][1:] if operands else (None, None)


def _arg(op, instruction):
    """That operand: an index into a table, a jump's distance in units of two bytes, else the first one."""
    role, n = _telling(list(_operands(op, instruction)))
    return 2 * n if role == 'Jump' else n


def unpack(code):
    """(offset, start offset, opcode, arg) of the instructions."""
    for offset, op, instruction in _walk(code):
        if offset == 0:
            # No instruction: it stands for the call itself.
            yield 0, 0, _cpython['RESUME'], 0
        else:
            yield offset, offset, _PUBLIC[op], _arg(op, instruction)


def _register(resolver, number):
    try:
        return resolver.varname_from_oparg(number)
    except (IndexError, TypeError):
        return f'r{number}'


def describe(resolver, op, arg, offset, code):
    """The value of arg, and all operands as text; the written register comes first."""
    if offset == 0:
        return arg, ''
    _, own, instruction = next(_walk(code[offset:offset + 8]))
    operands = list(_operands(own, instruction))
    told, _ = _telling(operands)
    value, text, parts = arg, None, []
    if told == 'Site':
        if resolver.names is not None:
            value = text = resolver.names[arg]
            if _TABLE[own][0].endswith('_GLOBAL'):
                # Tools that look for names of globals take what stands within the last parentheses.
                text = f'({text})'
    elif told == 'Const':
        if resolver.co_consts is not None:
            value = resolver.co_consts[arg]
            text = repr(value)
    elif told == 'Jump':
        value = offset + 4 * _TABLE[own][1] + 2 * arg
        text = f'to L{resolver.get_label_for_offset(value)}'
    elif told == 'Int':
        text = repr(arg)
    elif told == 'Free':
        text = f'free {arg}'
    for _, role, n in operands:
        if role in _REGISTERS:
            parts.append(_register(resolver, n))
        elif role in ('N', 'Imm'):
            parts.append(repr(n))
        elif role in ('Flag', 'Flags', 'Count') and n and text is None:
            parts.append(repr(n))
    if text is not None:
        parts.append(text)
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
    for _, op, instruction in _walk(co.co_code):
        name = _TABLE[op][0]
        given = {name: n for name, _, n in _operands(op, instruction)}
        if name == 'IMPORT_NAME' and given['object'] in loaded:
            yield co.co_names[given['site']], given['how'], loaded[given['object']]
        elif name in ('LOAD_CONST', 'LOAD_CONST_WIDE'):
            loaded[given['dst']] = co.co_consts[given['value']]
