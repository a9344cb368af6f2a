//! Entry functions that need no runtime: the parser, the compiler, the verifier of images. Whatever the bytes are, they return.
//!
//! Included by the targets of `fuzz` and by the compiler's test `fuzz`.

use std::sync::{Arc, OnceLock};

use engine_code::liveness::Liveness;
use engine_code::{Code, dis, image, verify};
use engine_compiler::{CompileFlags, Mode, compile, symbols_view};
use ruff_python_ast::PythonVersion;
use ruff_python_parser::ParseOptions;

/// Longer text finds nothing that this does not.
const LONGEST: usize = 4096;

/// What text is compiled as: the first byte says.
fn choices(first: u8) -> (Mode, CompileFlags) {
    let bit = |n: u8| first >> n & 1 != 0;
    let mode = match first & 3 {
        0 | 1 => Mode::Exec,
        2 => Mode::Eval,
        _ => Mode::Single,
    };
    let flags = CompileFlags {
        optimize: if bit(2) { 2 } else { 0 },
        future_annotations: bit(3),
        future_barry: bit(4),
        top_level_await: bit(5),
        dont_imply_dedent: bit(6),
    };
    (mode, flags)
}

fn split(data: &[u8]) -> Option<(u8, std::borrow::Cow<'_, str>)> {
    let (&first, rest) = data.split_first()?;
    Some((first, String::from_utf8_lossy(&rest[..rest.len().min(LONGEST)])))
}

/// Text to a tree, or an explanation of what is wrong with it.
pub fn parser(data: &[u8]) {
    let Some((first, text)) = split(data) else { return };
    let (mode, _) = choices(first);
    if engine_compiler::check_nesting(&text, "f").is_ok() {
        let mode = match mode {
            Mode::Eval => ruff_python_parser::Mode::Expression,
            _ => ruff_python_parser::Mode::Module,
        };
        let options = ParseOptions::from(mode).with_target_version(PythonVersion::PY314);
        engine_compiler::discard(engine_compiler::parse_tree(&text, options));
    }
    let _ = symbols_view::symbols(&text, "f", mode);
    let _ = engine_compiler::extras::function_type(&text, "f", 14);
}

/// Text to code that verifies, and that an image gives back as it was.
pub fn compiler(data: &[u8]) {
    let Some((first, text)) = split(data) else { return };
    let (mode, flags) = choices(first);
    if let Ok(code) = compile(&text, "f", mode, flags) {
        if let Err(e) = verify(&code) {
            panic!("the compiler's code does not verify: {e}");
        }
        let blob = image::encode(&code);
        match image::decode_verified(&blob) {
            Ok(again) => assert!(image::encode(&again) == blob, "an image gives other code back"),
            Err(e) => panic!("an image of the compiler's code: {e}"),
        }
    }
}

/// Programs whose images are damaged; between them they have every kind of instruction.
static PROGRAMS: &[&str] = &[
    "def f(a, *b, c=1):\n  try:\n    for i in range(a): yield i + c\n  finally: print(b)\nclass C: x: int = 1\n",
    "async def f(x):\n  async with x as y, y:\n    async for z in y: await z\n  return [a async for a in x if await a]\n",
    "match x:\n  case [1, *r, {'k': v, **s}] if v > 1: y = r\n  case C(a, b=2) | None: pass\n  case str() as t: del t\n",
    "def o():\n  a, b, *c = x[1:2, ::3]\n  def i():\n    nonlocal a\n    a += b\n    return lambda q=a: (q, c)\n  return i\n",
    "try:\n  import a.b as c\n  from d import e, f as g\nexcept* (A, B) as x:\n  raise E from x\nelse:\n  with a as b: pass\n",
    "x = f'{a!r:>{w}}' + t'{b}' if not (a and b or c) else {**d, 'k': {1, *s}}\nprint(*x, **y, k=1)\nwhile x < 1 <= y: break\n",
    "class A[T: int](B, metaclass=M):\n  def m(self): return super().m(__class__)\n  type X[*U, **P] = list[U]\n  x.y = z.w[0] = -1\n",
];

fn images() -> &'static [Vec<u8>] {
    static IMAGES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let made = PROGRAMS.iter().filter_map(|text| compile(text, "f", Mode::Exec, CompileFlags::default()).ok());
        made.map(|code| image::encode(&code)).collect()
    })
}

/// The image that the bytes ask for: the number of a program and changes (place, byte); or, above 127, the image itself. So inputs
/// stay good when the instruction set changes.
fn damaged(data: &[u8]) -> Option<Vec<u8>> {
    let (&first, rest) = data.split_first()?;
    if first > 127 {
        return Some(rest.to_vec());
    }
    let mut bytes = images().get(first as usize % PROGRAMS.len())?.clone();
    for edit in rest.chunks_exact(3) {
        let at = u16::from_le_bytes([edit[0], edit[1]]) as usize;
        match at {
            0xFFFF => bytes.truncate(bytes.len() * edit[2] as usize / 256),
            _ if !bytes.is_empty() => {
                let at = at % bytes.len();
                bytes[at] = edit[2];
            }
            _ => {}
        }
    }
    Some(bytes)
}

/// An image that may be damaged: an error, or code of which everything can be asked.
pub fn image(data: &[u8]) {
    let Some(bytes) = damaged(data) else { return };
    if let Ok(code) = image::decode_verified(&bytes) {
        ask(&code);
        let again = image::encode(&code);
        match image::decode_verified(&again) {
            Ok(same) => assert!(image::encode(&same) == again, "verified code changes in an image"),
            Err(e) => panic!("verified code that its own image does not give back: {e}"),
        }
    }
    let _ = image::decode(&bytes);
}

/// What the runtime asks of code: its text, its registers, its positions; of the code inside as well.
fn ask(code: &Arc<Code>) {
    let _ = dis(code);
    if let Some(live) = Liveness::of(code) {
        for at in 0..=code.instrs.len() {
            let _ = (live.needed_at(at), live.needed_when_suspended(at));
        }
    }
    for at in 0..=code.instrs.len() {
        let _ = (code.positions.at(at as u32), code.handler_at(at as u32));
    }
}
