//! The code object being built: registers, instructions with labels, constants, exception regions.

use engine_code::{CodeFlags, Const, Instruction};
use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

use crate::symtable::{Meaning, Scope, ScopeId, ScopeKind, SymbolTable};

/// A register.
pub type Reg = u8;

/// Registers that named locals may take; the rest of them lives in an array.
const MAX_LOCALS: usize = 160;
/// Registers that captured variables may take before they go to that array, too.
const MAX_CELLS: usize = 120;
/// Parameters a function may have.
const MAX_PARAMS: usize = 60_000;
/// Registers a frame may have.
const MAX_REGS: u16 = 250;

/// A jump target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(pub u32);

/// No label.
pub const NO_LABEL: u32 = u32::MAX;

/// An instruction before assembly.
#[derive(Clone, Copy, Debug)]
pub struct Ins {
    /// Its jump distance is not known yet.
    pub instruction: Instruction,
    /// Target of a jump.
    pub label: u32,
    /// It is kept even if nobody looks at what it does: with it a variable of a comprehension ends.
    pub stays: bool,
    /// Source range.
    pub range: TextRange,
}

/// A stretch of code whose exceptions go to one handler.
#[derive(Clone, Debug)]
pub struct Region {
    /// The handler.
    pub target: Label,
    /// The register that receives the exception.
    pub reg: Reg,
    /// Number of regions around.
    pub depth: u32,
    /// Instruction ranges.
    pub ranges: Vec<(u32, u32)>,
    /// Start of the range now open.
    pub open: Option<u32>,
}

/// Index of a region.
pub type RegionId = usize;

/// An in-line comprehension that is being compiled.
#[derive(Clone, Debug)]
pub struct ActiveComprehension {
    /// Its scope.
    pub scope: ScopeId,
    /// Registers of its variables.
    pub regs: FxHashMap<Name, Reg>,
}

/// Where a name lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In a register; the flag says that it may be unbound.
    Reg(Reg, bool),
    /// In a cell held by a register.
    Cell(Reg),
    /// In a closure cell.
    Free(u16),
    /// In the class namespace, else in a closure cell.
    ClassFree(u16),
    /// In the globals.
    Global,
    /// In the namespace.
    Name,
    /// In an annotation scope of a class: class namespace, else globals.
    DictGlobal,
    /// In an annotation scope of a class: class namespace, else a closure cell.
    DictFree(u16),
    /// In the array of locals.
    Big(u16),
    /// In a cell that the array of locals holds.
    BigCell(u16),
}

/// A block of statements that a jump out of it must unwind.
#[derive(Clone, Debug)]
pub enum Block<'a> {
    /// A loop.
    Loop {
        /// Target of `break`.
        break_to: Label,
        /// Target of `continue`.
        continue_to: Label,
        /// The iterator, if leaving the loop early may have to close it.
        iterator: Option<Reg>,
    },
    /// Body of a `try` that has handlers.
    Try(RegionId),
    /// Body of a `try` with `finally`.
    Finally {
        /// The `finally` body.
        body: &'a [ruff_python_ast::Stmt],
        /// Its region.
        region: RegionId,
    },
    /// Body of a `with`.
    With {
        /// Window that holds the exit method.
        window: Reg,
        /// `async with`.
        is_async: bool,
        /// Its region.
        region: RegionId,
        /// Position of the context expression.
        range: TextRange,
    },
    /// Body of an `except` clause or of the exceptional copy of `finally`.
    Handler {
        /// Register of the saved handled exception.
        saved: Reg,
        /// Name bound to the exception.
        name: Option<Name>,
        /// Its clean-up region.
        region: RegionId,
    },
    /// Body of an `except*` clause: nothing may leave it.
    StarHandler,
}

/// A code object being built.
pub struct Unit<'a> {
    /// Its scope.
    pub scope: ScopeId,
    /// Kind of that scope.
    pub kind: ScopeKind,
    /// `co_name`
    pub name: Name,
    /// `co_qualname`
    pub qualname: String,
    /// `co_flags`
    pub flags: CodeFlags,
    /// Parameter counts: positional, positional-only, keyword-only.
    pub argcounts: [u16; 3],
    /// `co_firstlineno`
    pub firstlineno: u32,
    /// Where the return stands that nobody wrote.
    pub end: Option<usize>,
    /// Names for the registers of locals.
    pub varnames: Vec<Name>,
    /// Registers of locals and cells.
    pub regs: FxHashMap<Name, Reg>,
    /// First register of comprehension variables.
    pub hidden_from: u16,
    /// Registers of comprehension variables by name and nesting.
    pub hidden: FxHashMap<(Name, u32), Reg>,
    /// Locals in the array.
    pub big: FxHashMap<Name, u16>,
    /// Names of those.
    pub big_names: Vec<Name>,
    /// Which of them are cells.
    pub big_cells: Vec<u16>,
    /// Register of the array.
    pub big_reg: Reg,
    /// How many parameters move to that array when a call begins: all of them or none.
    pub gathered: u16,
    /// Free variables.
    pub free: FxHashMap<Name, u16>,
    /// Free variables in order.
    pub freevars: Vec<Name>,
    /// Comprehensions being compiled, innermost last.
    pub comps: Vec<ActiveComprehension>,
    /// Cell variables of comprehensions.
    pub hidden_cells: Vec<(Name, Reg)>,
    /// Next free temporary.
    pub top: u16,
    /// Highest register used so far, plus one.
    pub max: u16,
    /// Too many registers were wanted.
    pub overflow: bool,
    /// Instructions.
    pub code: Vec<Ins>,
    /// Instruction index per label.
    pub labels: Vec<u32>,
    /// Exception regions.
    pub regions: Vec<Region>,
    /// Number of regions open now.
    pub open_regions: u32,
    /// Blocks to unwind.
    pub blocks: Vec<Block<'a>>,
    /// Regions that jumps being compiled have left.
    pub suspended: Vec<Vec<RegionId>>,
    /// Constants.
    pub consts: Vec<Const>,
    const_index: FxHashMap<Const, u32>,
    /// Names.
    pub names: Vec<Name>,
    name_index: FxHashMap<Name, u16>,
    /// Class name for private names.
    pub private: Option<crate::symtable::Private>,
    /// Attributes assigned through `self` in methods of this class.
    pub static_attributes: std::collections::BTreeSet<String>,
    /// Annotations found so far by statement order: (annotation, name, index if conditional).
    pub deferred: Vec<Deferred<'a>>,
    /// Where among them the next one is likely to be.
    pub deferred_at: usize,
    /// Number of conditional annotations so far.
    pub conditional_count: u32,
    /// Inside a compound statement.
    pub conditional: bool,
}

/// An annotation to be evaluated by the scope's `__annotate__`.
#[derive(Clone)]
pub struct Deferred<'a> {
    /// The annotated statement.
    pub stmt: &'a ruff_python_ast::StmtAnnAssign,
    /// Mangled name.
    pub name: Name,
    /// Index in `__conditional_annotations__`.
    pub index: Option<u32>,
}

impl<'a> Unit<'a> {
    /// A unit for a scope whose first registers are `params`.
    pub fn new(table: &SymbolTable, id: ScopeId, qualname: String, params: &[Name], firstlineno: u32) -> Unit<'a> {
        let scope = &table.scopes[id];
        let mut unit = Unit {
            scope: id,
            kind: scope.kind,
            name: scope.name.clone(),
            qualname,
            flags: CodeFlags::default(),
            argcounts: [0; 3],
            firstlineno,
            end: None,
            varnames: Vec::new(),
            regs: FxHashMap::default(),
            hidden_from: 0,
            hidden: FxHashMap::default(),
            big: FxHashMap::default(),
            big_names: Vec::new(),
            big_cells: Vec::new(),
            big_reg: 0,
            gathered: 0,
            free: FxHashMap::default(),
            freevars: Vec::new(),
            comps: Vec::new(),
            hidden_cells: Vec::new(),
            top: 0,
            max: 0,
            overflow: false,
            code: Vec::new(),
            labels: Vec::new(),
            regions: Vec::new(),
            open_regions: 0,
            blocks: Vec::new(),
            suspended: Vec::new(),
            consts: Vec::new(),
            const_index: FxHashMap::default(),
            names: Vec::new(),
            name_index: FxHashMap::default(),
            private: scope.private.clone(),
            static_attributes: Default::default(),
            deferred: Vec::new(),
            deferred_at: 0,
            conditional_count: 0,
            conditional: false,
        };
        unit.allocate_locals(table, params);
        unit
    }

    fn local(&mut self, name: &Name) -> Reg {
        let reg = self.varnames.len();
        if reg >= MAX_REGS as usize {
            self.overflow = true;
            return 0;
        }
        self.varnames.push(name.clone());
        self.regs.insert(name.clone(), reg as Reg);
        reg as Reg
    }

    fn allocate_locals(&mut self, table: &SymbolTable, params: &[Name]) {
        let scope = &table.scopes[self.scope];
        if !self.kind.is_function_like() {
            self.varnames.push(Name::new_static(".namespace"));
        }
        // Very many parameters move to the array at once; register 0, the first argument's, holds it.
        let gathers = params.len() > MAX_LOCALS;
        if gathers {
            self.varnames.push(Name::new_static(".big"));
            for (i, name) in params.iter().enumerate() {
                self.big.insert(name.clone(), i as u16);
                self.big_names.push(name.clone());
                if scope.meaning(name.as_str()) == Meaning::Cell {
                    self.big_cells.push(i as u16);
                }
            }
            self.overflow |= params.len() > MAX_PARAMS;
        } else {
            for name in params {
                self.local(name);
            }
        }
        if scope.needs_class_cell {
            self.local(&Name::new_static("__class__"));
        }
        let mut hidden = Vec::new();
        collect_hidden(table, self.scope, &mut Vec::new(), &mut hidden);
        let mut plain = Vec::new();
        let mut cells = Vec::new();
        for name in &scope.order {
            let symbol = scope.symbols[name];
            match symbol.meaning {
                Meaning::Cell | Meaning::Local if self.big.contains_key(name) => {}
                Meaning::Cell if !self.regs.contains_key(name) => {
                    if self.kind.is_function_like() && self.varnames.len() >= MAX_CELLS {
                        cells.push(name.clone());
                    } else {
                        self.local(name);
                    }
                }
                Meaning::Local if self.kind.is_function_like() && !self.regs.contains_key(name) => {
                    plain.push(name.clone());
                }
                _ => {}
            }
            if symbol.meaning == Meaning::Free || symbol.uses.any(crate::symtable::Uses::FREE_CLASS) {
                self.freevars.push(name.clone());
            }
        }
        self.freevars.sort();
        for (i, name) in self.freevars.iter().enumerate() {
            self.free.insert(name.clone(), i as u16);
        }
        let mut room = MAX_LOCALS.saturating_sub(self.varnames.len() + hidden.len());
        if !gathers && (plain.len() > room || !cells.is_empty()) {
            self.big_reg = self.varnames.len() as Reg;
            self.varnames.push(Name::new_static(".big"));
            room = room.saturating_sub(1);
        }
        for name in plain {
            if room > 0 {
                self.local(&name);
                room -= 1;
            } else {
                self.big.insert(name.clone(), self.big_names.len() as u16);
                self.big_names.push(name);
            }
        }
        for name in cells {
            let i = self.big_names.len() as u16;
            self.big.insert(name.clone(), i);
            self.big_names.push(name);
            self.big_cells.push(i);
        }
        // Those that `locals()` and its like may look for come first: they are cleared when their comprehension ends.
        hidden.sort_by_key(|(_, _, watched)| !watched);
        self.hidden_from = self.varnames.len() as u16;
        for (name, level, watched) in hidden {
            if self.hidden.contains_key(&(name.clone(), level)) {
                continue;
            }
            let reg = self.varnames.len();
            if reg >= MAX_REGS as usize {
                self.overflow = true;
                return;
            }
            self.varnames.push(name.clone());
            self.hidden.insert((name, level), reg as Reg);
            if watched {
                self.hidden_from = reg as u16 + 1;
            }
        }
        self.top = self.varnames.len() as u16;
        self.gathered = if gathers { params.len() as u16 } else { 0 };
        self.max = self.top.max(self.gathered);
    }

    /// The scope's own variables that inner functions capture, with their registers. (Variables of comprehensions that lie in line may
    /// have the same names.)
    pub fn own_cells<'u>(&'u self, scope: &'u Scope) -> impl Iterator<Item = (&'u Name, Reg)> {
        let own = |(reg, name): (usize, &'u Name)| {
            let reg = reg as Reg;
            (self.regs.get(name) == Some(&reg) && scope.has_cell(name.as_str())).then_some((name, reg))
        };
        self.varnames.iter().enumerate().filter_map(own)
    }

    /// Number of registers of named locals.
    pub fn nlocals(&self) -> u16 {
        self.varnames.len() as u16
    }

    /// Whether a register is a temporary.
    pub fn is_temp(&self, reg: Reg) -> bool {
        reg as u16 >= self.nlocals()
    }

    /// Takes the next temporary.
    pub fn alloc(&mut self) -> Reg {
        if self.top >= MAX_REGS {
            self.overflow = true;
            return (MAX_REGS - 1) as Reg;
        }
        let reg = self.top as Reg;
        self.top += 1;
        self.max = self.max.max(self.top);
        reg
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.labels.push(NO_LABEL);
        Label(self.labels.len() as u32 - 1)
    }

    /// Puts a label here.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.code.len() as u32;
    }

    /// Whether a label lies behind.
    pub fn is_placed(&self, label: Label) -> bool {
        self.labels[label.0 as usize] != NO_LABEL
    }

    /// Index of a constant.
    pub fn constant(&mut self, value: Const) -> u32 {
        if let Some(&i) = self.const_index.get(&value) {
            return i;
        }
        let i = self.consts.len() as u32;
        self.consts.push(value.clone());
        self.const_index.insert(value, i);
        i
    }

    /// Index of a constant that must be found by 16 bits.
    pub fn constant16(&mut self, value: Const) -> u16 {
        let i = self.constant(value);
        self.in_16_bits(i as usize)
    }

    fn in_16_bits(&mut self, i: usize) -> u16 {
        u16::try_from(i).unwrap_or_else(|_| {
            self.overflow = true;
            0
        })
    }

    /// Index of a name.
    pub fn name_index(&mut self, name: &Name) -> u16 {
        if let Some(&i) = self.name_index.get(name) {
            return i;
        }
        let i = self.in_16_bits(self.names.len());
        self.names.push(name.clone());
        self.name_index.insert(name.clone(), i);
        i
    }

    // ---- regions -----------------------------------------------------------------------------------------------------

    /// Opens a region.
    pub fn open_region(&mut self, target: Label, reg: Reg) -> RegionId {
        let depth = self.open_regions;
        self.open_regions += 1;
        let open = Some(self.code.len() as u32);
        self.regions.push(Region { target, reg, depth, ranges: Vec::new(), open });
        self.regions.len() - 1
    }

    /// Ends the open range of a region.
    pub fn suspend_region(&mut self, id: RegionId) {
        let here = self.code.len() as u32;
        let region = &mut self.regions[id];
        if let Some(start) = region.open.take() {
            if start < here {
                region.ranges.push((start, here));
            }
            self.open_regions -= 1;
        }
    }

    /// Opens a new range of a region.
    pub fn resume_region(&mut self, id: RegionId) {
        let here = self.code.len() as u32;
        self.regions[id].open = Some(here);
        self.open_regions += 1;
    }
}

/// Names with which code inside a comprehension may look its variables up by name.
const LOOKERS: [&str; 8] = ["eval", "exec", "locals", "vars", "dir", "breakpoint", "sys", "inspect"];

/// Whether a comprehension, or one inside it, names something that may look variables up by name.
fn is_watched(table: &SymbolTable, id: ScopeId) -> bool {
    let scope = &table.scopes[id];
    let inner = |&child: &ScopeId| {
        table.scopes[child].kind == ScopeKind::Comprehension
            && crate::symbols_build::with_stack(|| is_watched(table, child))
    };
    LOOKERS.iter().any(|name| scope.symbols.contains_key(*name)) || scope.children.iter().any(inner)
}

/// Variables of all comprehensions that run in this scope's frame, with their nesting among variables of the same name, and whether
/// they are looked up by name.
fn collect_hidden(table: &SymbolTable, id: ScopeId, active: &mut Vec<ScopeId>, out: &mut Vec<(Name, u32, bool)>) {
    for &child in &table.scopes[id].children {
        let scope = &table.scopes[child];
        if scope.kind != ScopeKind::Comprehension {
            continue;
        }
        let watched = is_watched(table, child);
        for name in &scope.order {
            if matches!(scope.symbols[name].meaning, Meaning::Local | Meaning::Cell) {
                let level = hidden_level(table, active, name);
                match out.iter_mut().find(|(n, l, _)| n == name && *l == level) {
                    Some((_, _, w)) => *w |= watched,
                    None => out.push((name.clone(), level, watched)),
                }
            }
        }
        active.push(child);
        crate::symbols_build::with_stack(|| collect_hidden(table, child, active, out));
        active.pop();
    }
}

/// How many of the comprehensions around have a variable of this name.
pub fn hidden_level(table: &SymbolTable, active: &[ScopeId], name: &Name) -> u32 {
    let own = |id: &&ScopeId| matches!(table.scopes[**id].meaning(name.as_str()), Meaning::Local | Meaning::Cell);
    active.iter().filter(own).count() as u32
}
