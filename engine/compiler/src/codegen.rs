//! The code generator's core: emission of instructions, access to names, units.

use std::sync::Arc;

use engine_code::formats::Assemble;
use engine_code::{Code, CodeFlags, Const, Instruction as I, Intrinsic};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::errors::{Error, Result};
use crate::source::Source;
use crate::symbols_build::{MAX_DEPTH, with_stack};
use crate::symtable::{Meaning, Role, ScopeId, ScopeKind, SymbolTable, Uses, mangle};
use crate::unit::{Block, Ins, Label, NO_LABEL, Place, Reg, Unit};
use crate::{CompileFlags, Mode, Warning};

/// Generates code for a module's tree.
pub struct Compiler<'a> {
    /// The text.
    pub source: &'a Source<'a>,
    /// The scopes.
    pub table: &'a SymbolTable,
    /// Units being built, innermost last; never empty while compiling.
    pub units: Vec<Unit<'a>>,
    /// Source range of what is being emitted.
    pub range: TextRange,
    /// Options.
    pub flags: CompileFlags,
    /// `Mode::Single`: expression statements are printed.
    pub interactive: bool,
    /// Warnings found.
    pub warnings: Vec<Warning>,
    depth: u32,
}

impl<'a> Compiler<'a> {
    /// A compiler for a table.
    pub fn new(source: &'a Source<'a>, table: &'a SymbolTable, flags: CompileFlags, mode: Mode) -> Compiler<'a> {
        Compiler {
            source,
            table,
            units: Vec::new(),
            range: TextRange::default(),
            flags,
            interactive: mode == Mode::Single,
            warnings: Vec::new(),
            depth: 0,
        }
    }

    /// Compiles a module body.
    pub fn module(&mut self, body: &'a [Stmt]) -> Result<Arc<Code>> {
        self.enter(0, "<module>".to_string(), &[], CodeFlags::default(), 1);
        let mut body = body;
        if !self.interactive
            && let Some((doc, rest)) = crate::literal::split_docstring(self.source, body)
        {
            body = rest;
            if self.flags.optimize < 2 {
                let saved = self.at(doc.1);
                let t = self.alloc();
                self.load_const(t, Const::Str(doc.0));
                self.store_name(&Name::new_static("__doc__"), t);
                self.free_to(t);
                self.range = saved;
            }
        }
        self.scope_annotations_prologue(body)?;
        self.stmts(body)?;
        self.range = TextRange::default();
        self.return_at_end();
        self.leave()
    }

    /// Compiles an expression to code that returns its value.
    pub fn expression(&mut self, expr: &'a Expr) -> Result<Arc<Code>> {
        self.enter(0, "<module>".to_string(), &[], CodeFlags::default(), 1);
        let r = self.operand(expr, None, &[])?;
        self.range = expr.range();
        self.emit(I::ReturnValue, r);
        self.leave()
    }

    // ---- units -------------------------------------------------------------------------------------------------------

    /// The innermost unit.
    pub fn u(&mut self) -> &mut Unit<'a> {
        let last = self.units.len() - 1;
        &mut self.units[last]
    }

    /// The innermost unit, shared.
    pub fn unit(&self) -> &Unit<'a> {
        &self.units[self.units.len() - 1]
    }

    /// Starts a unit; emits what its frame needs first.
    pub fn enter(&mut self, scope: ScopeId, qualname: String, params: &[Name], flags: CodeFlags, line: u32) {
        let mut unit = Unit::new(self.table, scope, qualname, params, line);
        let s = &self.table.scopes[scope];
        unit.flags = flags;
        unit.flags.0 |= self.table.future_flags;
        if self.flags.future_barry {
            unit.flags |= CodeFlags::FUTURE_BARRY_AS_BDFL;
        }
        if self.table.future_annotations {
            unit.flags |= CodeFlags::FUTURE_ANNOTATIONS;
        }
        if s.kind.is_function_like() {
            unit.flags |= CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS;
        }
        if s.nested && s.kind.is_function_like() {
            unit.flags |= CodeFlags::NESTED;
        }
        let (generator, coroutine) = match s.kind {
            ScopeKind::Function | ScopeKind::Generator | ScopeKind::Module => (s.is_generator, s.is_coroutine),
            _ => (false, false),
        };
        match (generator, coroutine) {
            (true, true) => unit.flags |= CodeFlags::ASYNC_GENERATOR,
            (true, false) => unit.flags |= CodeFlags::GENERATOR,
            (false, true) => unit.flags |= CodeFlags::COROUTINE,
            _ => {}
        }
        let big = unit.big_names.len();
        let big_reg = unit.big_reg;
        let cells: Vec<Reg> = unit.own_cells(s).map(|(_, reg)| reg).collect();
        let is_generator = unit.flags.is_generator_like();
        self.units.push(unit);
        self.range = TextRange::default();
        let gathered = self.unit().gathered;
        if gathered > 0 {
            self.emit(I::MakeBig, (big_reg, 1, big as u16));
        }
        if is_generator {
            self.emit(I::ReturnGenerator, ());
        }
        if big > 0 && gathered == 0 {
            self.emit(I::MakeBig, (big_reg, 0, big as u16));
        }
        for reg in cells {
            self.emit(I::MakeCell, reg);
        }
        for i in self.unit().big_cells.clone() {
            let t = self.alloc();
            if i < gathered {
                self.emit(I::LoadBig, (t, big_reg, i));
            } else {
                self.emit(I::Clear, t);
            }
            self.emit(I::MakeCell, t);
            self.emit(I::StoreBig, (big_reg, t, i));
            self.free_to(t);
        }
    }

    /// A new temporary with the cell that the array of locals holds at an index.
    fn big_cell(&mut self, i: u16) -> Reg {
        let t = self.alloc();
        let array = self.u().big_reg;
        self.emit(I::LoadBig, (t, array, i));
        t
    }

    /// Finishes the innermost unit.
    pub fn leave(&mut self) -> Result<Arc<Code>> {
        let Some(unit) = self.units.pop() else { return Err(Error::internal("no unit")) };
        crate::assemble::assemble(unit, self.source, self.table)
    }

    /// Qualified name for something defined in the current unit.
    pub fn qualname(&self, name: &str) -> String {
        let Some(unit) = self.units.last() else { return name.to_string() };
        let mut parent = unit;
        if parent.kind == ScopeKind::TypeParams && self.units.len() > 1 {
            parent = &self.units[self.units.len() - 2];
        }
        match parent.kind {
            ScopeKind::Module => name.to_string(),
            _ => {
                let scope = &self.table.scopes[parent.scope];
                let global = scope.meaning(mangle(parent.private.as_ref(), &Name::new(name)).as_str());
                if global == Meaning::GlobalExplicit && !name.starts_with('<') {
                    return name.to_string();
                }
                match parent.kind {
                    ScopeKind::Class | ScopeKind::Generator => format!("{}.{name}", parent.qualname),
                    _ => format!("{}.<locals>.{name}", parent.qualname),
                }
            }
        }
    }

    /// Runs `f` one level deeper in the tree.
    pub fn deeper<T>(&mut self, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::recursion());
        }
        let result = with_stack(|| f(self));
        self.depth -= 1;
        result
    }

    /// Sets the current source range; returns the old one.
    pub fn at(&mut self, range: TextRange) -> TextRange {
        std::mem::replace(&mut self.range, range)
    }

    /// Records a warning.
    pub fn warn(&mut self, message: impl Into<String>, range: TextRange) {
        self.warnings.push(Warning::new(self.source, message.into(), range, false));
    }

    // ---- registers and labels ----------------------------------------------------------------------------------------

    /// Takes a temporary.
    pub fn alloc(&mut self) -> Reg {
        self.u().alloc()
    }

    /// Takes more temporaries.
    pub fn reserve(&mut self, n: u16) {
        for _ in 0..n {
            self.alloc();
        }
    }

    /// Next free temporary, to be handed to [`Compiler::free_to`].
    pub fn mark(&mut self) -> u16 {
        self.u().top
    }

    /// Frees this temporary and all above.
    pub fn free_to(&mut self, mark: impl Into<u16>) {
        self.u().top = mark.into();
    }

    /// A new label.
    pub fn label(&mut self) -> Label {
        self.u().label()
    }

    /// Puts a label here.
    pub fn place(&mut self, label: Label) {
        self.u().place(label);
    }

    /// `Some(r)` if `r` is a temporary, which may hold an intermediate result.
    pub fn hint(&self, r: Reg) -> Option<Reg> {
        self.unit().is_temp(r).then_some(r)
    }

    // ---- emission ----------------------------------------------------------------------------------------------------

    /// Emits an instruction of this opcode.
    pub fn emit<F: Assemble>(&mut self, op: fn(F) -> I, operands: F::Given) {
        self.put(op(F::assemble(operands)), NO_LABEL);
    }

    /// Emits an instruction that names something.
    pub fn emit_name<F: Assemble>(&mut self, op: fn(F) -> I, name: &Name, operands: impl FnOnce(u16) -> F::Given) {
        let name = self.u().name_index(name);
        self.emit(op, operands(name));
    }

    /// Emits a conditional jump. Backward jumps must be of opcodes that poll.
    pub fn emit_jump<F: Assemble>(&mut self, op: fn(F) -> I, operands: F::Given, label: Label) {
        self.put(op(F::assemble(operands)), label.0);
    }

    /// Emits an instruction; `label` is where it jumps to, or [`NO_LABEL`].
    pub fn put(&mut self, instruction: I, label: u32) {
        let range = self.range;
        self.u().code.push(Ins { instruction, label, stays: false, range });
    }

    /// Jumps.
    pub fn jump(&mut self, label: Label) {
        let op = if self.u().is_placed(label) { I::LoopBack } else { I::Jump };
        self.emit_jump(op, (), label);
    }

    /// `dst = src`.
    pub fn mov(&mut self, dst: Reg, src: Reg) {
        if dst != src {
            self.emit(I::MoveReg, (dst, src));
        }
    }

    /// `dst = constant`.
    pub fn load_const(&mut self, dst: Reg, value: Const) {
        if let Const::Int(n) = value
            && let Ok(n) = i16::try_from(n)
        {
            self.emit(I::LoadInt, (dst, n));
            return;
        }
        let i = self.u().constant(value);
        match u16::try_from(i) {
            Ok(i) => self.emit(I::LoadConst, (dst, i)),
            Err(_) => self.emit(I::LoadConstWide, (dst, i)),
        }
    }

    /// `dst = "text"`.
    pub fn load_str(&mut self, dst: Reg, text: &str) {
        self.load_const(dst, Const::Str(text.into()));
    }

    /// `dst = None`.
    pub fn load_none(&mut self, dst: Reg) {
        self.load_const(dst, Const::None);
    }

    /// `dst` = intrinsic of `r[src]` (and the next register).
    pub fn intrinsic(&mut self, which: Intrinsic, dst: Reg, src: Reg) {
        self.emit(I::CallIntrinsic, (dst, src, which as u8));
    }

    /// `return None`
    pub fn return_none(&mut self) {
        self.return_const(Const::None);
    }

    /// The return at the end of a function or module that nobody wrote.
    pub fn return_at_end(&mut self) {
        self.return_none();
        let unit = self.u();
        unit.end = unit.code.len().checked_sub(1);
    }

    /// Returns a constant.
    pub fn return_const(&mut self, value: Const) {
        let i = self.u().constant(value);
        match u16::try_from(i) {
            Ok(i) => self.emit(I::ReturnConst, i),
            Err(_) => {
                let t = self.alloc();
                self.emit(I::LoadConstWide, (t, i));
                self.emit(I::ReturnValue, t);
                self.free_to(t);
            }
        }
    }

    // ---- names -------------------------------------------------------------------------------------------------------

    /// The name as it is mangled here.
    pub fn mangled(&self, name: &Name) -> Name {
        mangle(self.unit().private.as_ref(), name)
    }

    /// Where a (mangled) name lives.
    pub fn lookup(&self, name: &Name) -> Place {
        let unit = self.unit();
        let mut from_comprehension = false;
        for comp in unit.comps.iter().rev() {
            let symbol = self.table.scopes[comp.scope].symbol(name.as_str()).unwrap_or_default();
            match symbol.meaning {
                Meaning::Local | Meaning::Cell => match comp.regs.get(name) {
                    Some(&reg) if symbol.meaning == Meaning::Cell => return Place::Cell(reg),
                    Some(&reg) => return Place::Reg(reg, true),
                    None => return Place::Global,
                },
                Meaning::GlobalExplicit => return Place::Global,
                // The scope around need not know the name at all.
                Meaning::GlobalImplicit | Meaning::Unknown => {
                    return if unit.kind == ScopeKind::Module { Place::Name } else { Place::Global };
                }
                Meaning::Free => from_comprehension = true,
            }
        }
        let scope = &self.table.scopes[unit.scope];
        let symbol = scope.symbol(name.as_str()).unwrap_or_default();
        let free = unit.free.get(name).copied();
        if from_comprehension && unit.kind == ScopeKind::Class {
            // The class namespace is invisible inside a comprehension; the implicit cells are not.
            return match (free, symbol.meaning) {
                (Some(i), _) => Place::Free(i),
                (None, Meaning::Cell) => unit.regs.get(name).map_or(Place::Global, |&r| Place::Cell(r)),
                _ => Place::Global,
            };
        }
        match symbol.meaning {
            Meaning::Local | Meaning::Cell if unit.kind.is_function_like() => {
                if let Some(&i) = unit.big.get(name) {
                    return if symbol.meaning == Meaning::Cell { Place::BigCell(i) } else { Place::Big(i) };
                }
                let Some(&reg) = unit.regs.get(name) else { return Place::Global };
                if symbol.meaning == Meaning::Cell {
                    return Place::Cell(reg);
                }
                let certain = symbol.uses.any(Uses::PARAM) && !symbol.uses.any(Uses::DELETED);
                Place::Reg(reg, !certain)
            }
            Meaning::Cell if unit.regs.contains_key(name) && unit.kind == ScopeKind::Class => {
                Place::Cell(unit.regs[name])
            }
            Meaning::Local | Meaning::Cell => Place::Name,
            Meaning::Free => match free {
                None => Place::Global,
                Some(i) if unit.kind == ScopeKind::Class && !is_implicit(name) => Place::ClassFree(i),
                Some(i) if scope.sees_class && !from_comprehension && !is_implicit(name) => Place::DictFree(i),
                Some(i) => Place::Free(i),
            },
            Meaning::GlobalExplicit => Place::Global,
            // Unknown: a name that only an inlined comprehension of this scope uses.
            Meaning::GlobalImplicit | Meaning::Unknown => match unit.kind {
                ScopeKind::Module | ScopeKind::Class => Place::Name,
                _ if scope.sees_class => Place::DictGlobal,
                _ => Place::Global,
            },
        }
    }

    /// The register of a name's value, if it lives in one and may be used directly; checked to be bound.
    pub fn name_register(&mut self, name: &Name) -> Option<Reg> {
        let name = self.mangled(name);
        match self.lookup(&name) {
            Place::Reg(reg, uncertain) => {
                if uncertain {
                    self.emit(I::CheckBound, reg);
                }
                Some(reg)
            }
            _ => None,
        }
    }

    /// The register that an assignment to this name writes, if it is one.
    pub fn target_register(&self, name: &Name) -> Option<Reg> {
        match self.lookup(&self.mangled(name)) {
            Place::Reg(reg, _) => Some(reg),
            _ => None,
        }
    }

    /// `dst = name`.
    pub fn load_name(&mut self, name: &Name, dst: Reg) {
        let name = self.mangled(name);
        match self.lookup(&name) {
            Place::Reg(reg, uncertain) => {
                if uncertain {
                    self.emit(I::CheckBound, reg);
                }
                self.mov(dst, reg);
            }
            Place::Cell(reg) => self.emit(I::LoadCell, (dst, reg)),
            Place::Free(i) => self.emit(I::LoadFree, (dst, i)),
            Place::ClassFree(i) => {
                let t = self.alloc();
                self.emit(I::LoadLocals, t);
                self.load_dict_or_free(dst, t, i, &name);
                self.free_to(t);
            }
            Place::DictFree(i) => {
                let t = self.alloc();
                self.load_classdict(t);
                self.load_dict_or_free(dst, t, i, &name);
                self.free_to(t);
            }
            Place::DictGlobal => {
                let t = self.alloc();
                self.load_classdict(t);
                self.emit_name(I::LoadDictOrGlobal, &name, |name| (dst, t, name));
                self.free_to(t);
            }
            Place::Global => self.emit_name(I::LoadGlobal, &name, |name| (dst, name)),
            Place::Name => self.emit_name(I::LoadName, &name, |name| (dst, name)),
            Place::Big(i) => {
                let reg = self.u().big_reg;
                self.emit(I::LoadBig, (dst, reg, i));
            }
            Place::BigCell(i) => {
                let t = self.big_cell(i);
                self.emit(I::LoadCell, (dst, t));
                self.free_to(t);
            }
        }
    }

    fn load_dict_or_free(&mut self, dst: Reg, dict: Reg, index: u16, name: &Name) {
        let x = self.u().name_index(name);
        if index > 255 {
            self.u().overflow = true;
        }
        self.emit(I::LoadDictOrFree, (dst, dict, index as u8, x));
    }

    fn load_classdict(&mut self, dst: Reg) {
        self.load_name(&Name::new_static("__classdict__"), dst);
    }

    /// `name = src`.
    pub fn store_name(&mut self, name: &Name, src: Reg) {
        let name = self.mangled(name);
        match self.lookup(&name) {
            Place::Reg(reg, _) => self.mov(reg, src),
            Place::Cell(reg) => self.emit(I::StoreCell, (reg, src)),
            Place::Free(i) | Place::DictFree(i) => self.emit(I::StoreFree, (src, i)),
            Place::ClassFree(i) => {
                // Only `nonlocal` names are assigned through the closure of a class body.
                let scope = &self.table.scopes[self.unit().scope];
                let nonlocal = scope.symbol(name.as_str()).is_some_and(|s| s.uses.any(Uses::NONLOCAL));
                if nonlocal {
                    self.emit(I::StoreFree, (src, i));
                } else {
                    self.emit_name(I::StoreName, &name, |name| (src, name));
                }
            }
            Place::Global | Place::DictGlobal => self.emit_name(I::StoreGlobal, &name, |name| (src, name)),
            Place::Name => self.emit_name(I::StoreName, &name, |name| (src, name)),
            Place::Big(i) => {
                let reg = self.u().big_reg;
                self.emit(I::StoreBig, (reg, src, i));
            }
            Place::BigCell(i) => {
                let t = self.big_cell(i);
                self.emit(I::StoreCell, (t, src));
                self.free_to(t);
            }
        }
    }

    /// `del name`.
    pub fn delete_name(&mut self, name: &Name) {
        let name = self.mangled(name);
        match self.lookup(&name) {
            Place::Reg(reg, _) => self.emit(I::DeleteLocal, reg),
            Place::Cell(reg) => self.emit(I::DeleteCell, reg),
            Place::Free(i) | Place::DictFree(i) | Place::ClassFree(i) => self.emit(I::DeleteFree, i),
            Place::Global | Place::DictGlobal => self.emit_name(I::DeleteGlobal, &name, |name| name),
            Place::Name => self.emit_name(I::DeleteName, &name, |name| name),
            Place::Big(i) => {
                let reg = self.u().big_reg;
                self.emit(I::DeleteBig, (reg, i));
            }
            Place::BigCell(i) => {
                let t = self.big_cell(i);
                self.emit(I::DeleteCell, t);
                self.free_to(t);
            }
        }
    }

    /// Unbinds the name of an `except` clause, which the clause may have deleted itself.
    pub fn unbind_name(&mut self, name: &Name) {
        let mangled = self.mangled(name);
        if let Place::Reg(reg, _) = self.lookup(&mangled) {
            self.emit(I::Clear, reg);
            return;
        }
        let t = self.alloc();
        self.load_none(t);
        self.store_name(name, t);
        self.delete_name(name);
        self.free_to(t);
    }

    // ---- functions ---------------------------------------------------------------------------------------------------

    /// `window = function of code`; what `flags` announce is already in the window's registers. Adds the closure.
    pub fn make_function(&mut self, window: Reg, code: Arc<Code>, mut flags: u16) {
        if !code.freevars.is_empty() {
            let mark = self.mark();
            let base = self.mark() as Reg;
            let count = code.freevars.len();
            let closure = window.wrapping_add(3);
            if count <= 60 {
                for name in code.freevars.iter() {
                    let t = self.alloc();
                    self.load_cell_reference(t, &Name::new(name));
                }
                self.emit(I::BuildTuple, (closure, base, count as u8));
            } else {
                let t = self.alloc();
                self.emit(I::BuildList, (closure, closure, 0));
                for name in code.freevars.iter() {
                    self.load_cell_reference(t, &Name::new(name));
                    self.emit(I::ListAppend, (closure, t));
                }
                self.emit(I::ListToTuple, (closure, closure));
            }
            self.free_to(mark);
            flags |= engine_code::opcodes::func::CLOSURE;
        }
        let code = self.u().constant16(Const::Code(code));
        self.emit(I::MakeFunction, (window, code, flags));
    }

    /// `dst` = the cell of a variable that an inner function captures.
    fn load_cell_reference(&mut self, dst: Reg, name: &Name) {
        // The name is mangled already.
        for i in (0..self.unit().comps.len()).rev() {
            let comp = &self.unit().comps[i];
            if self.table.scopes[comp.scope].meaning(name.as_str()) == Meaning::Cell
                && let Some(&reg) = comp.regs.get(name)
            {
                self.emit(I::MoveReg, (dst, reg));
                return;
            }
        }
        let unit = self.unit();
        let is_cell = self.table.scopes[unit.scope].has_cell(name.as_str());
        if is_cell && let Some(&i) = unit.big.get(name) {
            let array = unit.big_reg;
            self.emit(I::LoadBig, (dst, array, i));
        } else if is_cell && let Some(&reg) = unit.regs.get(name) {
            self.emit(I::MoveReg, (dst, reg));
        } else if let Some(&i) = unit.free.get(name) {
            self.emit(I::LoadFreeCell, (dst, i));
        } else {
            self.u().overflow = true;
        }
    }

    /// Takes a window of `n` registers whose first is `dst` if that is the topmost temporary.
    pub fn window(&mut self, dst: Reg, n: u16) -> Reg {
        let top = self.u().top;
        let base = if self.u().is_temp(dst) && dst as u16 + 1 == top { dst } else { self.alloc() };
        for _ in 1..n {
            self.alloc();
        }
        base
    }

    /// Scope of a node's role; an internal error if the first pass has not made it.
    pub fn scope_of<T>(&self, node: &T, role: Role) -> Result<ScopeId> {
        self.table.find(node, role).ok_or_else(|| Error::internal("scope missing"))
    }

    /// Whether the innermost code may suspend as a coroutine.
    pub fn in_async(&self) -> bool {
        let flags = self.unit().flags;
        flags.0 & (CodeFlags::COROUTINE.0 | CodeFlags::ASYNC_GENERATOR.0) != 0
            || (self.unit().kind == ScopeKind::Module && self.flags.top_level_await)
    }

    /// The blocks around, innermost last.
    pub fn blocks(&mut self) -> &mut Vec<Block<'a>> {
        &mut self.u().blocks
    }
}

/// Variables that the compiler makes: never looked up in a class namespace.
fn is_implicit(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__class__" | "__classdict__" | "__conditional_annotations__")
}
