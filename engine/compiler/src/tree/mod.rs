//! Code from a syntax tree that the program made: its nodes, as plain data, become the parser's tree, which is compiled as
//! that of a text would be. There is no text: ranges hold lines and columns ([`Layout`]), and what the parser's literals
//! cannot hold stands in a table ([`Tree::constants`]).

mod build;
mod pattern;
mod statement;

use std::sync::Arc;

use engine_code::{Code, Const};
use ruff_python_ast::{AtomicNodeIndex, Mod};
use ruff_text_size::TextSize;

use crate::source::Source;
use crate::{CompileFlags, Mode, SyntaxError, Warning, errors, parse_errors};

macro_rules! classes {
    ($($name:ident)*) => {
        /// The classes of nodes, as `ast` names them.
        #[allow(non_camel_case_types, missing_docs, clippy::enum_variant_names)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Class { $($name),* }

        impl Class {
            /// The class of this name.
            pub fn from_name(name: &str) -> Option<Class> {
                match name {
                    $(stringify!($name) => Some(Class::$name),)*
                    _ => None,
                }
            }

            /// Its name.
            pub fn name(self) -> &'static str {
                match self {
                    $(Class::$name => stringify!($name),)*
                }
            }
        }
    };
}

classes! {
    Module Interactive Expression FunctionType
    FunctionDef AsyncFunctionDef ClassDef Return Delete Assign TypeAlias AugAssign AnnAssign For AsyncFor While If With
    AsyncWith Match Raise Try TryStar Assert Import ImportFrom Global Nonlocal Expr Pass Break Continue
    BoolOp NamedExpr BinOp UnaryOp Lambda IfExp Dict Set ListComp SetComp DictComp GeneratorExp Await Yield YieldFrom
    Compare Call FormattedValue Interpolation JoinedStr TemplateStr Constant Attribute Subscript Starred Name List Tuple
    Slice
    Load Store Del And Or
    Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv
    Invert Not UAdd USub
    Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn
    comprehension ExceptHandler arguments arg keyword alias withitem match_case
    MatchValue MatchSingleton MatchSequence MatchMapping MatchClass MatchStar MatchAs MatchOr
    TypeIgnore TypeVar ParamSpec TypeVarTuple
}

/// Lines from 1 and columns in bytes from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub struct Place {
    pub line: i64,
    pub col: i64,
    pub end_line: i64,
    pub end_col: i64,
}

/// A node: its fields in the order of the grammar.
#[derive(Debug)]
pub struct Node {
    /// Its class.
    pub class: Class,
    /// Where it is, if nodes of its class are anywhere.
    pub place: Place,
    /// One for each field of the class.
    pub fields: Vec<Field>,
}

/// The value of a field.
#[derive(Debug)]
pub enum Field {
    /// `None`, or an optional field that is missing.
    None,
    /// A node.
    Node(Box<Node>),
    /// A list.
    List(Vec<Field>),
    /// An identifier.
    Name(String),
    /// An int.
    Int(i64),
    /// The value of a constant.
    Constant(Const),
}

/// Why there is no code.
#[derive(Debug)]
pub enum TreeError {
    /// A `TypeError`.
    Type(String),
    /// A `ValueError`: the tree is none of a program.
    Value(String),
    /// A `SystemError`.
    System(String),
    /// A `RecursionError`.
    Recursion,
    /// What a text could have been refused for, too.
    Syntax(SyntaxError),
}

/// How lines and columns are packed into a range's ends: the column in the low bits.
#[derive(Clone, Copy, Debug)]
struct Layout {
    column_bits: u32,
}

impl Layout {
    /// The layout for columns up to this one. What does not fit is shown at the last line or column that does.
    fn for_columns(max: i64) -> Layout {
        let wanted = 64 - max.clamp(0, 1 << 20).leading_zeros();
        Layout { column_bits: wanted.clamp(12, 20) }
    }

    fn point(self, line: i64, col: i64) -> TextSize {
        let col = col.clamp(0, (1 << self.column_bits) - 1) as u32;
        let line = line.clamp(0, (1 << (32 - self.column_bits)) - 1) as u32;
        TextSize::new(line << self.column_bits | col)
    }

    fn line_col(self, point: TextSize) -> (u32, u32) {
        let n = point.to_u32();
        (n >> self.column_bits, n & ((1 << self.column_bits) - 1))
    }
}

/// What the compiler asks where it would look at the text.
pub struct Tree {
    layout: Layout,
    /// Values that the parser's literals cannot hold, by the literal's number.
    constants: Vec<Const>,
}

impl Tree {
    /// The line and the column at a range's end.
    pub(crate) fn line_col(&self, point: TextSize) -> (u32, u32) {
        self.layout.line_col(point)
    }

    /// The value of a literal that has a number.
    pub(crate) fn constant(&self, index: &AtomicNodeIndex) -> Option<&Const> {
        self.constants.get(index.load().as_u32()? as usize)
    }
}

/// Compiles the tree of a module, an expression or an interactive statement.
pub fn compile_tree(
    node: Node,
    filename: &str,
    mode: Mode,
    flags: CompileFlags,
) -> Result<(Arc<Code>, Vec<Warning>), TreeError> {
    crate::symbols_build::on_stack(512 * 1024, 8 * 1024 * 1024, || {
        let layout = Layout::for_columns(max_column(&node));
        let mut builder = build::Builder { tree: Tree { layout, constants: Vec::new() }, depth: 0 };
        let tree = builder.module(node)?;
        let source = Source::of_tree(&builder.tree, filename);
        match crate::compile_tree(&source, &tree, mode, flags) {
            Ok(code) => Ok(code),
            Err(e) => {
                if e.kind == errors::ErrorKind::Recursion {
                    // Dropping a tree this deep could exhaust the stack.
                    std::mem::forget::<Mod>(tree);
                }
                Err(TreeError::Syntax(parse_errors::locate(&source, e)))
            }
        }
    })
}

/// What an interpolation in a text says its expression is: the expression as written, without comments.
pub fn interpolation_text(text: &str, i: &ruff_python_ast::InterpolatedElement) -> String {
    crate::fstring::field_text(&Source::new(text, ""), i).into_owned()
}

/// The text that a field with `=` shows, without comments.
pub fn debug_text(debug: &ruff_python_ast::DebugText) -> String {
    crate::fstring::without_comments(debug.as_str()).into_owned()
}

/// The largest column in a tree.
fn max_column(node: &Node) -> i64 {
    let field = |f: &Field| -> i64 {
        match f {
            Field::Node(n) => crate::symbols_build::with_stack(|| max_column(n)),
            Field::List(all) => {
                all.iter().map(|f| if let Field::Node(n) = f { max_column(n) } else { 0 }).max().unwrap_or(0)
            }
            _ => 0,
        }
    };
    node.fields.iter().map(field).max().unwrap_or(0).max(node.place.col).max(node.place.end_col)
}
