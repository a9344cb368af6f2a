//! Statements of a syntax tree.

use ruff_python_ast as ast;
use ruff_python_ast::{AtomicNodeIndex, ExprContext, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::build::{Builder, Built, Fields, forbidden, operator, value};
use super::{Class, Field, Node, TreeError};

const LOAD: ExprContext = ExprContext::Load;
const STORE: ExprContext = ExprContext::Store;

impl Builder {
    pub(super) fn stmts(&mut self, all: Vec<Field>) -> Built<ast::Suite> {
        all.into_iter()
            .map(|f| match f {
                Field::Node(node) => self.deeper(|b| b.stmt(*node)),
                _ => value("None disallowed in statement list"),
            })
            .collect()
    }

    fn body(&mut self, f: &mut Fields) -> Built<ast::Suite> {
        let all = f.filled("body")?;
        self.stmts(all)
    }

    fn stmt(&mut self, node: Node) -> Built<Stmt> {
        let range = self.range(node.place)?;
        let node_index = AtomicNodeIndex::NONE;
        let mut f = Fields::new(node);
        Ok(match f.class {
            Class::FunctionDef | Class::AsyncFunctionDef => self.function(f, range)?,
            Class::ClassDef => self.class(f, range)?,
            Class::Return => {
                let node = f.opt_node()?;
                Stmt::Return(ast::StmtReturn { value: self.opt_expr(node)?, range, node_index })
            }
            Class::Delete => {
                let targets = self.exprs(f.filled("targets")?, ExprContext::Del)?;
                Stmt::Delete(ast::StmtDelete { targets, range, node_index })
            }
            Class::Assign => {
                let targets = self.exprs(f.filled("targets")?, STORE)?;
                Stmt::Assign(ast::StmtAssign { targets, value: self.boxed(f.node()?)?, range, node_index })
            }
            Class::TypeAlias => {
                let name = f.node()?;
                if name.class != Class::Name {
                    return Err(TreeError::Type("TypeAlias with non-Name name".into()));
                }
                let name = Box::new(self.expr(name, STORE)?);
                let type_params = self.type_params(f.list()?, range)?;
                let value = self.boxed(f.node()?)?;
                Stmt::TypeAlias(ast::StmtTypeAlias { name, type_params, value, range, node_index })
            }
            Class::AugAssign => {
                let target = f.node()?;
                if !matches!(target.class, Class::Name | Class::Attribute | Class::Subscript) {
                    return Err(TreeError::System("invalid node type for augmented assignment".into()));
                }
                let target = Box::new(self.expr(target, STORE)?);
                let op = operator(f.symbol()?);
                Stmt::AugAssign(ast::StmtAugAssign { target, op, value: self.boxed(f.node()?)?, range, node_index })
            }
            Class::AnnAssign => {
                let (target, annotation, v, simple) = (f.node()?, f.node()?, f.opt_node()?, f.int()? != 0);
                match target.class {
                    Class::Name => {}
                    _ if simple => return Err(TreeError::Type("AnnAssign with simple non-Name target".into())),
                    Class::Attribute | Class::Subscript => {}
                    _ => return Err(TreeError::System("invalid node type for annotated assignment".into())),
                }
                let target = Box::new(self.expr(target, STORE)?);
                let (annotation, value) = (self.boxed(annotation)?, self.opt_expr(v)?);
                Stmt::AnnAssign(ast::StmtAnnAssign { target, annotation, value, simple, range, node_index })
            }
            Class::For | Class::AsyncFor => {
                let is_async = f.class == Class::AsyncFor;
                let target = Box::new(self.expr(f.node()?, STORE)?);
                let iter = self.boxed(f.node()?)?;
                let body = self.body(&mut f)?;
                let orelse = self.stmts(f.list()?)?;
                Stmt::For(ast::StmtFor { is_async, target, iter, body, orelse, range, node_index })
            }
            Class::While => {
                let test = self.boxed(f.node()?)?;
                let body = self.body(&mut f)?;
                let orelse = self.stmts(f.list()?)?;
                Stmt::While(ast::StmtWhile { test, body, orelse, range, node_index })
            }
            Class::If => {
                let test = self.boxed(f.node()?)?;
                let body = self.body(&mut f)?;
                let elif_else_clauses = self.clauses(f.list()?)?;
                Stmt::If(ast::StmtIf { test, body, elif_else_clauses, range, node_index })
            }
            Class::With | Class::AsyncWith => {
                let is_async = f.class == Class::AsyncWith;
                let items = self.with_items(f.filled("items")?)?;
                let body = self.body(&mut f)?;
                Stmt::With(ast::StmtWith { is_async, items, body, range, node_index })
            }
            Class::Match => {
                let subject = self.boxed(f.node()?)?;
                let cases = self.cases(f.filled("cases")?, range)?;
                Stmt::Match(ast::StmtMatch { subject, cases, range, node_index })
            }
            Class::Raise => {
                let (exc, cause) = (f.opt_node()?, f.opt_node()?);
                if exc.is_none() && cause.is_some() {
                    return value("Raise with cause but no exception");
                }
                let (exc, cause) = (self.opt_expr(exc)?, self.opt_expr(cause)?);
                Stmt::Raise(ast::StmtRaise { exc, cause, range, node_index })
            }
            Class::Try | Class::TryStar => {
                let name = f.class.name();
                let body = self.body(&mut f)?;
                let (handlers, orelse, finalbody) = (f.list()?, f.list()?, f.list()?);
                if handlers.is_empty() && finalbody.is_empty() {
                    return value(format!("{name} has neither except handlers nor finalbody"));
                }
                if handlers.is_empty() && !orelse.is_empty() {
                    return value(format!("{name} has orelse but no except handlers"));
                }
                let is_star = f.class == Class::TryStar;
                let handlers = handlers.into_iter().map(|h| self.handler(h)).collect::<Built<_>>()?;
                let (orelse, finalbody) = (self.stmts(orelse)?, self.stmts(finalbody)?);
                Stmt::Try(ast::StmtTry { body, handlers, orelse, finalbody, is_star, range, node_index })
            }
            Class::Assert => {
                let (test, msg) = (self.boxed(f.node()?)?, f.opt_node()?);
                Stmt::Assert(ast::StmtAssert { test, msg: self.opt_expr(msg)?, range, node_index })
            }
            Class::Import => {
                let names = self.aliases(f.filled("names")?)?;
                Stmt::Import(ast::StmtImport { names, is_lazy: false, range, node_index })
            }
            Class::ImportFrom => {
                let module = f.opt_name()?.map(|name| ast::Identifier::new(name, range));
                let names = f.filled("names")?;
                let level = f.int()?;
                let Ok(level) = u32::try_from(level) else { return value("Negative ImportFrom level") };
                let names = self.aliases(names)?;
                Stmt::ImportFrom(ast::StmtImportFrom { module, names, level, is_lazy: false, range, node_index })
            }
            Class::Global => {
                Stmt::Global(ast::StmtGlobal { names: identifiers(f.filled("names")?, range)?, range, node_index })
            }
            Class::Nonlocal => {
                Stmt::Nonlocal(ast::StmtNonlocal { names: identifiers(f.filled("names")?, range)?, range, node_index })
            }
            Class::Expr => Stmt::Expr(ast::StmtExpr { value: self.boxed(f.node()?)?, range, node_index }),
            Class::Pass => Stmt::Pass(ast::StmtPass { range, node_index }),
            Class::Break => Stmt::Break(ast::StmtBreak { range, node_index }),
            Class::Continue => Stmt::Continue(ast::StmtContinue { range, node_index }),
            other => return Err(TreeError::Type(format!("expected some sort of stmt, but got {}", other.name()))),
        })
    }

    fn function(&mut self, mut f: Fields, range: TextRange) -> Built<Stmt> {
        let is_async = f.class == Class::AsyncFunctionDef;
        let name = ast::Identifier::new(f.name()?, range);
        let parameters = f.node()?;
        let body = f.filled("body")?;
        let decorator_list = self.decorators(f.list()?)?;
        let returns = f.opt_node()?;
        f.next();
        let type_params = self.type_params(f.list()?, range)?;
        let parameters = Box::new(self.parameters(parameters, range)?);
        let (returns, body) = (self.opt_expr(returns)?, self.stmts(body)?);
        let node_index = AtomicNodeIndex::NONE;
        Ok(Stmt::FunctionDef(ast::StmtFunctionDef {
            is_async,
            decorator_list,
            name,
            type_params,
            parameters,
            returns,
            body,
            range,
            node_index,
        }))
    }

    fn class(&mut self, mut f: Fields, range: TextRange) -> Built<Stmt> {
        let name = ast::Identifier::new(f.name()?, range);
        let (bases, keywords) = (f.list()?, f.list()?);
        let body = f.filled("body")?;
        let decorator_list = self.decorators(f.list()?)?;
        let type_params = self.type_params(f.list()?, range)?;
        let arguments = if bases.is_empty() && keywords.is_empty() {
            None
        } else {
            let (args, keywords) = (self.exprs(bases, LOAD)?, self.keywords(keywords)?);
            Some(Box::new(ast::Arguments { args, keywords, range, node_index: AtomicNodeIndex::NONE }))
        };
        let body = self.stmts(body)?;
        let node_index = AtomicNodeIndex::NONE;
        Ok(Stmt::ClassDef(ast::StmtClassDef { decorator_list, name, type_params, arguments, body, range, node_index }))
    }

    fn decorators<C: FromIterator<ast::Decorator>>(&mut self, all: Vec<Field>) -> Built<C> {
        let all: Vec<ast::Expr> = self.exprs(all, LOAD)?;
        let decorator = |expression: ast::Expr| {
            let range = expression.range();
            ast::Decorator { expression, range, node_index: AtomicNodeIndex::NONE }
        };
        Ok(all.into_iter().map(decorator).collect())
    }

    /// What follows the body of an `if`: an `if` that is alone there is an `elif`.
    fn clauses(&mut self, mut orelse: Vec<Field>) -> Built<Vec<ast::ElifElseClause>> {
        let mut out = Vec::new();
        let node_index = AtomicNodeIndex::NONE;
        loop {
            let alone = matches!(&orelse[..], [Field::Node(node)] if node.class == Class::If);
            if !alone {
                break;
            }
            let Some(Field::Node(node)) = orelse.pop() else { break };
            let range = self.range(node.place)?;
            let mut f = Fields::new(*node);
            let test = Some(self.expr(f.node()?, LOAD)?);
            let body = self.body(&mut f)?;
            out.push(ast::ElifElseClause { range, node_index: AtomicNodeIndex::NONE, test, body });
            orelse = f.list()?;
        }
        if !orelse.is_empty() {
            let body = self.stmts(orelse)?;
            let range = body.first().map_or(TextRange::default(), Ranged::range);
            out.push(ast::ElifElseClause { range, node_index, test: None, body });
        }
        Ok(out)
    }

    fn with_items(&mut self, all: Vec<Field>) -> Built<Vec<ast::WithItem>> {
        let mut out = Vec::with_capacity(all.len());
        for field in all {
            let Field::Node(node) = field else { return value("None disallowed in withitem list") };
            let mut f = Fields::new(*node);
            let context_expr = self.expr(f.node()?, LOAD)?;
            let optional_vars = match f.opt_node()? {
                Some(node) => Some(Box::new(self.expr(node, STORE)?)),
                None => None,
            };
            let range = context_expr.range();
            out.push(ast::WithItem { context_expr, optional_vars, range, node_index: AtomicNodeIndex::NONE });
        }
        Ok(out)
    }

    fn handler(&mut self, field: Field) -> Built<ast::ExceptHandler> {
        let Field::Node(node) = field else { return value("None disallowed in excepthandler list") };
        let range = self.range(node.place)?;
        let mut f = Fields::new(*node);
        let type_ = f.opt_node()?;
        let type_ = self.opt_expr(type_)?;
        let name = f.opt_name()?.map(|name| ast::Identifier::new(name, range));
        let body = self.body(&mut f)?;
        let node_index = AtomicNodeIndex::NONE;
        let handler = ast::ExceptHandlerExceptHandler { type_, name, body, range, node_index };
        Ok(ast::ExceptHandler::ExceptHandler(handler))
    }

    fn aliases(&mut self, all: Vec<Field>) -> Built<Vec<ast::Alias>> {
        all.into_iter()
            .map(|field| {
                let Field::Node(node) = field else { return value("None disallowed in alias list") };
                let range = self.range(node.place)?;
                let mut f = Fields::new(*node);
                let name = ast::Identifier::new(f.name()?, range);
                let asname = f.opt_name()?.map(|name| ast::Identifier::new(name, range));
                Ok(ast::Alias { name, asname, range, node_index: AtomicNodeIndex::NONE })
            })
            .collect()
    }

    fn type_params(&mut self, all: Vec<Field>, whole: TextRange) -> Built<Option<Box<ast::TypeParams>>> {
        if all.is_empty() {
            return Ok(None);
        }
        let mut type_params = Vec::with_capacity(all.len());
        for field in all {
            let Field::Node(node) = field else { return value("None disallowed in type_param list") };
            let range = self.range(node.place)?;
            let node_index = AtomicNodeIndex::NONE;
            let mut f = Fields::new(*node);
            let name = f.name()?;
            forbidden(&name)?;
            let name = ast::Identifier::new(name, range);
            let bound = if f.class == Class::TypeVar { f.opt_node()? } else { None };
            let default = f.opt_node()?;
            let (bound, default) = (self.opt_expr(bound)?, self.opt_expr(default)?);
            type_params.push(match f.class {
                Class::TypeVar => {
                    ast::TypeParam::TypeVar(ast::TypeParamTypeVar { name, bound, default, range, node_index })
                }
                Class::ParamSpec => {
                    ast::TypeParam::ParamSpec(ast::TypeParamParamSpec { name, default, range, node_index })
                }
                _ => ast::TypeParam::TypeVarTuple(ast::TypeParamTypeVarTuple { name, default, range, node_index }),
            });
        }
        Ok(Some(Box::new(ast::TypeParams { type_params, range: whole, node_index: AtomicNodeIndex::NONE })))
    }
}

fn identifiers(all: Vec<Field>, range: TextRange) -> Built<Vec<ast::Identifier>> {
    all.into_iter()
        .map(|field| match field {
            Field::Name(name) => Ok(ast::Identifier::new(name, range)),
            _ => value("None disallowed in identifier list"),
        })
        .collect()
}
