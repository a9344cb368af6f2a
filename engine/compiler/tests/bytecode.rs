//! What sources compile to: the instructions that the speed of the interpreter rests on.

use std::sync::Arc;

use engine_code::{Code, Const, Instruction, Op};
use engine_compiler::{CompileFlags, ErrorKind, Mode, compile, is_complete};

fn module(source: &str) -> Arc<Code> {
    let code =
        compile(source, "<test>", Mode::Exec, CompileFlags::default()).unwrap_or_else(|e| panic!("{source}: {e:?}"));
    engine_code::verify(&code).unwrap_or_else(|e| panic!("{source}: {e}"));
    code
}

/// The first function of a module.
fn function(source: &str) -> Arc<Code> {
    let found = module(source).consts.iter().find_map(|c| match c {
        Const::Code(code) => Some(code.clone()),
        _ => None,
    });
    found.unwrap()
}

fn ops(code: &Code) -> Vec<Op> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < code.instrs.len() {
        let op = Instruction::decode(&code.instrs, at).unwrap().op();
        out.push(op);
        at += op.words();
    }
    out
}

#[test]
fn integer_loop() {
    let code = function("def f(n):\n s = 0\n i = 0\n while i < n:\n  s += i*i % 7\n  i += 1\n return s\n");
    use Op::*;
    assert_eq!(ops(&code), [LoadInt, LoadInt, Jump, Mul, ModI, Add, AddI, JLt, ReturnValue]);
}

#[test]
fn range_loop() {
    let code = function("def f(n, a):\n t = 0\n for i in range(n): t += a[i]\n return t\n");
    use Op::*;
    let expected = [
        LoadInt,
        LoadGlobal,
        MoveReg,
        RangePrep,
        Call,
        GetIter,
        LoadInt,
        LoadInt,
        Jump,
        LoadSubscr,
        Add,
        ForRange,
        ReturnValue,
    ];
    assert_eq!(ops(&code), expected);
}

#[test]
fn built_ins_run_generator_expressions_in_line() {
    use Op::*;
    let of = |source| ops(&function(source));
    let ends = |code: &[Op], expected: &[Op]| assert!(code.ends_with(expected), "{code:?}");
    ends(
        &of("def f(a): return tuple(x for x in a)\n"),
        &[JNotDrain, BuildList, Jump, ListAppend, ForIter, ListToTuple, Jump, Call, ReturnValue],
    );
    ends(
        &of("def f(a): return any(x for x in a)\n"),
        &[JNotDrain, Jump, JumpIfTrue, ForIter, LoadConst, Jump, LoadConst, Jump, Call, ReturnValue],
    );
    // Not with other arguments, of a local name, or of an asynchronous generator.
    for source in [
        "def f(a): return any((x for x in a), 1)\n",
        "def f(a, any): return any(x for x in a)\n",
        "async def f(a): return any(x async for x in a)\n",
        "def f(a): return sum(x for x in a)\n",
    ] {
        assert!(!of(source).contains(&JNotDrain), "{source}");
    }
}

#[test]
fn method_call() {
    let code = function("def m(self, y): return self.x.f(y)\n");
    use Op::*;
    assert_eq!(ops(&code), [LoadAttr, LoadMethod, MoveReg, CallMethod, ReturnValue]);
}

#[test]
fn nested_calls_need_no_moves() {
    let code = function("def fib(n): return n if n < 2 else fib(n-1) + fib(n-2)\n");
    use Op::*;
    let code = ops(&code);
    assert!(code.ends_with(&[LoadGlobal, SubI, Call, LoadGlobal, SubI, Call, Add, ReturnValue]), "{code:?}");
    let code = function("def g(x): y = f(h(1)); return y\n");
    assert_eq!(ops(&code), [LoadGlobal, LoadGlobal, LoadInt, Call, Call, ReturnValue]);
}

#[test]
fn swap() {
    let code = function("def f(a, b):\n a, b = b, a\n return a\n");
    use Op::*;
    assert_eq!(ops(&code), [MoveReg, MoveReg, MoveReg, ReturnValue]);
}

#[test]
fn assignment_expressions_do_not_disturb_operands() {
    // The old value of `x` is added.
    let code = function("def f(x): return x + (x := 5)\n");
    use Op::*;
    assert_eq!(ops(&code), [MoveReg, LoadInt, Add, ReturnValue]);
}

#[test]
fn unbound_locals_are_checked_only_where_needed() {
    let checks = |source| ops(&function(source)).iter().filter(|op| **op == Op::CheckBound).count();
    assert_eq!(checks("def f(a):\n if a: x = 1\n else: x = 2\n return x\n"), 0);
    assert_eq!(checks("def f(a):\n if a: x = 1\n return x\n"), 1);
    assert_eq!(checks("def f(a):\n for x in a: pass\n return x\n"), 1);
    assert_eq!(checks("def f(a):\n while 1:\n  x = a\n  if x: break\n return x\n"), 0);
    assert_eq!(checks("def f(a):\n try: x = a()\n except E: return\n return x\n"), 0);
    assert_eq!(checks("def f(a):\n try: x = a()\n except E: pass\n return x\n"), 1);
    assert_eq!(checks("def f(a):\n del a\n return a\n"), 1);
}

#[test]
fn constants_fold() {
    let value = |source: &str| {
        let code = compile(source, "f", Mode::Eval, CompileFlags::default()).unwrap();
        code.consts.first().cloned()
    };
    assert_eq!(value("2**64"), Some(Const::BigInt { negative: false, magnitude: [0, 0, 0, 0, 0, 0, 0, 0, 1].into() }));
    assert_eq!(value("-7 // 2 * 100000"), Some(Const::Int(-400000)));
    assert_eq!(value("-7 % 3 * 100000"), Some(Const::Int(200000)));
    assert_eq!(value("'a' 'b' + 'c' * 3"), Some(Const::Str("abccc".into())));
    assert_eq!(
        value("(1, 'x', (2.5, None))").map(|c| engine_code::dis::constant(Some(&c))),
        Some("(1, \"x\", (2.5, None))".into())
    );
    assert_eq!(value("'\\ud800'"), Some(Const::Str(engine_code::Wtf8([0xED, 0xA0, 0x80].as_slice().into()))));
}

#[test]
fn dead_branches_go() {
    let code = function("def f():\n if 0: a()\n elif __debug__: return 1\n else: b()\n while False: c()\n");
    // The line of the test remains for tracers, as in CPython's code.
    assert_eq!(ops(&code), [Op::Nop, Op::ReturnConst]);
}

#[test]
fn long_functions() {
    // Jumps beyond 16 bits, many locals, many constants, many arguments.
    let body: String = (0..12_000).map(|i| format!("  x.a{i} = y + {i}000\n")).collect();
    module(&format!("def f(x, y):\n while x:\n  if y: continue\n{body}\n return x\n"));
    module(&format!("def f(x, y):\n for i in x:\n  if y: break\n{body}\n return x\n"));
    let locals: String = (0..400).map(|i| format!(" v{i} = a\n")).collect();
    module(&format!("def f(a):\n{locals} del v399\n return v0 + v398\n"));
    let list: String = (0..70_000).map(|i| format!("f({i}00000)\n")).collect();
    module(&list);
    let args: Vec<String> = (0..300).map(|i| format!("a{i}")).collect();
    module(&format!("f({})", args.join(", ")));
    module(&format!("[{}] = x", args.join(", ")));
    module(&format!("x = [{0}], ({0}), {{{0}}}", args.join(", ")));
}

#[test]
fn deep_nesting_is_an_error_at_worst() {
    let kinds = [
        compile(&("(".repeat(10_000) + &")".repeat(10_000)), "f", Mode::Exec, CompileFlags::default()),
        compile(&("-".repeat(200_000) + "x"), "f", Mode::Exec, CompileFlags::default()),
        compile(&("x.a".to_string() + &".b".repeat(200_000)), "f", Mode::Exec, CompileFlags::default()),
        compile(&format!("x = a{}", " + a".repeat(100_000)), "f", Mode::Exec, CompileFlags::default()),
        compile(&"lambda: ".repeat(20_000), "f", Mode::Exec, CompileFlags::default()),
        compile(&("a if b else ".repeat(50_000) + "c"), "f", Mode::Exec, CompileFlags::default()),
        compile(&("not ".repeat(50_000) + "c ("), "f", Mode::Exec, CompileFlags::default()),
    ];
    for result in kinds {
        let e = result.map(|_| ()).unwrap_err();
        assert!(matches!(e.kind, ErrorKind::Recursion | ErrorKind::Syntax | ErrorKind::Memory), "{e:?}");
    }
    module(&format!("x = a{}", " + a".repeat(3_000)));
    module(&format!("x = {}1{}", "(".repeat(150), ")".repeat(150)));
}

#[test]
fn errors() {
    let error = |source: &str| {
        let e = compile(source, "f", Mode::Exec, CompileFlags::default()).map(|_| ()).unwrap_err();
        (e.msg, e.line, e.col)
    };
    let expect = |source: &str, msg: &str, line: u32, col: u32| {
        assert_eq!(error(source), (msg.to_string(), line, col), "{source:?}");
    };
    expect("return 1", "'return' outside function", 1, 1);
    expect("def f(x):\n global x", "name 'x' is parameter and global", 2, 2);
    expect("f() = 1", "cannot assign to function call here. Maybe you meant '==' instead of '='?", 1, 1);
    expect("print(1", "'(' was never closed", 1, 6);
    expect("x = 'abc", "unterminated string literal (detected at line 1)", 1, 5);
    expect("if x:\npass", "expected an indented block after 'if' statement on line 1", 2, 1);
    expect("f(a b)", "invalid syntax. Perhaps you forgot a comma?", 1, 3);
    expect("while x\n y", "expected ':'", 1, 8);
    expect("print 'a'", "Missing parentheses in call to 'print'. Did you mean print(...)?", 1, 1);
    expect("def f(a, a): pass", "duplicate argument 'a' in function definition", 1, 10);
    expect("async def f():\n def g(): await x", "'await' outside async function", 2, 11);
    expect("x = (1]", "closing parenthesis ']' does not match opening parenthesis '('", 1, 7);
    expect(
        "class A:\n [y := 1 for x in z]",
        "assignment expression within a comprehension cannot be used in a class body",
        2,
        3,
    );
}

#[test]
fn interactive_input() {
    for open in ["if x:", "def f():\n  pass", "x = (1,", "'''abc", "@deco", "try:\n  x", "x = \\", "for a in b:\n  c()"]
    {
        assert_eq!(is_complete(open, CompileFlags::default()), Ok(false), "{open:?}");
    }
    for done in ["x = 1", "if x: pass\n", "def f():\n  pass\n\n", "f(1)", "'''a\nb'''"] {
        assert_eq!(is_complete(done, CompileFlags::default()), Ok(true), "{done:?}");
    }
    assert!(is_complete("x = = 1", CompileFlags::default()).is_err());
    assert!(is_complete("x = )", CompileFlags::default()).is_err());
}
