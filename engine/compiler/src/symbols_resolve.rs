//! Second pass over the scopes: decides what each name means.
//!
//! In-line comprehensions are scopes of their own for names, but share the frame of the enclosing code. So the free names
//! of a scope come in two sorts: *captured* ones, which a separate function needs and which therefore live in cells, and
//! *direct* ones, which an in-line comprehension reads in its own frame.

use ruff_python_ast::name::Name;
use rustc_hash::FxHashSet;

use crate::errors::{Error, Result};
use crate::symtable::{Meaning, ScopeId, ScopeKind, Symbol, SymbolTable, Uses};

#[derive(Default)]
struct Free {
    captured: FxHashSet<Name>,
    direct: FxHashSet<Name>,
}

/// Resolves all names.
pub fn resolve(table: &mut SymbolTable) -> Result {
    analyze(table, 0, None, &FxHashSet::default(), None).map(|_| ())
}

/// `bound`: names bound in enclosing functions and not declared global between (`None` at the top); `types`: those of them that are type parameters;
/// `class`: the class whose namespace an annotation scope sees.
fn analyze(
    table: &mut SymbolTable,
    id: ScopeId,
    bound: Option<&FxHashSet<Name>>,
    types: &FxHashSet<Name>,
    class: Option<ScopeId>,
) -> Result<Free> {
    crate::symbols_build::with_stack(|| analyze_inner(table, id, bound, types, class))
}

fn analyze_inner(
    table: &mut SymbolTable,
    id: ScopeId,
    bound: Option<&FxHashSet<Name>>,
    types: &FxHashSet<Name>,
    class: Option<ScopeId>,
) -> Result<Free> {
    let kind = table.scopes[id].kind;
    let mut inner_bound: FxHashSet<Name> = bound.cloned().unwrap_or_default();
    let mut inner_types = types.clone();
    let mut free = Free::default();
    let mut local = FxHashSet::default();

    let names = table.scopes[id].order.clone();
    for name in &names {
        let uses = table.scopes[id].symbols[name].uses;
        let meaning = if uses.any(Uses::GLOBAL) {
            if uses.any(Uses::NONLOCAL) {
                return Err(declared(table, id, name, format!("name '{name}' is nonlocal and global")));
            }
            inner_bound.remove(name);
            Meaning::GlobalExplicit
        } else if uses.any(Uses::NONLOCAL) {
            let Some(outer) = bound else {
                let msg = "nonlocal declaration not allowed at module level";
                return Err(declared(table, id, name, msg.to_string()));
            };
            if !outer.contains(name) {
                return Err(declared(table, id, name, format!("no binding for nonlocal '{name}' found")));
            }
            if types.contains(name) {
                let msg = format!("nonlocal binding not allowed for type parameter '{name}'");
                return Err(declared(table, id, name, msg));
            }
            need(&mut free, kind, name);
            Meaning::Free
        } else if uses.any(Uses::BOUND) {
            local.insert(name.clone());
            if uses.any(Uses::TYPE_PARAM) {
                inner_types.insert(name.clone());
            } else {
                inner_types.remove(name);
            }
            Meaning::Local
        } else if let Some(meaning) = class.and_then(|class| in_class(table, class, name)) {
            meaning
        } else if bound.is_some_and(|b| b.contains(name)) {
            need(&mut free, kind, name);
            Meaning::Free
        } else {
            Meaning::GlobalImplicit
        };
        set(table, id, name, meaning);
    }

    let child_bound = match kind {
        // What a class declares or binds does not matter to the functions inside.
        ScopeKind::Class => {
            let mut names = bound.cloned().unwrap_or_default();
            names.extend(["__class__", "__classdict__", "__conditional_annotations__"].map(Name::new_static));
            names
        }
        ScopeKind::Module => FxHashSet::default(),
        _ => {
            inner_bound.extend(local.iter().cloned());
            inner_bound
        }
    };

    let mut needed = Free::default();
    for child in table.scopes[id].children.clone() {
        let seen = match kind {
            _ if !table.scopes[child].sees_class => None,
            ScopeKind::Class => Some(id),
            _ => class,
        };
        let child_free = analyze(table, child, Some(&child_bound), &inner_types, seen)?;
        needed.captured.extend(child_free.captured);
        needed.direct.extend(child_free.direct);
    }

    if kind == ScopeKind::Class {
        for implicit in ["__class__", "__classdict__", "__conditional_annotations__"] {
            let used = needed.captured.remove(implicit) | needed.direct.remove(implicit);
            if used {
                let name = Name::new_static(implicit);
                match implicit {
                    "__class__" => table.scopes[id].needs_class_cell = true,
                    "__classdict__" => table.scopes[id].needs_classdict = true,
                    _ => {}
                }
                // A class-level name of the same spelling is another variable.
                if implicit != "__class__" {
                    set(table, id, &name, Meaning::Cell);
                }
            }
        }
        if table.scopes[id].conditional_annotations {
            set(table, id, &Name::new_static("__conditional_annotations__"), Meaning::Cell);
        }
    }

    for (names, captured) in [(needed.captured, true), (needed.direct, false)] {
        for name in names {
            let meaning = table.scopes[id].meaning(name.as_str());
            match kind {
                ScopeKind::Module => {}
                ScopeKind::Class => {
                    // Passed through to the enclosing function, even if the class has a variable of that name.
                    match table.scopes[id].symbols.get_mut(&name) {
                        Some(symbol) if symbol.meaning == Meaning::Free => {}
                        Some(symbol) => symbol.uses.add(Uses::FREE_CLASS),
                        None => set(table, id, &name, Meaning::Free),
                    }
                    free.captured.insert(name);
                }
                _ => match meaning {
                    Meaning::Local if captured => set(table, id, &name, Meaning::Cell),
                    Meaning::Local | Meaning::Cell => {}
                    _ => {
                        set(table, id, &name, Meaning::Free);
                        if kind == ScopeKind::Comprehension && !captured {
                            free.direct.insert(name);
                        } else {
                            free.captured.insert(name);
                        }
                    }
                },
            }
        }
    }
    Ok(free)
}

/// What a class says of a name in an annotation scope inside it: a variable of the class is looked up in its namespace
/// and then in the globals, never in functions around the class.
fn in_class(table: &SymbolTable, class: ScopeId, name: &Name) -> Option<Meaning> {
    // The namespace itself is not looked up in itself, even if the class has a variable of this name.
    if name == "__classdict__" {
        return None;
    }
    let uses = table.scopes[class].symbols.get(name)?.uses;
    if uses.any(Uses::GLOBAL) {
        Some(Meaning::GlobalExplicit)
    } else if uses.any(Uses::BOUND) && !uses.any(Uses::NONLOCAL) {
        Some(Meaning::GlobalImplicit)
    } else {
        None
    }
}

fn need(free: &mut Free, kind: ScopeKind, name: &Name) {
    if kind == ScopeKind::Comprehension {
        free.direct.insert(name.clone());
    } else {
        free.captured.insert(name.clone());
    }
}

fn set(table: &mut SymbolTable, id: ScopeId, name: &Name, meaning: Meaning) {
    let scope = &mut table.scopes[id];
    match scope.symbols.get_mut(name) {
        Some(symbol) => symbol.meaning = meaning,
        None => {
            scope.order.push(name.clone());
            scope.symbols.insert(name.clone(), Symbol { meaning, ..Symbol::default() });
        }
    }
}

fn declared(table: &SymbolTable, id: ScopeId, name: &Name, msg: String) -> Error {
    let scope = &table.scopes[id];
    let range = scope.declared.iter().find(|(n, _)| n == name).map_or(scope.range, |(_, range)| *range);
    Error::syntax(msg, range)
}
