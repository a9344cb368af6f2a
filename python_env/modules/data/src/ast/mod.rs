//! The module `_ast`: the classes of syntax-tree nodes, made from the grammar in `python.asdl`, and the trees themselves.
//!
//! A line of the grammar file without indentation names a sum (`expr =`, its alternatives follow, indented) or a product
//! (`arg(...)`); `@` says that its nodes have a place in the source.

mod convert;
mod expr;
mod node;
mod read;
mod stmt;

use engine::objects::{Dict, List, Tuple};
use engine::prelude::*;
use engine::protocol;

use crate::instances;

pub use convert::parse_to_ast;
pub use read::{compile_tree, is_node};

const GRAMMAR: &str = include_str!("python.asdl");

/// The attributes of a node that has a place.
const PLACE: &[&str] = &["lineno", "col_offset", "end_lineno", "end_col_offset"];

pub static AST: ModuleDef = ModuleDef {
    constants: &[
        ("PyCF_ALLOW_TOP_LEVEL_AWAIT", Const::Int(0x2000)),
        ("PyCF_ONLY_AST", Const::Int(0x400)),
        ("PyCF_OPTIMIZED_AST", Const::Int(0x8400)),
        ("PyCF_TYPE_COMMENTS", Const::Int(0x1000)),
    ],
    init: Some(|cx, module| {
        let classes = classes(cx)?;
        let mut pos = 0;
        while let Some((next, name, class)) = classes.next_entry(pos) {
            pos = next;
            let name = protocol::text(cx, name);
            cx.set_module_attr(module, &name, class);
        }
        Ok(())
    }),
    ..ModuleDef::new("_ast")
};

/// The node classes by name, made at first use.
fn classes(cx: &mut Ctx) -> Res<Dict> {
    let key = instances::name(cx, "ast.classes");
    let state = cx.rt.state(cx);
    if let Some(d) = state.get_str(key).and_then(Dict::of) {
        return Ok(d);
    }
    let made = make_classes(cx)?;
    let kept = state.set_default(cx, key, made.value())?;
    Ok(Dict::of(kept).unwrap_or(made))
}

/// The one node of a class without fields that parsed trees share (`Load()`, `Add()`, ...).
fn shared_node(cx: &mut Ctx, class: &str) -> PyResult {
    let key = format!("ast.node.{class}");
    let classes = classes(cx)?;
    let name = instances::name(cx, class);
    let class = classes.get_str(name).unwrap_or(Value::NONE);
    let ty = class;
    let o = cx.alloc_instance(ty)?.value();
    instances::singleton(cx, &key, |_| o)
}

/// One field of a node: `expr? value`.
#[derive(Copy, Clone)]
struct Field<'a> {
    kind: &'a str,
    name: &'a str,
}

/// A class of nodes as the grammar writes it: `Name(identifier id, expr_context ctx)`.
struct Rule<'a> {
    name: &'a str,
    fields: Vec<Field<'a>>,
    text: &'a str,
    placed: bool,
}

impl<'a> Rule<'a> {
    fn parse(line: &'a str) -> Rule<'a> {
        let (text, placed) = match line.strip_suffix(" @") {
            Some(text) => (text, true),
            None => (line, false),
        };
        let (name, fields) = match text.split_once('(') {
            Some((name, rest)) => (
                name,
                rest.trim_end_matches(')')
                    .split(", ")
                    .filter_map(|f| f.split_once(' '))
                    .map(|(kind, name)| Field { kind, name })
                    .collect(),
            ),
            None => (text, Vec::new()),
        };
        Rule { name, fields, text, placed }
    }
}

fn make_classes(cx: &mut Ctx) -> Res<Dict> {
    let classes = Dict::new(cx);
    let root = cx.add_type(&node::AST_NODE).value();
    let key = instances::name(cx, "AST");
    classes.set_str(cx, key, root);
    let empty = Tuple::empty(cx);
    if let Some(ty) = Type::of(root) {
        for name in ["_fields", "_attributes"] {
            let name = instances::name(cx, name);
            types::type_type::set_class_attr(cx, ty, name, empty)?;
        }
    }
    // First all classes, then the types of their fields, which refer to any class.
    let mut sum = root;
    let lines = GRAMMAR.lines();
    for line in lines {
        if let Some(alternative) = line.strip_prefix("  ") {
            let rule = Rule::parse(alternative);
            make_class(cx, classes, &rule, sum, false, rule.text)?;
            continue;
        }
        match line.strip_suffix(" =") {
            Some(head) => {
                let rule = Rule::parse(head);
                let alternatives = Alternatives(GRAMMAR, rule.name).text();
                sum = make_class(cx, classes, &rule, root, true, &alternatives)?;
            }
            None => {
                let rule = Rule::parse(line);
                make_class(cx, classes, &rule, root, true, rule.text)?;
            }
        }
    }
    for line in GRAMMAR.lines().filter(|l| !l.ends_with(" =")) {
        let rule = Rule::parse(line.trim_start());
        set_field_types(cx, classes, &rule)?;
    }
    Ok(classes)
}

/// The docstring of a sum: `boolop = And | Or`.
struct Alternatives<'a>(&'a str, &'a str);

impl Alternatives<'_> {
    fn text(&self) -> String {
        let mut lines = self.0.lines().skip_while(|l| !l.starts_with(self.1) || !l.ends_with('='));
        lines.next();
        let all: Vec<&str> = lines.map_while(|l| l.strip_prefix("  ")).collect();
        let separator = if all.iter().any(|a| a.contains('(')) {
            format!("\n{}| ", " ".repeat(self.1.len() + 1))
        } else {
            " | ".to_owned()
        };
        format!("{} = {}", self.1, all.join(&separator))
    }
}

/// Makes the class of one rule; `top`: a direct subclass of `AST`, which says whether its nodes have a place.
fn make_class(cx: &mut Ctx, classes: Dict, rule: &Rule, base: Value, top: bool, doc: &str) -> PyResult {
    let namespace = Dict::new(cx);
    let put = |cx: &mut Ctx, key: &str, v: Value| {
        let key = instances::name(cx, key);
        namespace.set_str(cx, key, v);
    };
    let names = List::new(cx);
    for field in &rule.fields {
        let name = instances::name(cx, field.name);
        names.push(cx, name);
    }
    let names = names.to_tuple(cx);
    put(cx, "_fields", names);
    put(cx, "__match_args__", names);
    let module = instances::text(cx, "ast");
    put(cx, "__module__", module);
    let doc = instances::text(cx, doc);
    put(cx, "__doc__", doc);
    for field in rule.fields.iter().filter(|f| f.kind.ends_with('?')) {
        put(cx, field.name, Value::NONE);
    }
    if top {
        let list = List::new(cx);
        for name in PLACE.iter().filter(|_| rule.placed) {
            let name = instances::name(cx, name);
            list.push(cx, name);
        }
        let attributes = list.to_tuple(cx);
        put(cx, "_attributes", attributes);
        // Patterns and type parameters always have an end.
        if rule.placed && !matches!(rule.name, "pattern" | "type_param") {
            put(cx, "end_lineno", Value::NONE);
            put(cx, "end_col_offset", Value::NONE);
        }
    }
    let name = instances::name(cx, rule.name);
    let bases = Tuple::new(cx, &[base]);
    let type_ = cx.types.type_.value();
    let class = protocol::call(cx, type_, &[name, bases, namespace.value()])?;
    classes.set_str(cx, name, class);
    Ok(class)
}

/// Sets `_field_types`: `expr` is the class, `expr?` its union with None, `expr*` a list of it.
fn set_field_types(cx: &mut Ctx, classes: Dict, rule: &Rule) -> Res<()> {
    let types_of = Dict::new(cx);
    for field in &rule.fields {
        let base = field.kind.trim_end_matches(['?', '*']);
        let class = match base {
            "identifier" | "string" => cx.types.str.value(),
            "int" => cx.types.int.value(),
            "constant" => cx.types.object.value(),
            other => {
                let name = instances::name(cx, other);
                classes.get_str(name).unwrap_or(Value::NONE)
            }
        };
        let ty = if field.kind.ends_with('*') {
            let list = cx.types.list.value();
            types::generic_alias::new_alias(cx, list, class)
        } else if field.kind.ends_with('?') {
            let both = Tuple::new(cx, &[class, Value::NONE]);
            types::union::from_alternatives(cx, both)?
        } else {
            class
        };
        let name = instances::name(cx, field.name);
        types_of.set_str(cx, name, ty);
    }
    let name = instances::name(cx, rule.name);
    let Some(class) = classes.get_str(name) else { return Ok(()) };
    for attr in ["_field_types", "__annotations__"] {
        let attr = instances::name(cx, attr);
        protocol::setattr(cx, class, attr, types_of.value())?;
    }
    Ok(())
}
