//! The symbol table as the module `symtable` shows it: scopes with CPython's numbers for their kinds and their names' flags.

use ruff_python_ast::Mod;
use ruff_python_ast::name::Name;

use crate::source::Source;
use crate::symtable::{Meaning, Scope, ScopeId, ScopeKind, Symbol, SymbolTable, Uses};
use crate::{Mode, SyntaxError, parse_errors, symbols_build};

/// Where the meaning of a name stands among its flags.
pub const SCOPE_OFFSET: u32 = 12;

/// A scope.
#[derive(Debug)]
pub struct ScopeView {
    /// CPython's number: function, class, module, annotation, type alias, type parameters, type variable.
    pub kind: u8,
    /// Its name, `top` for a module.
    pub name: String,
    /// The line where it begins; 0 for a module.
    pub line: u32,
    /// Whether it is in a function.
    pub nested: bool,
    /// Names and flags.
    pub symbols: Vec<(String, u32)>,
    /// Parameters.
    pub params: Vec<String>,
    /// The scopes in it. Comprehensions belong to the scope around them.
    pub children: Vec<ScopeView>,
}

/// The scopes of a source text.
pub fn symbols(source: &str, filename: &str, mode: Mode) -> Result<ScopeView, SyntaxError> {
    let text = crate::normalize(source)?;
    let source = Source::new(&text, filename);
    crate::symbols_build::on_stack(512 * 1024, 8 * 1024 * 1024, || {
        let parsed = crate::parse(&source, mode)?;
        let options = symbols_build::Options::default();
        let table = match parsed.syntax() {
            Mod::Module(m) => symbols_build::build(&m.body, options),
            Mod::Expression(e) => symbols_build::build_expression(&e.body, options),
        };
        match table {
            Ok(table) => {
                let mut top = view(&table, &source, 0);
                add_globals(&table, &mut top);
                Ok(top)
            }
            Err(e) => {
                // Dropping a tree of any depth could exhaust the stack.
                std::mem::forget(parsed);
                Err(parse_errors::locate(&source, e))
            }
        }
    })
}

fn view(table: &SymbolTable, source: &Source<'_>, id: ScopeId) -> ScopeView {
    let scope = &table.scopes[id];
    let is_module = scope.kind == ScopeKind::Module;
    let mut shown = ScopeView {
        kind: kind(table, id),
        name: name(scope),
        line: if is_module { 0 } else { source.line(scope.range.start()) },
        nested: scope.nested,
        symbols: Vec::new(),
        params: Vec::new(),
        children: Vec::new(),
    };
    // The format parameter has a name that no annotation can mean.
    let has_format = matches!(scope.kind, ScopeKind::Annotations | ScopeKind::TypeThunk);
    for name in &scope.order {
        let Some(symbol) = scope.symbols.get(name) else { continue };
        let is_param = symbol.uses.any(Uses::PARAM);
        if has_format && is_param {
            shown.symbols.push((FORMAT.to_owned(), flags(*symbol) | flags_of(Uses::READ)));
            shown.params.push(FORMAT.to_owned());
            continue;
        }
        // Cells of the class itself are no names of its body.
        if scope.kind == ScopeKind::Class && symbol.uses == Uses::default() && symbol.meaning == Meaning::Cell {
            continue;
        }
        shown.symbols.push((name.to_string(), flags(*symbol)));
        if is_param {
            shown.params.push(name.to_string());
        }
    }
    add_children(table, source, id, &mut shown);
    shown
}

fn add_children(table: &SymbolTable, source: &Source<'_>, id: ScopeId, shown: &mut ScopeView) {
    for &child in &table.scopes[id].children {
        let inner = &table.scopes[child];
        if inner.kind != ScopeKind::Comprehension {
            shown.children.push(symbols_build::with_stack(|| view(table, source, child)));
            continue;
        }
        // In-line: what is bound in the comprehension is a variable of the scope around.
        for name in &inner.order {
            let Some(symbol) = inner.symbols.get(name).filter(|_| !name.starts_with('.')) else { continue };
            let known = shown.symbols.iter().any(|(n, _)| n == name.as_str());
            if !known {
                shown.symbols.push((name.to_string(), flags(*symbol)));
            }
        }
        symbols_build::with_stack(|| add_children(table, source, child, shown));
    }
}

/// The first parameter of what computes annotations.
const FORMAT: &str = ".format";

/// Names that functions declare global are the module's.
fn add_globals(table: &SymbolTable, top: &mut ScopeView) {
    for scope in &table.scopes[1..] {
        for name in &scope.order {
            let declared = scope.symbols.get(name).is_some_and(|s| s.uses.any(Uses::GLOBAL));
            if declared && !top.symbols.iter().any(|(n, _)| n == name.as_str()) {
                let symbol = Symbol { uses: Uses::GLOBAL, meaning: Meaning::GlobalExplicit };
                top.symbols.push((name.to_string(), flags(symbol)));
            }
        }
    }
}

fn name(scope: &Scope) -> String {
    match scope.kind {
        ScopeKind::Module => "top".to_owned(),
        ScopeKind::Annotations => "__annotate__".to_owned(),
        _ => scope.name.trim_matches(['<', '>']).to_owned(),
    }
}

fn kind(table: &SymbolTable, id: ScopeId) -> u8 {
    match table.scopes[id].kind {
        ScopeKind::Function | ScopeKind::Generator | ScopeKind::Comprehension => 0,
        ScopeKind::Class => 1,
        ScopeKind::Module => 2,
        ScopeKind::Annotations => 3,
        ScopeKind::TypeParams => 5,
        ScopeKind::TypeThunk => {
            // The value of an alias has the alias's name, which is that of its parameters' scope too.
            let own: &Name = &table.scopes[id].name;
            let around = table.scopes.iter().find(|s| s.children.contains(&id));
            let of_parameter = around.is_some_and(|s| s.kind == ScopeKind::TypeParams && s.name != *own);
            if of_parameter { 6 } else { 4 }
        }
    }
}

fn flags(symbol: Symbol) -> u32 {
    let meaning = match symbol.meaning {
        Meaning::Unknown => 0,
        Meaning::Local => 1,
        Meaning::GlobalExplicit => 2,
        Meaning::GlobalImplicit => 3,
        Meaning::Free => 4,
        Meaning::Cell => 5,
    };
    flags_of(symbol.uses) | meaning << SCOPE_OFFSET
}

fn flags_of(all: Uses) -> u32 {
    let mut flags = 0;
    for (uses, bits) in [
        (Uses::GLOBAL, 1),
        (Uses::ASSIGNED, 2),
        (Uses::DELETED, 2),
        (Uses::PARAM, 4),
        (Uses::NONLOCAL, 8),
        (Uses::READ, 16),
        (Uses::FREE_CLASS, 64),
        (Uses::IMPORTED, 128),
        (Uses::ANNOTATED, 256),
        (Uses::ITERATION, 2 | 512),
        (Uses::TYPE_PARAM, 2 | 1024),
    ] {
        // An import counts as such alone.
        let counts = uses != Uses::ASSIGNED || !all.any(Uses::IMPORTED);
        if all.any(uses) && counts {
            flags |= bits;
        }
    }
    flags
}
