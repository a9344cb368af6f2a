//! From Python's tree to code: nodes are read into plain data by the grammar, then compiled without a text.

use std::sync::OnceLock;

use engine::interp::tree::{Class, Field, Node, Place};
use engine::interp::{self, CompileMode};
use engine::objects::{Dict, List, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Identifier,
    Text,
    Int,
    Constant,
    /// Nodes of this sum or product.
    Node(&'static str),
}

/// One field of a class: `expr?* keys`.
struct Slot {
    kind: Kind,
    name: &'static str,
    optional: bool,
    list: bool,
}

/// A class with fields.
struct Shape {
    class: Class,
    /// The sum that it belongs to, or its own name.
    sum: &'static str,
    slots: Vec<Slot>,
}

static SHAPES: OnceLock<Vec<Option<Shape>>> = OnceLock::new();

fn shape(class: Class) -> Option<&'static Shape> {
    SHAPES.get_or_init(shapes).get(class as usize)?.as_ref()
}

fn shapes() -> Vec<Option<Shape>> {
    let mut all: Vec<Option<Shape>> = Vec::new();
    let mut sum = "";
    for line in super::GRAMMAR.lines() {
        let (text, own) = match line.strip_prefix("  ") {
            Some(alternative) => (alternative, false),
            None => (line, true),
        };
        let (text, head) = text.strip_suffix(" =").map_or((text, false), |head| (head, true));
        let rule = super::Rule::parse(text);
        if head {
            sum = rule.name;
            continue;
        }
        let Some(class) = Class::from_name(rule.name) else { continue };
        let slots = rule.fields.iter().map(|f| {
            let base = f.kind.trim_end_matches(['?', '*']);
            let kind = match base {
                "identifier" => Kind::Identifier,
                "string" => Kind::Text,
                "int" => Kind::Int,
                "constant" => Kind::Constant,
                other => Kind::Node(other),
            };
            Slot { kind, name: f.name, optional: f.kind.contains('?'), list: f.kind.ends_with('*') }
        });
        let slots = slots.collect();
        let sum = if own { rule.name } else { sum };
        if all.len() <= class as usize {
            all.resize_with(class as usize + 1, || None);
        }
        all[class as usize] = Some(Shape { class, sum, slots });
    }
    all
}

/// Compiles a node; `None` for what is none.
///
/// # Errors
/// What the tree or the compiler refuses.
pub fn compile_tree(
    cx: &mut Ctx,
    v: Value,
    filename: &str,
    mode: CompileMode,
    flags: u32,
    inherit: bool,
    optimize: i32,
) -> Res<Option<Value>> {
    let Some(node) = read_tree(cx, v, mode)? else { return Ok(None) };
    interp::compile_tree(cx, node, filename, mode, flags, inherit, optimize).map(Some)
}

/// Whether the value is a node.
pub fn is_node(cx: &mut Ctx, v: Value) -> Res<bool> {
    let classes = super::classes(cx)?;
    let name = instances::name(cx, "AST");
    match classes.get_str(name) {
        Some(root) => protocol::is_instance(cx, v, root),
        None => Ok(false),
    }
}

fn read_tree(cx: &mut Ctx, v: Value, mode: CompileMode) -> Res<Option<Node>> {
    let classes = super::classes(cx)?;
    let reader = Reader { classes };
    if !is_node(cx, v)? {
        return Ok(None);
    }
    let wanted = match mode {
        CompileMode::Exec => Class::Module,
        CompileMode::Eval => Class::Expression,
        CompileMode::Single => Class::Interactive,
    };
    if reader.class_of(cx, v) != Some(wanted) {
        let got = types::type_short_name(cx, v);
        return Err(cx.type_error(format!("expected {} node, got {got}", wanted.name())));
    }
    reader.node(cx, v, "mod").map(Some)
}

struct Reader {
    classes: Dict,
}

impl Reader {
    /// The class of a node: its own one, or the first of those that it comes from.
    fn class_of(&self, cx: &mut Ctx, v: Value) -> Option<Class> {
        let known = |ty: Type| {
            let class = Class::from_name(Str::of(ty.name())?.as_str()?)?;
            (self.classes.get_str(ty.name()) == Some(ty.value())).then_some(class)
        };
        let ty = types::type_of(cx, v);
        known(ty).or_else(|| ty.mro_types().find_map(known))
    }

    /// A node of this sum or product.
    fn node(&self, cx: &mut Ctx, v: Value, sum: &'static str) -> Res<Node> {
        protocol::guard(cx, " during ast construction")?;
        // What is no node lacks a place in the first place.
        let placed =
            matches!(sum, "expr" | "stmt" | "excepthandler" | "arg" | "keyword" | "alias" | "pattern" | "type_param");
        let place = if placed { self.place(cx, v, sum)? } else { Place::default() };
        let class = self.class_of(cx, v);
        let Some(shape) = class.and_then(shape).filter(|s| s.sum == sum) else {
            let shown = instances::repr_text(cx, v)?;
            return Err(cx.type_error(format!("expected some sort of {sum}, but got {shown}")));
        };
        let mut fields = Vec::with_capacity(shape.slots.len());
        for slot in &shape.slots {
            let field = self.field(cx, v, shape, slot)?;
            fields.push(field);
        }
        Ok(Node { class: shape.class, place, fields })
    }

    fn place(&self, cx: &mut Ctx, v: Value, sum: &str) -> Res<Place> {
        let mut numbers = [0i64; 4];
        for (i, name) in super::PLACE.iter().enumerate() {
            let key = instances::name(cx, name);
            let found = protocol::getattr_opt(cx, v, key)?;
            // Patterns and type parameters always have an end.
            let strict = i < 2 || matches!(sum, "pattern" | "type_param");
            numbers[i] = match found {
                Some(n) if strict || !n.is_none() => self.int(cx, n)?,
                None if strict => {
                    return Err(cx.type_error(format!("required field \"{name}\" missing from {sum}")));
                }
                _ => numbers[i - 2],
            };
        }
        let [line, col, end_line, end_col] = numbers;
        Ok(Place { line, col, end_line, end_col })
    }

    fn int(&self, cx: &mut Ctx, v: Value) -> Res<i64> {
        match int::of(v) {
            Some(_) => match int::to_i64(v).and_then(|n| i32::try_from(n).ok()) {
                Some(n) => Ok(i64::from(n)),
                None => Err(cx.overflow_error("Python int too large to convert to C int")),
            },
            None if v == Value::TRUE || v == Value::FALSE => Ok(i64::from(v == Value::TRUE)),
            None => {
                let shown = instances::repr_text(cx, v)?;
                Err(cx.value_error(format!("invalid integer value: {shown}")))
            }
        }
    }

    fn field(&self, cx: &mut Ctx, node: Value, shape: &Shape, slot: &Slot) -> Res<Field> {
        let class = shape.class.name();
        let key = instances::name(cx, slot.name);
        let Some(v) = protocol::getattr_opt(cx, node, key)? else {
            return match slot.kind {
                _ if slot.list => Ok(Field::List(Vec::new())),
                _ if slot.optional => Ok(Field::None),
                Kind::Node("expr_context") => {
                    Ok(Field::Node(Box::new(Node { class: Class::Load, place: Place::default(), fields: Vec::new() })))
                }
                _ => Err(cx.type_error(format!("required field \"{}\" missing from {class}", slot.name))),
            };
        };
        if !slot.list {
            let field = self.one(cx, v, slot)?;
            if matches!(field, Field::None) && !slot.optional {
                return Err(cx.value_error(format!("field '{}' is required for {class}", slot.name)));
            }
            return Ok(field);
        }
        let Some(list) = List::of_sub(cx, v) else {
            let ty = types::type_name(cx, v);
            return Err(cx.type_error(format!("{class} field \"{}\" must be a list, not a {ty}", slot.name)));
        };
        let n = list.len();
        let mut all = Vec::with_capacity(n);
        for i in 0..n {
            cx.poll()?;
            let field = match list.get(i) {
                Some(item) => self.one(cx, item, slot)?,
                None => Field::None,
            };
            if list.len() != n {
                let text = format!("{class} field \"{}\" changed size during iteration", slot.name);
                return Err(cx.runtime_error(text));
            }
            all.push(field);
        }
        Ok(Field::List(all))
    }

    fn one(&self, cx: &mut Ctx, v: Value, slot: &Slot) -> Res<Field> {
        match slot.kind {
            Kind::Constant => match engine::code_rt::plain_constant(cx, v) {
                Some(c) => Ok(Field::Constant(c)),
                None => {
                    let ty = types::type_name(cx, no_constant(v, 0));
                    Err(cx.type_error(format!("got an invalid type in Constant: {ty}")))
                }
            },
            Kind::Int if v.is_none() && slot.optional => Ok(Field::None),
            Kind::Int => self.int(cx, v).map(Field::Int),
            _ if v.is_none() && (slot.optional || !matches!(slot.kind, Kind::Text)) => Ok(Field::None),
            Kind::Identifier => match Str::of(v) {
                Some(s) => Ok(Field::Name(s.to_string_lossy().into_owned())),
                None => Err(cx.type_error("AST identifier must be of type str")),
            },
            Kind::Text => match Str::of(v) {
                Some(s) => Ok(Field::Name(s.to_string_lossy().into_owned())),
                None if engine::objects::Bytes::of(v).is_some() => Ok(Field::Name(String::new())),
                None => Err(cx.type_error("AST string must be of type str")),
            },
            Kind::Node(sum) => self.node(cx, v, sum).map(|node| Field::Node(Box::new(node))),
        }
    }
}

/// What in a value keeps it from being a constant: the first such item of tuples in tuples.
fn no_constant(v: Value, depth: u32) -> Value {
    let plain = |v: Value| {
        int::of(v).is_some()
            || float::of(v).is_some()
            || Str::of(v).is_some()
            || engine::objects::Bytes::of(v).is_some()
            || v.is_none()
            || v.is_bool()
    };
    let Some(t) = Tuple::of(v).filter(|_| depth < 100) else { return v };
    let bad = t.items().map(|item| no_constant(item, depth + 1)).find(|item| !plain(*item));
    bad.unwrap_or(v)
}
