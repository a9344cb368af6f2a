//! Random Python programs: valid by construction, terminating, and printing all they compute.
//!
//! They aim at the compiler and the interpreter: expressions over registers, nested control flow with
//! `break`, `continue` and `finally`, closures, generators, unpacking, exceptions. What fails at run
//! time is caught and printed, so messages are compared too.

/// Statements of one program.
const STATEMENTS: usize = 40;
/// Nesting of statements.
const DEPTH: usize = 4;
/// Beyond this many bytes only simple statements follow.
const SIZE: usize = 12_000;

/// The program of a seed: the same on every machine.
pub fn program(seed: u64) -> String {
    let mut generator = Generator {
        state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        out: String::new(),
        fresh: 0,
        comprehensions: 0,
    };
    generator.program();
    generator.out
}

/// What is in scope where a statement is generated.
#[derive(Clone, Copy)]
struct Scope {
    indent: usize,
    depth: usize,
    in_loop: bool,
    in_function: bool,
}

struct Generator {
    state: u64,
    out: String,
    fresh: usize,
    /// How many comprehensions surround the expression: `:=` is not allowed there.
    comprehensions: usize,
}

impl Generator {
    /// xorshift64*: quality matters little here, reproducibility much.
    fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn name(&mut self, prefix: &str) -> String {
        self.fresh += 1;
        format!("{prefix}{}", self.fresh)
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.out.push_str(&"    ".repeat(indent));
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn program(&mut self) {
        self.line(0, "a, b, c, d = 3, -7, 2**62, 10");
        self.line(0, "x, y = 1.5, -0.25");
        self.line(0, "s, t = 'text', 'é'");
        self.line(0, "l, m = [1, 2, 3], [[4], 'five', 6.0]");
        self.line(0, "k = {'one': 1, 2: 'two', (3,): [3]}");
        self.line(0, "def show(*values): print(*[v if not isinstance(v, dict) else list(v.items()) for v in values])");
        for _ in 0..STATEMENTS {
            self.line(0, "try:");
            self.statement(Scope { indent: 1, depth: 0, in_loop: false, in_function: false });
            self.line(0, "except Exception as error:");
            self.line(1, "print(type(error).__name__, error)");
            if self.below(4) == 0 {
                self.line(0, "show(a, b, c, d, x, y, s, t, l, m)");
            }
        }
        self.line(0, "show(a, b, c, d, x, y, s, t, l, m, k)");
    }

    fn block(&mut self, scope: Scope) {
        for _ in 0..1 + self.below(3) {
            self.statement(scope);
        }
    }

    fn statement(&mut self, scope: Scope) {
        let inner = Scope { indent: scope.indent + 1, depth: scope.depth + 1, ..scope };
        let compound = scope.depth < DEPTH && self.out.len() < SIZE;
        match self.below(if compound { 22 } else { 10 }) {
            0 | 1 => self.assign(scope),
            2 => {
                let (target, op) =
                    (self.pick(&["a", "b", "c", "d"]), self.pick(&["+=", "-=", "*=", "//=", "%=", "&=", "|=", "^="]));
                let value = self.int(2);
                self.line(scope.indent, &format!("{target} {op} {value}"));
                self.line(scope.indent, &format!("{target} %= 1 << 70"));
            }
            3 => {
                let text = format!("show({}, {})", self.any(2), self.any(2));
                self.line(scope.indent, &text);
            }
            4 => self.container_operation(scope),
            5 => {
                let targets = self.pick(&["a, b", "a, *l", "(a, b), c", "*m, a", "a, b, c", "[a, [b, c]]"]);
                let values = format!("{}, {}", self.any(2), self.any(2));
                self.line(scope.indent, &format!("{targets} = {values}"));
            }
            6 if scope.in_loop => {
                let condition = self.condition(2);
                let word = self.pick(&["break", "continue"]);
                self.line(scope.indent, &format!("if {condition}: {word}"));
            }
            7 if scope.in_function => {
                let (condition, value) = (self.condition(2), self.any(2));
                self.line(scope.indent, &format!("if {condition}: return {value}"));
            }
            8 => {
                let (kind, value) = (self.pick(&["ValueError", "KeyError", "IndexError"]), self.any(1));
                let condition = self.condition(1);
                self.line(scope.indent, &format!("if {condition}: raise {kind}({value})"));
            }
            9 | 10 => self.assign(scope),
            11 | 12 => {
                let condition = self.condition(3);
                self.line(scope.indent, &format!("if {condition}:"));
                self.block(inner);
                if self.below(2) == 0 {
                    self.line(scope.indent, "else:");
                    self.block(inner);
                }
            }
            13 | 14 => self.for_loop(scope, inner),
            15 => {
                let counter = self.name("n");
                self.line(scope.indent, &format!("{counter} = {}", 1 + self.state % 5));
                self.line(scope.indent, &format!("while ({counter} := {counter} - 1) > 0:"));
                self.block(Scope { in_loop: true, ..inner });
            }
            16 | 17 => self.try_statement(scope, inner),
            18 => self.function(scope, inner),
            19 => self.generator(scope, inner),
            20 => self.match_statement(scope, inner),
            _ => self.class(scope),
        }
    }

    fn assign(&mut self, scope: Scope) {
        let line = match self.below(6) {
            0 | 1 => format!("{} = {}", self.pick(&["a", "b", "c", "d"]), self.int(3)),
            2 => format!("{} = {}", self.pick(&["x", "y"]), self.float(2)),
            3 => format!("{} = ({})[:40]", self.pick(&["s", "t"]), self.text(2)),
            4 => format!("{} = {}", self.pick(&["l", "m"]), self.list(2)),
            _ => format!("a = b = {}", self.int(2)),
        };
        self.line(scope.indent, &line);
    }

    fn container_operation(&mut self, scope: Scope) {
        let (index, value) = (self.int(1), self.any(1));
        let line = match self.below(9) {
            0 => format!("l.append({value})"),
            1 => format!("l[{index} % 5] = {value}"),
            2 => format!("k[{value}] = {index}"),
            3 => format!("l.insert({index} % 4, {value})"),
            4 => "l, m = m[:6], l[:6]".to_owned(),
            5 => format!("show(l.pop({index} % 4))"),
            6 => format!("del l[{index} % 6]"),
            7 => format!("m[{index} % 3:] = [{value}]"),
            _ => format!("show(k.pop({value}, 'none'), len(k))"),
        };
        self.line(scope.indent, &line);
    }

    fn for_loop(&mut self, scope: Scope, inner: Scope) {
        let target = self.pick(&["a", "b", "i", "d"]);
        let iterable = match self.below(6) {
            0 | 1 => format!("range({})", 1 + self.below(5)),
            2 => format!("range({}, {}, {})", self.below(9), self.below(9), self.pick(&["1", "2", "-1", "-2"])),
            3 => self.list(1),
            4 => self.text(1),
            _ => {
                self.comprehensions += 1;
                let text = format!("[{} for e in range({})]", self.int(1), self.below(4));
                self.comprehensions -= 1;
                text
            }
        };
        // The length is bounded, whatever the iterable has grown to.
        self.line(scope.indent, &format!("for {target} in list({iterable})[:6]:"));
        self.block(Scope { in_loop: true, ..inner });
        if self.below(3) == 0 {
            self.line(scope.indent, "else:");
            self.block(inner);
        }
    }

    fn try_statement(&mut self, scope: Scope, inner: Scope) {
        self.line(scope.indent, "try:");
        self.block(inner);
        let handlers = self.below(3);
        for kind in ["(ValueError, KeyError)", "TypeError", "Exception"].iter().take(handlers) {
            self.line(scope.indent, &format!("except {kind} as e:"));
            self.line(scope.indent + 1, "print('caught', type(e).__name__, e)");
            self.block(inner);
        }
        if handlers > 0 && self.below(2) == 0 {
            self.line(scope.indent, "else:");
            self.block(inner);
        }
        if handlers == 0 || self.below(2) == 0 {
            self.line(scope.indent, "finally:");
            self.block(Scope { in_loop: false, in_function: false, ..inner });
        }
    }

    fn function(&mut self, scope: Scope, inner: Scope) {
        let name = self.name("f");
        let parameters = self.pick(&["a, b=2", "a, *l, d=4", "a, /, b=1, *, c=3", "a, **k", "a=1, b=2, c=3"]);
        let captured = self.name("v");
        let outer = self.name("outer");
        let start = self.int(1);
        self.line(scope.indent, &format!("def {outer}():"));
        self.line(scope.indent + 1, &format!("{captured} = {start}"));
        self.line(scope.indent + 1, &format!("def {name}({parameters}):"));
        self.line(scope.indent + 2, &format!("nonlocal {captured}"));
        self.line(scope.indent + 2, &format!("{captured} = ({captured} + 1) % 1000"));
        self.block(Scope { indent: scope.indent + 2, in_loop: false, in_function: true, ..inner });
        self.line(scope.indent + 2, &format!("return {captured}, a"));
        self.line(scope.indent + 1, &format!("return {name}"));
        self.line(scope.indent, &format!("{name} = {outer}()"));
        for _ in 0..2 {
            let arguments = match self.below(4) {
                0 => self.any(1),
                1 => format!("{}, {}", self.any(1), self.any(1)),
                2 => format!("{}, b={}", self.any(1), self.any(1)),
                _ => "*l[:2]".to_owned(),
            };
            self.line(scope.indent, &format!("show({name}({arguments}))"));
        }
    }

    fn generator(&mut self, scope: Scope, inner: Scope) {
        let name = self.name("g");
        self.line(scope.indent, &format!("def {name}(a, b=5):"));
        self.line(scope.indent + 1, "for i in range(3):");
        let (value, other) = (self.int(1), self.int(1));
        self.line(scope.indent + 2, &format!("a = yield ({value}, i, a)"));
        self.line(scope.indent + 2, &format!("if a is None: a = {other}"));
        self.line(scope.indent + 1, "try:");
        self.block(Scope { indent: scope.indent + 2, in_loop: false, in_function: false, ..inner });
        self.line(scope.indent + 1, "finally:");
        self.line(scope.indent + 2, "yield 'last'");
        let argument = self.any(1);
        self.line(scope.indent, &format!("it = {name}({argument})"));
        self.line(scope.indent, "show(next(it), it.send(7), [v for v in it])");
    }

    fn match_statement(&mut self, scope: Scope, inner: Scope) {
        let subject = self.any(2);
        self.line(scope.indent, &format!("match {subject}:"));
        for pattern in
            ["int(a) if a > 5", "0 | 1 | -7", "float()", "str(s) if len(s) < 9", "[a, *l]", "{'one': b, **k}"]
        {
            if self.below(2) == 0 {
                self.line(scope.indent + 1, &format!("case {pattern}:"));
                self.block(Scope { indent: inner.indent + 1, ..inner });
            }
        }
        self.line(scope.indent + 1, "case _:");
        self.line(scope.indent + 2, "print('no case')");
    }

    fn class(&mut self, scope: Scope) {
        let name = self.name("C");
        let (field, value) = (self.int(1), self.int(2));
        self.line(scope.indent, &format!("class {name}:"));
        self.line(scope.indent + 1, &format!("shared = {field}"));
        self.line(scope.indent + 1, "def __init__(self, v): self.v = v");
        self.line(scope.indent + 1, &format!("def get(self, a=1): return self.v, self.shared, {value}"));
        self.line(scope.indent + 1, "def __add__(self, other): return type(self)((self.v, other))");
        self.line(scope.indent + 1, "def __eq__(self, other): return self.v == getattr(other, 'v', other)");
        self.line(scope.indent + 1, "__hash__ = None");
        let argument = self.any(1);
        self.line(scope.indent, &format!("o = {name}({argument})"));
        self.line(scope.indent, &format!("show(o.get(), (o + {argument}).v, o == {argument}, o == 5)"));
        self.line(scope.indent, "o.shared = o.v");
        self.line(scope.indent, &format!("show(o.shared, {name}.shared, sorted(vars(o)))"));
    }

    fn any(&mut self, depth: usize) -> String {
        match self.below(8) {
            0..3 => self.int(depth),
            3 => self.float(depth),
            4 | 5 => self.text(depth),
            6 => self.list(depth),
            _ => format!("({} if {} else {})", self.int(1), self.condition(1), self.text(1)),
        }
    }

    fn int(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(4) == 0 {
            return match self.below(6) {
                0..4 => self.pick(&["a", "b", "c", "d"]).to_owned(),
                4 => self.below(12).to_string(),
                _ => self.pick(&["2**61", "-(2**62)", "4611686018427387903", "255", "-1", "True"]).to_owned(),
            };
        }
        match self.below(12) {
            0..6 => {
                let (left, op, right) =
                    (self.int(depth - 1), self.pick(&["+", "-", "*", "//", "%", "&", "|", "^"]), self.int(depth - 1));
                format!("({left} {op} {right})")
            }
            6 => format!("({} << ({} & 15))", self.int(depth - 1), self.int(depth - 1)),
            7 => format!("({} >> ({} & 63))", self.int(depth - 1), self.int(depth - 1)),
            8 => format!("len({})", self.text(depth - 1)),
            9 => format!("{}({})", self.pick(&["abs", "hash", "-", "~", "int", "bool"]), self.int(depth - 1)),
            10 if self.comprehensions == 0 => format!("(d := {})", self.int(depth - 1)),
            _ => format!("sum([e * {} for e in range({})])", self.int(0), self.below(5)),
        }
    }

    fn float(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(4) == 0 {
            return self.pick(&["x", "y", "0.5", "1e10", "-2.0"]).to_owned();
        }
        match self.below(5) {
            0..3 => {
                format!("({} {} {})", self.float(depth - 1), self.pick(&["+", "-", "*", "/"]), self.float(depth - 1))
            }
            3 => format!("({} / {})", self.int(1), self.int(1)),
            _ => format!("round({}, 3)", self.float(depth - 1)),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(3) == 0 {
            return self.pick(&["s", "t", "'abc'", "'日本'", "''"]).to_owned();
        }
        match self.below(8) {
            0 => format!("({} + {})", self.text(depth - 1), self.text(depth - 1)),
            1 => format!("f'{{{}}}-{{{}!r}}'", self.int(0), self.pick(&["s", "x", "a"])),
            2 => format!("({} * ({} & 3))", self.text(depth - 1), self.int(0)),
            3 => format!("{}[{}:{}]", self.text(depth - 1), self.int(0), self.pick(&["", "2", "-1", "b"])),
            4 => format!("{}.{}()", self.text(depth - 1), self.pick(&["upper", "title", "strip", "swapcase"])),
            5 => format!("str({})", self.int(depth - 1)),
            6 => format!("'-'.join(map(str, {}))", self.list(depth - 1)),
            _ => format!("{}.replace({}, 'q')", self.text(depth - 1), self.text(0)),
        }
    }

    fn list(&mut self, depth: usize) -> String {
        if depth == 0 || self.below(4) == 0 {
            return self.pick(&["l[:6]", "m[:6]", "[]", "[1, 2]"]).to_owned();
        }
        match self.below(6) {
            0 => format!("[{}, {}]", self.any(depth - 1), self.any(depth - 1)),
            1 => format!("({} + {})", self.list(depth - 1), self.list(depth - 1)),
            2 => {
                self.comprehensions += 1;
                let text = format!("[e for e in {} if e != {}]", self.list(depth - 1), self.int(0));
                self.comprehensions -= 1;
                text
            }
            3 => format!("{}[::{}]", self.list(depth - 1), self.pick(&["-1", "2", "1"])),
            4 => format!("[*{}, {}]", self.list(depth - 1), self.any(depth - 1)),
            _ => format!("sorted({}, key=str)", self.list(depth - 1)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.pick(&["a", "l", "s", "a > b", "d % 2"]).to_owned();
        }
        match self.below(7) {
            0 | 1 => format!(
                "{} {} {}",
                self.int(depth - 1),
                self.pick(&["<", "<=", "==", "!=", ">", ">="]),
                self.int(depth - 1)
            ),
            2 => format!("{} and {}", self.condition(depth - 1), self.condition(depth - 1)),
            3 => format!("({} or {})", self.condition(depth - 1), self.condition(depth - 1)),
            4 => format!("not ({})", self.condition(depth - 1)),
            5 => format!("{} < {} <= {}", self.int(0), self.int(depth - 1), self.int(0)),
            _ => format!("{} in {}", self.any(0), self.list(depth - 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_seed_gives_one_program() {
        assert_eq!(program(7), program(7));
        assert_ne!(program(7), program(8));
    }
}
