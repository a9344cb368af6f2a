# What `single` and `eval` read, and where they find fault; sources of tabs and blanks; characters that end a text.
import warnings

warnings.simplefilter('ignore')


def t(s, *modes):
    for mode in modes:
        try:
            compile(s, 'f', mode)
            print(ascii(s), mode, 'ok')
        except SyntaxError as e:
            print(ascii(s), mode, type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, ascii(e.text))


for s in ['\n', '\n\n', '#', '#\n', '# a\n# b', '# a\n\n', '\n#', '  ', '  \n', ' #', '\t', '\n  ', '\x0c', 'x\n\n  ', 'x\n ', 'x ',
          'x\n  # c', 'x # d\n  # c\n', '\nx', 'x if y\nz', 'x = \ny', '1 1\n2', 'a b\n$', "x\n'abc", 'pass\n(', 'x;\n', 'x;\ny;',
          '(x\n)\ny', 'x\n# c\ny', '\n\nx\ny', '# c\nx\ny', 'if 1:\n  x\ny', 'class A:\n pass\nclass B:\n pass',
          "if 1: pass\n'abc", 'x\n)', 'x\n$', 'x\n0x', 'x # c\ny', 'pass;\npass', 'x = """a\nb"""\ny', 'x \n;', 'x = ', 'if', 'not',
          'a.', '@', 'class', 'lambda', 'type X', '0xfor', '1if', 'x = \\', '\\', '(\\', ')\\', ')\\]', '(\\]']:
    t(s, 'single', 'eval')
for s in ['\tx\n        y', '  x\n\ty', '        x\n\ty', 'if 1:\n\tx\n        y\n', 'if 1:\n        x\n\ty\n', '1 1\nif 1:\n\tx\n        y',
          '\ufeff', '\ufeffx = 1', '\ufeff#', '"\\"', 'r"\\"', "b'\\'", 'x = "abc\\"\ny']:
    t(s, 'exec')
