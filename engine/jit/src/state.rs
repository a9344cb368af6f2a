//! What is known where a version of a block begins: for each register of the window, and of the windows of inlined calls that lie
//! in it, its type and where it is.

use engine::code_rt::RuntimeCode;
use proto_core::Value;

use crate::asm::{Ty, V};

/// What is known of a register's value, and how it is held.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum T {
    /// In the window only.
    Home,
    /// A value of which nothing is known; EMPTY perhaps.
    Any,
    /// A small int, tagged.
    Int,
    /// A float, as such.
    Float,
    /// A bool, as a value.
    Bool,
    /// A reference to an object of this kind.
    Ref(u8),
    /// This value.
    Const(u64),
}

impl T {
    /// A value known now.
    pub fn of(v: Value) -> T {
        T::Const(v.bits())
    }
    /// How it is passed to blocks; None if it is not.
    pub fn ty(self) -> Option<Ty> {
        match self {
            T::Home | T::Const(_) => None,
            T::Float => Some(Ty::Float),
            _ => Some(Ty::Word),
        }
    }
}

/// A register.
#[derive(Clone, Copy, Debug)]
pub struct Reg {
    /// See [`T`].
    pub t: T,
    /// The value, if it is in a machine register.
    pub v: Option<V>,
    /// The window does not have it yet.
    pub dirty: bool,
}

impl Reg {
    /// In the window only.
    pub const HOME: Reg = Reg { t: T::Home, v: None, dirty: false };

    /// A new value.
    pub fn new(t: T, v: V) -> Reg {
        Reg { t, v: Some(v), dirty: true }
    }
    /// A new value that is known.
    pub fn known(v: Value) -> Reg {
        Reg { t: T::of(v), v: None, dirty: true }
    }
}

/// A frame: the unit's own, or that of an inlined call.
#[derive(Clone, Copy)]
pub struct Frame {
    /// Its code.
    pub code: &'static RuntimeCode,
    /// A function with this code and the same globals and built-ins as the one that runs.
    pub like: Value,
    /// The function that runs.
    pub function: Reg,
    /// Where its registers begin in the unit's window.
    pub offset: usize,
    /// Where the call stands in the caller's code.
    pub call: u32,
    /// Function and return address stand in the window, so somebody may have seen the frame.
    pub seen: bool,
}

/// What is known at an instruction of the innermost frame.
#[derive(Clone)]
pub struct State {
    /// Outermost first.
    pub frames: Vec<Frame>,
    /// By their places in the unit's window.
    pub regs: Vec<Reg>,
    /// The word of the instruction.
    pub at: u32,
}

/// What tells versions apart.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Key {
    at: u32,
    frames: Vec<(usize, usize, u32, bool, T)>,
    regs: Vec<(T, bool)>,
}

impl State {
    /// The innermost frame.
    pub fn top(&self) -> &Frame {
        &self.frames[self.frames.len() - 1]
    }

    /// Where register `r` of the innermost frame stands.
    pub fn index(&self, r: usize) -> usize {
        self.top().offset + r
    }

    /// What tells it from others.
    pub fn key(&self) -> Key {
        let frame = |f: &Frame| (std::ptr::from_ref(f.code) as usize, f.offset, f.call, f.seen, f.function.t);
        Key {
            at: self.at,
            frames: self.frames.iter().map(frame).collect(),
            regs: self.regs.iter().map(|r| (r.t, r.dirty)).collect(),
        }
    }

    /// All registers, those of functions included, in an order of their own.
    pub fn each(&mut self, mut f: impl FnMut(&mut Reg)) {
        self.regs.iter_mut().for_each(&mut f);
        self.frames.iter_mut().for_each(|frame| f(&mut frame.function));
    }
}
