//! Under a model checker, which cannot run the interpreter: what the layouts need of the rest of the engine. Python code
//! that a lookup would run is a function that the model gives.

/// The context.
pub mod ctx {
    use proto_core::{Context, Heap, Space, Value};
    use std::ops::Deref;

    /// An exception was raised.
    #[derive(Debug)]
    pub struct Raised(());

    /// A value, or an exception.
    pub type PyResult<T = Value> = Result<T, Raised>;

    /// An attached thread of the model.
    pub struct Ctx {
        context: Box<Context>,
        /// Stands for a user's `__eq__`; it may do all that Python code may.
        pub eq: fn(&mut Ctx, Value, Value) -> bool,
    }

    impl Ctx {
        /// Attaches the running thread.
        pub fn attached(space: &'static Space) -> Ctx {
            let context = Box::new(Context::new(space));
            // SAFETY: the box stays on this thread and its content where it is until it is dropped.
            unsafe { context.attach(None) };
            Ctx { context, eq: |_, a, b| a == b }
        }

        /// The context of the heap.
        pub fn context(&mut self) -> &mut Context {
            &mut self.context
        }

        /// Raises.
        pub fn runtime_error(&mut self, _text: &str) -> Raised {
            Raised(())
        }

        /// Models have no safepoints here.
        pub(crate) fn poll(&mut self) -> PyResult<()> {
            Ok(())
        }

        /// Models make nothing large.
        pub(crate) fn make_room(&mut self, _bytes: usize) -> PyResult<()> {
            Ok(())
        }

        /// As [`Ctx::make_room`].
        pub(crate) fn make_room_for(&mut self, _n: usize, _each: usize) -> PyResult<()> {
            Ok(())
        }

        pub(crate) fn raise(&mut self, _exc: super::exceptions::Exc, _text: impl Into<String>) -> Raised {
            Raised(())
        }
    }

    impl Deref for Ctx {
        type Target = Heap;

        fn deref(&self) -> &Heap {
            self.context.heap()
        }
    }
}

pub(crate) mod exceptions {
    /// Models run without `-b`.
    pub fn bytes_warning() -> bool {
        false
    }

    /// Classes of exceptions that integers raise.
    #[allow(missing_docs)]
    pub enum Exc {
        OverflowError,
        ZeroDivisionError,
        ValueError,
    }
}

pub(crate) mod protocol {
    use super::ctx::{Ctx, Raised};
    use proto_core::Value;
    use std::cmp::Ordering;

    /// Comparisons, as in the real module.
    #[derive(Copy, Clone, PartialEq, Eq, Debug)]
    #[allow(missing_docs)]
    pub enum CmpOp {
        Lt,
        Le,
        Eq,
        Ne,
        Gt,
        Ge,
    }

    impl CmpOp {
        pub fn test(self, o: Ordering) -> bool {
            match self {
                CmpOp::Lt => o.is_lt(),
                CmpOp::Le => o.is_le(),
                CmpOp::Eq => o.is_eq(),
                CmpOp::Ne => o.is_ne(),
                CmpOp::Gt => o.is_gt(),
                CmpOp::Ge => o.is_ge(),
            }
        }
    }

    pub fn eq(cx: &mut Ctx, a: Value, b: Value) -> Result<bool, Raised> {
        Ok((cx.eq)(cx, a, b))
    }

    pub fn hash(_: &mut Ctx, v: Value) -> Result<i64, Raised> {
        Ok(crate::objects::hash_pointer(v))
    }

    /// Models nest nothing deep.
    pub fn guard(_: &mut Ctx, _: &str) -> Result<(), Raised> {
        Ok(())
    }

    /// Objects of the model whose `__eq__` is asked all have the same hash.
    pub fn hash_for(_: &mut Ctx, _: Value, _: &str) -> Result<i64, Raised> {
        Ok(5)
    }
}
