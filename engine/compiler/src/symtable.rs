//! Symbol table: which scopes a module has and what each name means in each of them.
//!
//! [`crate::symbols_build`] fills it from the syntax tree; [`crate::symbols_resolve`] then decides for each name whether it
//! is local, a cell, free or global.

use std::sync::Arc;

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

/// Index of a scope.
pub type ScopeId = usize;

/// What a scope belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ScopeKind {
    /// Module, `exec`, `eval`.
    Module,
    /// `def` or `lambda`.
    Function,
    /// `class`.
    Class,
    /// List, set or dict comprehension, compiled in line.
    Comprehension,
    /// Generator expression.
    Generator,
    /// `__annotate__` function.
    Annotations,
    /// Type parameters of a function, class or alias.
    TypeParams,
    /// Lazily evaluated bound, constraint tuple or default of a type parameter, or value of a type alias.
    TypeThunk,
}

impl ScopeKind {
    /// Whether the scope's names live in registers of a function-like code object.
    pub fn is_function_like(self) -> bool {
        !matches!(self, ScopeKind::Module | ScopeKind::Class)
    }
}

/// How a name is used in one scope.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Uses(pub u16);

impl Uses {
    /// Read.
    pub const READ: Uses = Uses(1);
    /// Bound by an assignment or the like.
    pub const ASSIGNED: Uses = Uses(2);
    /// A parameter.
    pub const PARAM: Uses = Uses(4);
    /// Named in a `global` statement.
    pub const GLOBAL: Uses = Uses(8);
    /// Named in a `nonlocal` statement.
    pub const NONLOCAL: Uses = Uses(16);
    /// Annotated.
    pub const ANNOTATED: Uses = Uses(32);
    /// Iteration variable of this comprehension.
    pub const ITERATION: Uses = Uses(64);
    /// A type parameter.
    pub const TYPE_PARAM: Uses = Uses(128);
    /// Deleted somewhere (`del`, the name of an `except` clause).
    pub const DELETED: Uses = Uses(256);
    /// Imported.
    pub const IMPORTED: Uses = Uses(512);
    /// Class scope: also free for an inner scope.
    pub const FREE_CLASS: Uses = Uses(1024);
    /// What makes a name bound in its scope.
    pub const BOUND: Uses = Uses(2 | 4 | 64 | 128 | 512);

    /// Whether any of the bits is set.
    pub fn any(self, other: Uses) -> bool {
        self.0 & other.0 != 0
    }
    /// Adds bits.
    pub fn add(&mut self, other: Uses) {
        self.0 |= other.0;
    }
}

/// What a name means in one scope.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Meaning {
    /// Not resolved.
    #[default]
    Unknown,
    /// Lives in this scope.
    Local,
    /// Lives in this scope, captured by an inner function.
    Cell,
    /// Lives in an enclosing function.
    Free,
    /// Declared `global`.
    GlobalExplicit,
    /// Not found in any function scope.
    GlobalImplicit,
}

/// A name in a scope.
#[derive(Clone, Copy, Default, Debug)]
pub struct Symbol {
    /// How it is used.
    pub uses: Uses,
    /// What it means.
    pub meaning: Meaning,
}

/// One scope.
#[derive(Debug)]
pub struct Scope {
    /// Its kind.
    pub kind: ScopeKind,
    /// Its name (of the function, class, ...).
    pub name: Name,
    /// Scopes inside, in order of creation.
    pub children: Vec<ScopeId>,
    /// Its names.
    pub symbols: FxHashMap<Name, Symbol>,
    /// The names in order of first appearance.
    pub order: Vec<Name>,
    /// Names of `global` and `nonlocal` statements, for messages.
    pub declared: Vec<(Name, TextRange)>,
    /// Inside a function, perhaps indirectly.
    pub nested: bool,
    /// Contains `yield`.
    pub is_generator: bool,
    /// `async def`, or a comprehension that awaits.
    pub is_coroutine: bool,
    /// Names that an assignment expression binds in this frame (in-line comprehensions included).
    pub walrus: FxHashSet<Name>,
    /// An inner function uses `__class__`.
    pub needs_class_cell: bool,
    /// An annotation scope inside needs the class namespace.
    pub needs_classdict: bool,
    /// Annotation scope directly in a class: sees the class namespace.
    pub sees_class: bool,
    /// The scope of this class's or module's deferred annotations.
    pub annotations: Option<ScopeId>,
    /// Some annotations are only executed conditionally.
    pub conditional_annotations: bool,
    /// How private names are mangled.
    pub private: Option<Private>,
    /// Position for messages.
    pub range: TextRange,
}

/// All scopes of a module.
#[derive(Default, Debug)]
pub struct SymbolTable {
    /// The scopes; the first is the module.
    pub scopes: Vec<Scope>,
    /// Scopes by address of their node and role.
    pub by_node: FxHashMap<(usize, Role), ScopeId>,
    /// `from __future__ import annotations` is on.
    pub future_annotations: bool,
    /// Warnings: message and place.
    pub warnings: Vec<(String, TextRange)>,
    /// Other future flags, `CO_*` bits.
    pub future_flags: u32,
}

/// Which of a node's scopes is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// The body.
    Body,
    /// Its type parameters.
    TypeParams,
    /// Its annotations.
    Annotations,
    /// A type parameter's bound.
    Bound,
    /// A type parameter's default.
    Default,
}

/// The key of a node: its address. The tree does not move while it is compiled.
pub fn node_key<T>(node: &T) -> usize {
    std::ptr::from_ref(node) as usize
}

impl SymbolTable {
    /// The scope of a node, if it has one with that role.
    pub fn find<T>(&self, node: &T, role: Role) -> Option<ScopeId> {
        self.by_node.get(&(node_key(node), role)).copied()
    }
}

impl Scope {
    /// The symbol of a name.
    pub fn symbol(&self, name: &str) -> Option<Symbol> {
        self.symbols.get(name).copied()
    }

    /// Whether this scope's code holds a cell for the name. (A class has one for `__class__` even if it has a variable of
    /// that name, which is another thing.)
    pub fn has_cell(&self, name: &str) -> bool {
        self.meaning(name) == Meaning::Cell || (self.needs_class_cell && name == "__class__")
    }

    /// The meaning of a name, `Unknown` if it does not occur.
    pub fn meaning(&self, name: &str) -> Meaning {
        self.symbol(name).map_or(Meaning::Unknown, |s| s.meaning)
    }
}

/// What private names are mangled with.
#[derive(Clone, Debug)]
pub struct Private {
    /// The class's name.
    pub class: Name,
    /// Beside the body of a generic class only its type parameters are mangled: their names.
    pub only: Option<Arc<[Name]>>,
}

/// The name as it is mangled inside a class.
pub fn mangle(private: Option<&Private>, name: &Name) -> Name {
    let Some(private) = private else { return name.clone() };
    let text = name.as_str();
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') {
        return name.clone();
    }
    if private.only.as_ref().is_some_and(|only| !only.contains(name)) {
        return name.clone();
    }
    let class = private.class.as_str().trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    Name::new(format!("_{class}{text}"))
}
