//! The module `_symtable`: its constants. The compiler's tables of symbols are not shown to Python.

use engine::prelude::*;

macro_rules! ints {
    ($($name:literal = $value:expr),* $(,)?) => { &[$(($name, Const::Int($value))),*] };
}

pub static SYMTABLE: ModuleDef = ModuleDef {
    functions: &[NativeDef::new(
        "symtable",
        "($module, source, filename, startstr, /)",
        |cx, _| Err(cx.not_implemented_error("symbol tables are not available in this implementation")),
        "Return symbol and scope dictionaries used internally by compiler.",
    )],
    constants: ints! {
        "USE" = 16, "DEF_GLOBAL" = 1, "DEF_NONLOCAL" = 8, "DEF_LOCAL" = 2, "DEF_PARAM" = 4, "DEF_TYPE_PARAM" = 1024,
        "DEF_FREE_CLASS" = 64, "DEF_IMPORT" = 128, "DEF_BOUND" = 134, "DEF_ANNOT" = 256, "DEF_COMP_ITER" = 512,
        "DEF_COMP_CELL" = 2048, "TYPE_FUNCTION" = 0, "TYPE_CLASS" = 1, "TYPE_MODULE" = 2, "TYPE_ANNOTATION" = 3,
        "TYPE_TYPE_ALIAS" = 4, "TYPE_TYPE_PARAMETERS" = 5, "TYPE_TYPE_VARIABLE" = 6, "LOCAL" = 1, "GLOBAL_EXPLICIT" = 2,
        "GLOBAL_IMPLICIT" = 3, "FREE" = 4, "CELL" = 5, "SCOPE_OFF" = 12, "SCOPE_MASK" = 15,
    },
    ..ModuleDef::new("_symtable")
};
