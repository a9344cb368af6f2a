//! Class definitions.

use std::sync::Arc;

use engine_code::{Code, CodeFlags, Const, Instruction as I, Intrinsic, Wtf8};
use ruff_python_ast::name::Name;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

use crate::codegen::Compiler;
use crate::errors::Result;
use crate::function::FUNCTION_WINDOW;
use crate::symtable::Role;
use crate::unit::Reg;

impl<'a> Compiler<'a> {
    /// A `class` statement.
    pub fn class_def(&mut self, s: &'a ast::StmtClassDef) -> Result {
        let statement = self.definition_range(s.range, &s.decorator_list, s.name.range, "class");
        let decorators = self.decorators(&s.decorator_list)?;
        let firstlineno = self.first_line(&s.decorator_list, statement);
        self.range = statement;
        let window = self.alloc();
        match &s.type_params {
            None => self.build_class(s, window, firstlineno, statement)?,
            Some(params) => {
                self.alloc();
                let code = self.generic_class(s, params, firstlineno, statement)?;
                self.range = statement;
                self.call_fresh(code, window, 0);
            }
        }
        let made = self.apply_decorators(&decorators, &s.decorator_list, window);
        self.range = statement;
        self.store_name(&s.name.id, made);
        Ok(())
    }

    /// Calls `__build_class__` with the body's function, the name, the bases and the keywords; result in `window`, the
    /// topmost temporary.
    pub fn build_class(
        &mut self,
        s: &'a ast::StmtClassDef,
        window: Reg,
        firstlineno: u32,
        statement: TextRange,
    ) -> Result {
        let code = self.class_body(s, firstlineno)?;
        self.range = statement;
        self.emit(I::LoadBuildClass, window);
        self.alloc();
        let mark = self.mark();
        let empty: &'a [Expr] = &[];
        let (bases, keywords) = match &s.arguments {
            Some(a) => (&a.args[..], &a.keywords[..]),
            None => (empty, &[][..]),
        };
        let generic = s.type_params.is_some();
        let spread = bases.iter().any(Expr::is_starred_expr)
            || keywords.iter().any(|k| k.arg.is_none())
            || bases.len() + keywords.len() > 60;
        let function = self.alloc();
        self.reserve(FUNCTION_WINDOW - 1);
        self.make_function(function, code, 0);
        self.free_to(function as u16 + 1);
        let name = self.alloc();
        self.load_str(name, s.name.as_str());
        if !spread {
            for base in bases {
                self.push(base)?;
            }
            if generic {
                let t = self.alloc();
                self.generic_base(t);
            }
            for keyword in keywords {
                self.push(&keyword.value)?;
            }
            let n = 2 + bases.len() + keywords.len() + generic as usize;
            if keywords.is_empty() {
                self.emit(I::Call, (window, n as u8, window));
            } else {
                let names: Vec<Const> = keywords
                    .iter()
                    .filter_map(|k| k.arg.as_ref())
                    .map(|n| Const::Str(Wtf8::from(n.as_str())))
                    .collect();
                let x = self.u().constant16(Const::Tuple(names.into()));
                self.emit(I::CallKw, (window, n as u8, window, x));
            }
            return Ok(());
        }
        // The list starts with function and name, in the register where the function is.
        let list = function;
        self.emit(I::BuildList, (list, function, 2));
        self.free_to(mark);
        let list_reg = self.alloc();
        debug_assert_eq!(list, list_reg);
        let inner = self.mark();
        // The dict of keywords stands next to the list; reserve its register before anything else is pushed.
        let dict = self.alloc();
        for base in bases {
            match base {
                Expr::Starred(s) => {
                    let r = self.operand(&s.value, None, &[])?;
                    self.emit(I::ListExtend, (list, r, 1));
                }
                other => {
                    let r = self.operand(other, None, &[])?;
                    self.emit(I::ListAppend, (list, r));
                }
            }
            self.free_to(dict as u16 + 1);
        }
        if generic {
            let t = self.alloc();
            self.generic_base(t);
            self.emit(I::ListAppend, (list, t));
            self.free_to(t);
        }
        self.class_keywords(keywords, dict, window)?;
        self.emit(I::CallEx, (window, window, false));
        self.free_to(inner);
        Ok(())
    }

    fn class_keywords(&mut self, keywords: &'a [ast::Keyword], dict: Reg, callee: Reg) -> Result {
        if keywords.is_empty() {
            self.emit(I::Clear, dict);
            return Ok(());
        }
        self.emit(I::BuildMap, (dict, dict, 0));
        for keyword in keywords {
            let mark = self.mark();
            match &keyword.arg {
                None => {
                    let r = self.operand(&keyword.value, None, &[])?;
                    self.emit(I::DictMerge, (dict, r, callee));
                }
                Some(name) => {
                    let pair = self.alloc();
                    let key = self.alloc();
                    self.load_str(key, name.as_str());
                    self.push(&keyword.value)?;
                    self.emit(I::BuildMap, (pair, key, 1));
                    self.emit(I::DictMerge, (dict, pair, callee));
                }
            }
            self.free_to(mark);
        }
        Ok(())
    }

    fn generic_base(&mut self, dst: Reg) {
        self.load_name(&Name::new_static(".type_params"), dst);
        self.intrinsic(Intrinsic::SubscriptGeneric, dst, dst);
    }

    /// Compiles a class body.
    fn class_body(&mut self, s: &'a ast::StmtClassDef, firstlineno: u32) -> Result<Arc<Code>> {
        let statement = self.range;
        let scope = self.scope_of(s, Role::Body)?;
        let qualname = self.qualname(s.name.as_str());
        self.enter(scope, qualname.clone(), &[], CodeFlags::default(), firstlineno);
        // The line of the first decorator.
        self.range = s.decorator_list.first().map_or(statement, Ranged::range);
        let t = self.alloc();
        self.emit_name(I::LoadName, &Name::new_static("__name__"), |name| (t, name));
        self.class_variable("__module__", t);
        self.load_str(t, &qualname);
        self.class_variable("__qualname__", t);
        self.load_const(t, Const::Int(firstlineno as i64));
        self.class_variable("__firstlineno__", t);
        if s.type_params.is_some() {
            self.load_name(&Name::new_static(".type_params"), t);
            self.class_variable("__type_params__", t);
        }
        let classdict = self.class_cell("__classdict__");
        if let Some(cell) = classdict {
            self.emit(I::LoadLocals, t);
            self.emit(I::StoreCell, (cell, t));
        }
        let mut body = &s.body[..];
        if let Some((doc, rest)) = crate::literal::split_docstring(self.source, body) {
            body = rest;
            if self.flags.optimize < 2 {
                let saved = self.at(doc.1);
                self.load_const(t, Const::Str(doc.0));
                self.class_variable("__doc__", t);
                self.range = saved;
            }
        }
        self.free_to(t);
        self.scope_annotations(body)?;
        self.conditional_set();
        self.stmts(body)?;
        self.range = statement;
        self.annotate_function("__annotate_func__")?;
        // What ends the class belongs to the line that ran last.
        self.range = TextRange::default();
        let t = self.alloc();
        let attributes: Vec<Const> =
            self.unit().static_attributes.iter().map(|a| Const::Str(a.as_str().into())).collect();
        self.load_const(t, Const::Tuple(attributes.into()));
        self.class_variable("__static_attributes__", t);
        if let Some(cell) = classdict {
            self.emit(I::MoveReg, (t, cell));
            self.class_variable("__classdictcell__", t);
        }
        match self.class_cell("__class__") {
            Some(cell) => {
                self.emit(I::MoveReg, (t, cell));
                self.class_variable("__classcell__", t);
                self.emit(I::ReturnValue, t);
            }
            None => self.return_none(),
        }
        self.leave()
    }

    fn class_variable(&mut self, name: &'static str, src: Reg) {
        self.emit_name(I::StoreName, &Name::new_static(name), |name| (src, name));
    }

    /// The register of an implicit cell of the class body.
    pub fn class_cell(&self, name: &'static str) -> Option<Reg> {
        let unit = self.unit();
        let has = self.table.scopes[unit.scope].has_cell(name);
        unit.regs.get(name).copied().filter(|_| has)
    }
}
