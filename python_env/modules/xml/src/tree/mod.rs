//! `_elementtree`: what `xml.etree.ElementTree` takes in place of its own Element, TreeBuilder and XMLParser.

mod builder;
mod element;
mod iter;
mod methods;
mod xmlparser;

use engine::prelude::*;

pub static PARSE_ERROR: TypeDef = TypeDef {
    flags: TypeFlags::BASETYPE.with(TypeFlags::HAS_WEAKREF).with(TypeFlags::MUTABLE),
    bases: &[BaseRef::Exc(Exc::SyntaxError)],
    ..TypeDef::new("xml.etree.ElementTree", "ParseError")
};

pub static ELEMENTTREE: ModuleDef = ModuleDef {
    functions: &[
        NativeDef::new(
            "SubElement",
            "($module, parent, tag, attrib=<unrepresentable>, /, **extra)",
            methods::sub_element,
            "",
        ),
        NativeDef::new(
            "_set_factories",
            "($module, comment_factory, pi_factory, /)",
            builder::set_factories,
            "Change the factories used to create comments and processing instructions.\n\nFor internal use only.",
        ),
    ],
    types: &[&element::ELEMENT, &builder::TREEBUILDER, &xmlparser::XMLPARSER, &PARSE_ERROR],
    ..ModuleDef::new("_elementtree")
};
