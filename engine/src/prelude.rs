//! What the authors of native types and modules need: `use engine::prelude::*;`.

pub use crate::exceptions::{Exc, base as exception_base};
pub use crate::native::{
    self, Args, BaseRef, CallArgs, Const, GetSet, Member, MemberKind, ModuleDef, NativeDef, NativeFn, QuickItems, Role,
    TypeDef, TypeFlags, module_dict,
};
pub use crate::objects::{self, Bytes, Dict, List, Obj, Str, StrBuilder, Tuple, float, int};
pub use crate::protocol::{self, BinOp, CmpOp, UnaryOp, audit};
pub use crate::types::slots::{self, Slots};
pub use crate::types::{self, Type, type_name, type_of};
pub use crate::{Ctx, Local, PyResult, Raised};
pub use proto_core::{Heap, Kind, RootVec, Value};

/// The result of an operation that gives no Python object.
pub type Res<T> = PyResult<T>;
