//! The module `pyexpat` with its submodules `errors` and `model`.

use engine::prelude::*;

use crate::{dtd, errors, parser};

/// `xml.parsers.expat.ExpatError`.
pub static EXPAT_ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::Exception)],
    ..TypeDef::new("xml.parsers.expat", "ExpatError")
};

/// `pyexpat`.
pub static PYEXPAT: ModuleDef = ModuleDef {
    doc: "Python wrapper for Expat parser.",
    functions: &[
        NativeDef::new(
            "ParserCreate",
            "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)",
            parser::parser_create,
            "Return a new XML parser object.",
        ),
        NativeDef::new(
            "ErrorString",
            "($module, code, /)",
            |cx, args| {
                let code = args.index(cx, 0)?;
                Ok(errors::text(code).map_or(Value::NONE, |t| Str::new(cx, t)))
            },
            "Returns string error for given number.",
        ),
    ],
    constants: &[
        ("XML_PARAM_ENTITY_PARSING_NEVER", Const::Int(0)),
        ("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE", Const::Int(1)),
        ("XML_PARAM_ENTITY_PARSING_ALWAYS", Const::Int(2)),
        ("native_encoding", Const::Str("UTF-8")),
        // The version whose interface this is.
        ("EXPAT_VERSION", Const::Str("expat_2.7.3")),
    ],
    types: &[&EXPAT_ERROR],
    init: Some(init),
    ..ModuleDef::new("pyexpat")
};

fn init(cx: &mut Ctx, module: Value) -> Res<()> {
    let error = cx.type_of_def(&EXPAT_ERROR).value();
    cx.set_module_attr(module, "error", error);
    let class = cx.type_of_def(&parser::XMLPARSER).value();
    cx.set_module_attr(module, "XMLParserType", class);
    let version = [2, 7, 3].map(Value::small);
    let version = Tuple::new(cx, &version);
    cx.set_module_attr(module, "version_info", version);
    let features = List::new(cx);
    for (name, n) in [("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_DTD", 0), ("XML_NS", 0), ("XML_GE", 0)] {
        let name = Str::new(cx, name);
        let pair = Tuple::new(cx, &[name, Value::small(n)]);
        features.push(cx, pair);
    }
    cx.set_module_attr(module, "features", features.value());

    let all = cx.new_empty_module("pyexpat.errors", "Constants used to describe error conditions.");
    let (codes, messages) = (Dict::new(cx), Dict::new(cx));
    for &(number, name, text) in errors::ERRORS {
        let (number, text) = (Value::small(number.into()), Str::new(cx, text));
        cx.set_module_attr(all, &format!("XML_ERROR_{name}"), text);
        protocol::setitem(cx, codes.value(), text, number)?;
        protocol::setitem(cx, messages.value(), number, text)?;
    }
    cx.set_module_attr(all, "codes", codes.value());
    cx.set_module_attr(all, "messages", messages.value());
    submodule(cx, module, "errors", all)?;

    let model = cx.new_empty_module("pyexpat.model", "Constants used to interpret content model information.");
    for &(name, n) in dtd::MODEL {
        cx.set_module_attr(model, name, Value::small(n.into()));
    }
    submodule(cx, module, "model", model)
}

fn submodule(cx: &mut Ctx, module: Value, name: &str, sub: Value) -> Res<()> {
    cx.set_module_attr(module, name, sub);
    let modules = cx.sys_modules();
    let full = Str::new(cx, &format!("pyexpat.{name}"));
    protocol::setitem(cx, modules, full, sub)
}
