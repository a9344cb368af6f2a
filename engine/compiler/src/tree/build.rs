//! Expressions of a syntax tree as the parser's, with the checks that CPython makes of trees before it compiles them.

use engine_code::{Const, Wtf8};
use ruff_python_ast as ast;
use ruff_python_ast::{AtomicNodeIndex, Expr, ExprContext, Mod};
use ruff_text_size::TextRange;

use super::{Class, Field, Node, Place, Tree, TreeError};
use crate::symbols_build::with_stack;

/// What a conversion gives.
pub(super) type Built<T = ()> = Result<T, TreeError>;

/// Nesting that is converted.
const MAX_DEPTH: u32 = 10_000;

/// Makes the parser's tree, and the table of what it cannot hold.
pub(super) struct Builder {
    pub tree: Tree,
    pub depth: u32,
}

pub(super) fn value<T>(msg: impl Into<String>) -> Built<T> {
    Err(TreeError::Value(msg.into()))
}

fn context_name(context: ExprContext) -> &'static str {
    match context {
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
        _ => "Load",
    }
}

/// The fields of a node, taken in the grammar's order.
pub(super) struct Fields {
    pub class: Class,
    rest: std::vec::IntoIter<Field>,
}

impl Fields {
    pub fn new(node: Node) -> Fields {
        Fields { class: node.class, rest: node.fields.into_iter() }
    }

    pub fn next(&mut self) -> Field {
        self.rest.next().unwrap_or(Field::None)
    }

    /// A node that may be missing.
    pub fn opt_node(&mut self) -> Built<Option<Node>> {
        match self.next() {
            Field::None => Ok(None),
            Field::Node(node) => Ok(Some(*node)),
            _ => self.broken(),
        }
    }

    /// A node.
    pub fn node(&mut self) -> Built<Node> {
        match self.opt_node()? {
            Some(node) => Ok(node),
            None => self.broken(),
        }
    }

    /// The class of a node without fields.
    pub fn symbol(&mut self) -> Built<Class> {
        self.node().map(|node| node.class)
    }

    pub fn list(&mut self) -> Built<Vec<Field>> {
        match self.next() {
            Field::List(all) => Ok(all),
            Field::None => Ok(Vec::new()),
            _ => self.broken(),
        }
    }

    /// A list that must not be empty.
    pub fn filled(&mut self, what: &str) -> Built<Vec<Field>> {
        let all = self.list()?;
        if all.is_empty() {
            return value(format!("empty {what} on {}", self.class.name()));
        }
        Ok(all)
    }

    pub fn opt_name(&mut self) -> Built<Option<String>> {
        match self.next() {
            Field::None => Ok(None),
            Field::Name(name) => Ok(Some(name)),
            _ => self.broken(),
        }
    }

    pub fn name(&mut self) -> Built<String> {
        match self.opt_name()? {
            Some(name) => Ok(name),
            None => self.broken(),
        }
    }

    pub fn int(&mut self) -> Built<i64> {
        match self.next() {
            Field::None => Ok(0),
            Field::Int(n) => Ok(n),
            _ => self.broken(),
        }
    }

    pub fn constant(&mut self) -> Built<Const> {
        match self.next() {
            Field::Constant(c) => Ok(c),
            _ => self.broken(),
        }
    }

    fn broken<T>(&self) -> Built<T> {
        Err(TreeError::Type(format!("wrong kind of field in {}", self.class.name())))
    }
}

impl Builder {
    /// A new number for a literal whose value stands in the table.
    pub fn number(&mut self, c: Const) -> AtomicNodeIndex {
        let index = AtomicNodeIndex::NONE;
        let n = self.tree.constants.len() as u32;
        if n <= ast::MAX_REAL_INDEX {
            index.set(n.into());
            self.tree.constants.push(c);
        }
        index
    }

    /// The range of a node, checked.
    pub fn range(&self, p: Place) -> Built<TextRange> {
        let Place { line, col, end_line, end_col } = p;
        if line > end_line {
            return value(format!("AST node line range ({line}, {end_line}) is not valid"));
        }
        if (line < 0 && end_line != line) || (col < 0 && col != end_col) {
            return value(format!(
                "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
            ));
        }
        if line == end_line && col > end_col {
            return value(format!("line {line}, column {col}-{end_col} is not a valid range"));
        }
        let layout = self.tree.layout;
        Ok(TextRange::new(layout.point(line, col), layout.point(end_line, end_col)))
    }

    /// Runs what may be deep.
    pub fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Built<T>) -> Built<T> {
        if self.depth >= MAX_DEPTH {
            return Err(TreeError::Recursion);
        }
        self.depth += 1;
        let r = with_stack(|| f(self));
        self.depth -= 1;
        r
    }

    /// A whole tree.
    pub fn module(&mut self, node: Node) -> Built<Mod> {
        let mut f = Fields::new(node);
        let range = TextRange::default();
        Ok(match f.class {
            Class::Expression => {
                let body = Box::new(self.expr(f.node()?, ExprContext::Load)?);
                Mod::Expression(ast::ModExpression { body, range, node_index: AtomicNodeIndex::NONE })
            }
            Class::FunctionType => return Err(TreeError::System("this compiler does not handle FunctionTypes".into())),
            _ => {
                let all = f.list()?;
                let body = self.stmts(all)?;
                Mod::Module(ast::ModModule { body, range, node_index: AtomicNodeIndex::NONE })
            }
        })
    }

    /// Expressions, none of which may be missing.
    pub fn exprs<C: FromIterator<Expr>>(&mut self, all: Vec<Field>, context: ExprContext) -> Built<C> {
        all.into_iter()
            .map(|f| match f {
                Field::Node(node) => self.expr(*node, context),
                _ => value("None disallowed in expression list"),
            })
            .collect()
    }

    pub fn opt_expr(&mut self, node: Option<Node>) -> Built<Option<Box<Expr>>> {
        node.map(|node| self.expr(node, ExprContext::Load).map(Box::new)).transpose()
    }

    pub fn boxed(&mut self, node: Node) -> Built<Box<Expr>> {
        self.expr(node, ExprContext::Load).map(Box::new)
    }

    /// An expression in this context.
    pub fn expr(&mut self, node: Node, context: ExprContext) -> Built<Expr> {
        self.deeper(|b| b.expr_here(node, context))
    }

    fn expr_here(&mut self, node: Node, context: ExprContext) -> Built<Expr> {
        let range = self.range(node.place)?;
        let place = node.place;
        let node_index = AtomicNodeIndex::NONE;
        let mut f = Fields::new(node);
        let has_context = matches!(
            f.class,
            Class::Attribute | Class::Subscript | Class::Starred | Class::Name | Class::List | Class::Tuple
        );
        if !has_context && context != ExprContext::Load {
            let what = if context == ExprContext::Store { "assigned to" } else { "deleted" };
            return value(format!("expression which can't be {what} in {} context", context_name(context)));
        }
        const LOAD: ExprContext = ExprContext::Load;
        Ok(match f.class {
            Class::BoolOp => {
                let op = if f.symbol()? == Class::And { ast::BoolOp::And } else { ast::BoolOp::Or };
                let all = f.list()?;
                if all.len() < 2 {
                    return value("BoolOp with less than 2 values");
                }
                Expr::BoolOp(ast::ExprBoolOp { op, values: self.exprs(all, LOAD)?, range, node_index })
            }
            Class::NamedExpr => {
                let target = f.node()?;
                if target.class != Class::Name {
                    return Err(TreeError::Type("NamedExpr target must be a Name".into()));
                }
                let target = Box::new(self.expr(target, ExprContext::Store)?);
                Expr::Named(ast::ExprNamed { target, value: self.boxed(f.node()?)?, range, node_index })
            }
            Class::BinOp => {
                let left = self.boxed(f.node()?)?;
                let op = operator(f.symbol()?);
                Expr::BinOp(ast::ExprBinOp { left, op, right: self.boxed(f.node()?)?, range, node_index })
            }
            Class::UnaryOp => {
                let op = match f.symbol()? {
                    Class::Invert => ast::UnaryOp::Invert,
                    Class::Not => ast::UnaryOp::Not,
                    Class::UAdd => ast::UnaryOp::UAdd,
                    _ => ast::UnaryOp::USub,
                };
                Expr::UnaryOp(ast::ExprUnaryOp { op, operand: self.boxed(f.node()?)?, range, node_index })
            }
            Class::Lambda => {
                let parameters = self.parameters(f.node()?, range)?;
                let empty = parameters.is_empty();
                let parameters = Some(Box::new(parameters)).filter(|_| !empty);
                Expr::Lambda(ast::ExprLambda { parameters, body: self.boxed(f.node()?)?, range, node_index })
            }
            Class::IfExp => {
                let (test, body, orelse) = (self.boxed(f.node()?)?, self.boxed(f.node()?)?, self.boxed(f.node()?)?);
                Expr::If(ast::ExprIf { test, body, orelse, range, node_index })
            }
            Class::Dict => self.dict(f, range)?,
            Class::Set => Expr::Set(ast::ExprSet { elts: self.exprs(f.list()?, LOAD)?, range, node_index }),
            Class::ListComp => {
                let elt = self.boxed(f.node()?)?;
                let generators = self.generators(f.list()?, range)?;
                Expr::ListComp(ast::ExprListComp { elt, generators, range, node_index })
            }
            Class::SetComp => {
                let elt = self.boxed(f.node()?)?;
                let generators = self.generators(f.list()?, range)?;
                Expr::SetComp(ast::ExprSetComp { elt, generators, range, node_index })
            }
            Class::DictComp => {
                let (key, value) = (self.opt_expr(Some(f.node()?))?, self.boxed(f.node()?)?);
                let generators = self.generators(f.list()?, range)?;
                Expr::DictComp(ast::ExprDictComp { key, value, generators, range, node_index })
            }
            Class::GeneratorExp => {
                let elt = self.boxed(f.node()?)?;
                let generators = self.generators(f.list()?, range)?;
                Expr::Generator(ast::ExprGenerator { elt, generators, parenthesized: true, range, node_index })
            }
            Class::Await => Expr::Await(ast::ExprAwait { value: self.boxed(f.node()?)?, range, node_index }),
            Class::Yield => {
                let node = f.opt_node()?;
                Expr::Yield(ast::ExprYield { value: self.opt_expr(node)?, range, node_index })
            }
            Class::YieldFrom => {
                Expr::YieldFrom(ast::ExprYieldFrom { value: self.boxed(f.node()?)?, range, node_index })
            }
            Class::Compare => {
                let left = self.boxed(f.node()?)?;
                let ops: Box<[ast::CmpOp]> = f.list()?.into_iter().filter_map(comparison).collect();
                let comparators = f.list()?;
                if comparators.is_empty() {
                    return value("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return value("Compare has a different number of comparators and operands");
                }
                Expr::Compare(ast::ExprCompare {
                    left,
                    ops,
                    comparators: self.exprs(comparators, LOAD)?,
                    range,
                    node_index,
                })
            }
            Class::Call => {
                let func = self.boxed(f.node()?)?;
                let args = self.exprs(f.list()?, LOAD)?;
                let keywords = self.keywords(f.list()?)?;
                let arguments = ast::Arguments { range, node_index: AtomicNodeIndex::NONE, args, keywords };
                Expr::Call(ast::ExprCall { range_start: range.start(), func, arguments, node_index })
            }
            Class::FormattedValue | Class::Interpolation | Class::JoinedStr | Class::TemplateStr => {
                return self.interpolated(f, range);
            }
            Class::Constant => {
                let c = f.constant()?;
                self.literal(c, range)
            }
            Class::Attribute => {
                let object = self.boxed(f.node()?)?;
                let attr = f.name()?;
                let ctx = self.context(&mut f, context)?;
                let attr = ast::Identifier::new(attr.as_str(), self.attribute_name(place, &attr, range));
                Expr::Attribute(ast::ExprAttribute { value: object, attr, ctx, range, node_index })
            }
            Class::Subscript => {
                let (object, slice) = (self.boxed(f.node()?)?, self.boxed(f.node()?)?);
                let ctx = self.context(&mut f, context)?;
                Expr::Subscript(ast::ExprSubscript { value: object, slice, ctx, range, node_index })
            }
            Class::Starred => {
                let inner = f.node()?;
                let ctx = self.context(&mut f, context)?;
                let inner = Box::new(self.expr(inner, context)?);
                Expr::Starred(ast::ExprStarred { value: inner, ctx, range, node_index })
            }
            Class::Name => {
                let id = f.name()?;
                let ctx = self.context(&mut f, context)?;
                forbidden(&id)?;
                Expr::Name(ast::ExprName { id: id.into(), ctx, range, node_index })
            }
            Class::List => {
                let all = f.list()?;
                let ctx = self.context(&mut f, context)?;
                Expr::List(ast::ExprList { elts: self.exprs(all, context)?, ctx, range, node_index })
            }
            Class::Tuple => {
                let all = f.list()?;
                let ctx = self.context(&mut f, context)?;
                let elts = self.exprs(all, context)?;
                Expr::Tuple(ast::ExprTuple { elts, ctx, parenthesized: true, range, node_index })
            }
            Class::Slice => {
                let (lower, upper, step) = (f.opt_node()?, f.opt_node()?, f.opt_node()?);
                let (lower, upper, step) = (self.opt_expr(lower)?, self.opt_expr(upper)?, self.opt_expr(step)?);
                Expr::Slice(ast::ExprSlice { lower, upper, step, range, node_index })
            }
            other => return Err(TreeError::Type(format!("expected some sort of expr, but got {}", other.name()))),
        })
    }

    /// The context that the node says, which must be that of the place where it stands.
    fn context(&self, f: &mut Fields, wanted: ExprContext) -> Built<ExprContext> {
        let found = match f.symbol()? {
            Class::Store => ExprContext::Store,
            Class::Del => ExprContext::Del,
            _ => ExprContext::Load,
        };
        if found != wanted {
            let (wanted, found) = (context_name(wanted), context_name(found));
            return value(format!("expression must have {wanted} context but has {found} instead"));
        }
        Ok(found)
    }

    /// Where the name of an attribute is: at the end.
    fn attribute_name(&self, place: Place, name: &str, range: TextRange) -> TextRange {
        let col = place.end_col - name.len() as i64;
        let start = self.tree.layout.point(place.end_line, col.max(0));
        if col < 0 || start > range.end() { TextRange::empty(range.end()) } else { TextRange::new(start, range.end()) }
    }

    fn dict(&mut self, mut f: Fields, range: TextRange) -> Built<Expr> {
        let (keys, values) = (f.list()?, f.list()?);
        if keys.len() != values.len() {
            return value("Dict doesn't have the same number of keys as values");
        }
        let mut items = Vec::with_capacity(keys.len());
        for (key, v) in keys.into_iter().zip(values) {
            let key = match key {
                Field::Node(node) => Some(self.expr(*node, ExprContext::Load)?),
                _ => None,
            };
            let Field::Node(v) = v else { return value("None disallowed in expression list") };
            items.push(ast::DictItem { key, value: self.expr(*v, ExprContext::Load)? });
        }
        Ok(Expr::Dict(ast::ExprDict { items, range, node_index: AtomicNodeIndex::NONE }))
    }

    fn generators(&mut self, all: Vec<Field>, whole: TextRange) -> Built<Vec<ast::Comprehension>> {
        if all.is_empty() {
            return value("comprehension with no generators");
        }
        let mut out = Vec::with_capacity(all.len());
        for field in all {
            let Field::Node(node) = field else { return value("None disallowed in comprehension list") };
            let mut f = Fields::new(*node);
            let target = self.expr(f.node()?, ExprContext::Store)?;
            let iter = self.expr(f.node()?, ExprContext::Load)?;
            let ifs = self.exprs(f.list()?, ExprContext::Load)?;
            let is_async = f.int()? != 0;
            let node_index = AtomicNodeIndex::NONE;
            out.push(ast::Comprehension { target, iter, ifs, is_async, range: whole, node_index });
        }
        Ok(out)
    }

    pub fn keywords<C: FromIterator<ast::Keyword>>(&mut self, all: Vec<Field>) -> Built<C> {
        all.into_iter()
            .map(|field| {
                let Field::Node(node) = field else { return value("None disallowed in keyword list") };
                let range = self.range(node.place)?;
                let mut f = Fields::new(*node);
                let arg = f.opt_name()?.map(|name| ast::Identifier::new(name, range));
                let value = self.expr(f.node()?, ExprContext::Load)?;
                Ok(ast::Keyword { arg, value, range, node_index: AtomicNodeIndex::NONE })
            })
            .collect()
    }

    fn parameter(&mut self, node: Node) -> Built<ast::Parameter> {
        let range = self.range(node.place)?;
        let mut f = Fields::new(node);
        let name = ast::Identifier::new(f.name()?, range);
        let annotation = f.opt_node()?;
        let annotation = self.opt_expr(annotation)?;
        Ok(ast::Parameter { name, annotation, range, node_index: AtomicNodeIndex::NONE })
    }

    /// `arguments`
    pub fn parameters(&mut self, node: Node, range: TextRange) -> Built<ast::Parameters> {
        let mut f = Fields::new(node);
        let (posonly, args, vararg) = (f.list()?, f.list()?, f.opt_node()?);
        let (kwonly, kw_defaults, kwarg) = (f.list()?, f.list()?, f.opt_node()?);
        let defaults = f.list()?;
        if defaults.len() > posonly.len() + args.len() {
            return value("more positional defaults than args on arguments");
        }
        if kwonly.len() != kw_defaults.len() {
            return value("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        let without = posonly.len() + args.len() - defaults.len();
        let mut defaults = std::iter::repeat_with(|| None).take(without).chain(defaults.into_iter().map(Some));
        let with_default = |b: &mut Builder, field: Field, default: Option<Field>, optional: bool| {
            let Field::Node(node) = field else { return value("None disallowed in argument list") };
            let default = match default {
                Some(Field::Node(node)) => Some(b.boxed(*node)?),
                Some(_) if !optional => return value("None disallowed in expression list"),
                _ => None,
            };
            let parameter = b.parameter(*node)?;
            let range = parameter.range;
            Ok(ast::ParameterWithDefault { parameter, default, range, node_index: AtomicNodeIndex::NONE })
        };
        let mut positional = |b: &mut Builder, all: Vec<Field>| {
            all.into_iter().map(|field| with_default(b, field, defaults.next().flatten(), false)).collect::<Built<_>>()
        };
        let posonlyargs = positional(self, posonly)?;
        let args = positional(self, args)?;
        let vararg = vararg.map(|node| self.parameter(node).map(Box::new)).transpose()?;
        let kwonlyargs = kwonly
            .into_iter()
            .zip(kw_defaults)
            .map(|(field, default)| with_default(self, field, Some(default), true))
            .collect::<Built<_>>()?;
        let kwarg = kwarg.map(|node| self.parameter(node).map(Box::new)).transpose()?;
        let node_index = AtomicNodeIndex::NONE;
        Ok(ast::Parameters { posonlyargs, args, vararg, kwonlyargs, kwarg, range, node_index })
    }

    /// A constant as a literal.
    pub fn literal(&mut self, c: Const, range: TextRange) -> Expr {
        let node_index = AtomicNodeIndex::NONE;
        match c {
            Const::None => Expr::NoneLiteral(ast::ExprNoneLiteral { range, node_index }),
            Const::Ellipsis => Expr::EllipsisLiteral(ast::ExprEllipsisLiteral { range, node_index }),
            Const::True => Expr::BooleanLiteral(ast::ExprBooleanLiteral { value: true, range, node_index }),
            Const::False => Expr::BooleanLiteral(ast::ExprBooleanLiteral { value: false, range, node_index }),
            Const::Int(n) if n >= 0 => {
                let value = ast::Number::Int(ast::Int::from(n as u64));
                Expr::NumberLiteral(ast::ExprNumberLiteral { value, range, node_index })
            }
            Const::Float(x) => {
                Expr::NumberLiteral(ast::ExprNumberLiteral { value: ast::Number::Float(x), range, node_index })
            }
            Const::Str(text) => {
                let value = ast::StringLiteralValue::single(self.string(text, range));
                Expr::StringLiteral(ast::ExprStringLiteral { value, range, node_index })
            }
            Const::Bytes(b) => {
                let flags = ast::BytesLiteralFlags::empty();
                let value = b.as_ref().into();
                let value = ast::BytesLiteralValue::single(ast::BytesLiteral { value, range, flags, node_index });
                Expr::BytesLiteral(ast::ExprBytesLiteral { value, range, node_index: AtomicNodeIndex::NONE })
            }
            other => {
                let value = match &other {
                    Const::Complex(real, imag) => ast::Number::Complex { real: *real, imag: *imag },
                    _ => ast::Number::Int(ast::Int::ZERO),
                };
                let node_index = self.number(other);
                Expr::NumberLiteral(ast::ExprNumberLiteral { value, range, node_index })
            }
        }
    }

    /// A string; lone surrogates are in the table.
    fn string(&mut self, text: Wtf8, range: TextRange) -> ast::StringLiteral {
        let flags = ast::StringLiteralFlags::empty();
        match text.as_str() {
            Some(s) => {
                let value = s.into();
                ast::StringLiteral { value, range, flags, node_index: AtomicNodeIndex::NONE }
            }
            None => {
                let node_index = self.number(Const::Str(text));
                ast::StringLiteral { value: "\u{FFFD}".into(), range, flags, node_index }
            }
        }
    }

    /// f-strings, t-strings, and fields that stand outside of one.
    fn interpolated(&mut self, mut f: Fields, range: TextRange) -> Built<Expr> {
        let node_index = AtomicNodeIndex::NONE;
        if matches!(f.class, Class::FormattedValue | Class::Interpolation) {
            let template = f.class == Class::Interpolation;
            let elements = vec![ast::InterpolatedStringElement::Interpolation(self.field(f, range)?)];
            return Ok(joined(elements, range, template));
        }
        let template = f.class == Class::TemplateStr;
        let all = f.list()?;
        let elements = self.elements(all)?;
        let _ = node_index;
        Ok(joined(elements, range, template))
    }

    fn elements(&mut self, all: Vec<Field>) -> Built<Vec<ast::InterpolatedStringElement>> {
        let mut out = Vec::with_capacity(all.len());
        for field in all {
            let Field::Node(node) = field else { return value("None disallowed in expression list") };
            let range = self.range(node.place)?;
            out.push(match (node.class, node.fields.first()) {
                (Class::Constant, Some(Field::Constant(Const::Str(text)))) => {
                    let part = self.string(text.clone(), range);
                    let ast::StringLiteral { value, node_index, .. } = part;
                    ast::InterpolatedStringElement::Literal(ast::InterpolatedStringLiteralElement {
                        value,
                        range,
                        node_index,
                    })
                }
                (Class::FormattedValue | Class::Interpolation, _) => {
                    let f = Fields::new(*node);
                    ast::InterpolatedStringElement::Interpolation(self.field(f, range)?)
                }
                // Any expression may stand there.
                _ => ast::InterpolatedStringElement::Interpolation(ast::InterpolatedElement {
                    expression: self.boxed(*node)?,
                    debug_text: None,
                    conversion: ast::ConversionFlag::None,
                    format_spec: None,
                    range,
                    node_index: AtomicNodeIndex::NONE,
                }),
            });
        }
        Ok(out)
    }

    fn field(&mut self, mut f: Fields, range: TextRange) -> Built<ast::InterpolatedElement> {
        let expression = self.boxed(f.node()?)?;
        let node_index = match f.class {
            Class::Interpolation => {
                let text = f.constant()?;
                self.number(text)
            }
            _ => AtomicNodeIndex::NONE,
        };
        let conversion = match f.int()? {
            -1 | 0 => ast::ConversionFlag::None,
            115 => ast::ConversionFlag::Str,
            114 => ast::ConversionFlag::Repr,
            97 => ast::ConversionFlag::Ascii,
            other => return Err(TreeError::System(format!("Unrecognized conversion character {other}"))),
        };
        let format_spec = match f.opt_node()? {
            None => None,
            Some(node) => {
                let range = self.range(node.place)?;
                let elements = if node.class == Class::JoinedStr {
                    let all = Fields::new(node).list()?;
                    self.elements(all)?
                } else {
                    self.elements(vec![Field::Node(Box::new(node))])?
                };
                let elements = elements.into();
                Some(Box::new(ast::InterpolatedStringFormatSpec { elements, range, node_index: AtomicNodeIndex::NONE }))
            }
        };
        Ok(ast::InterpolatedElement { expression, debug_text: None, conversion, format_spec, range, node_index })
    }
}

fn joined(elements: Vec<ast::InterpolatedStringElement>, range: TextRange, template: bool) -> Expr {
    let (elements, node_index) = (elements.into(), AtomicNodeIndex::NONE);
    if template {
        let flags = ast::TStringFlags::empty();
        let value = ast::TStringValue::single(ast::TString { elements, range, flags, node_index });
        Expr::TString(ast::ExprTString { value, range, node_index: AtomicNodeIndex::NONE })
    } else {
        let flags = ast::FStringFlags::empty();
        let value = ast::FStringValue::single(ast::FString { elements, range, flags, node_index });
        Expr::FString(ast::ExprFString { value, range, node_index: AtomicNodeIndex::NONE })
    }
}

pub(super) fn operator(class: Class) -> ast::Operator {
    match class {
        Class::Add => ast::Operator::Add,
        Class::Sub => ast::Operator::Sub,
        Class::Mult => ast::Operator::Mult,
        Class::MatMult => ast::Operator::MatMult,
        Class::Div => ast::Operator::Div,
        Class::Mod => ast::Operator::Mod,
        Class::Pow => ast::Operator::Pow,
        Class::LShift => ast::Operator::LShift,
        Class::RShift => ast::Operator::RShift,
        Class::BitOr => ast::Operator::BitOr,
        Class::BitXor => ast::Operator::BitXor,
        Class::BitAnd => ast::Operator::BitAnd,
        _ => ast::Operator::FloorDiv,
    }
}

fn comparison(field: Field) -> Option<ast::CmpOp> {
    let Field::Node(node) = field else { return None };
    Some(match node.class {
        Class::Eq => ast::CmpOp::Eq,
        Class::NotEq => ast::CmpOp::NotEq,
        Class::Lt => ast::CmpOp::Lt,
        Class::LtE => ast::CmpOp::LtE,
        Class::Gt => ast::CmpOp::Gt,
        Class::GtE => ast::CmpOp::GtE,
        Class::Is => ast::CmpOp::Is,
        Class::IsNot => ast::CmpOp::IsNot,
        Class::In => ast::CmpOp::In,
        _ => ast::CmpOp::NotIn,
    })
}

/// Names that are constants.
pub(super) fn forbidden(name: &str) -> Built {
    match name {
        "None" | "True" | "False" => value(format!("identifier field can't represent '{name}' constant")),
        _ => Ok(()),
    }
}
