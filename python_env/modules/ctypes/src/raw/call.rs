//! Calls to foreign functions and functions made for foreign code to call, over libffi.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::{self, NonNull};
use std::sync::Arc;

use engine::Outside;
use libffi_sys as ffi;

use super::at;

/// The type of an argument or result as calls need it.
#[derive(Clone)]
pub enum Type {
    Void,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    F80,
    C32,
    C64,
    C80,
    Pointer,
    /// Passed by value.
    Struct(Arc<Aggregate>),
}

/// The description of a structure. Its elements are described by pointers into itself, so it stays where it is.
pub struct Aggregate {
    description: ffi::ffi_type,
    elements: Box<[*mut ffi::ffi_type]>,
    /// What `elements` point at besides the constants of libffi.
    _parts: Vec<Type>,
}

// SAFETY: nothing in it changes once it is made: libffi writes sizes of structures that have none, and these have.
unsafe impl Send for Aggregate {}
// SAFETY: as above.
unsafe impl Sync for Aggregate {}

impl Aggregate {
    /// A structure of that size and alignment, whose parts follow each other as C lays them out.
    pub fn new(size: usize, align: usize, parts: Vec<Type>) -> Arc<Aggregate> {
        let mut elements: Vec<*mut ffi::ffi_type> = parts.iter().map(Type::description).collect();
        elements.push(ptr::null_mut());
        let description = ffi::ffi_type {
            size,
            alignment: align.clamp(1, 1 << 15) as u16,
            type_: ffi::FFI_TYPE_STRUCT,
            elements: ptr::null_mut(),
        };
        let mut made = Arc::new(Aggregate { description, elements: elements.into(), _parts: parts });
        if let Some(own) = Arc::get_mut(&mut made) {
            own.description.elements = own.elements.as_mut_ptr();
        }
        made
    }
}

impl Type {
    fn description(&self) -> *mut ffi::ffi_type {
        // Constants of libffi, which nobody writes.
        match self {
            Type::Void => &raw mut ffi::ffi_type_void,
            Type::U8 => &raw mut ffi::ffi_type_uint8,
            Type::S8 => &raw mut ffi::ffi_type_sint8,
            Type::U16 => &raw mut ffi::ffi_type_uint16,
            Type::S16 => &raw mut ffi::ffi_type_sint16,
            Type::U32 => &raw mut ffi::ffi_type_uint32,
            Type::S32 => &raw mut ffi::ffi_type_sint32,
            Type::U64 => &raw mut ffi::ffi_type_uint64,
            Type::S64 => &raw mut ffi::ffi_type_sint64,
            Type::F32 => &raw mut ffi::ffi_type_float,
            Type::F64 => &raw mut ffi::ffi_type_double,
            Type::F80 => &raw mut ffi::ffi_type_longdouble,
            Type::C32 => &raw mut ffi::ffi_type_complex_float,
            Type::C64 => &raw mut ffi::ffi_type_complex_double,
            Type::C80 => &raw mut ffi::ffi_type_complex_longdouble,
            Type::Pointer => &raw mut ffi::ffi_type_pointer,
            Type::Struct(s) => (&raw const s.description).cast_mut(),
        }
    }

    /// Bytes of a value.
    pub fn size(&self) -> usize {
        // SAFETY: a description that lives as long as the type.
        unsafe { (*self.description()).size }
    }

    /// Whether libffi gives it as a whole register, of which it is the low bytes.
    fn is_widened(&self) -> bool {
        matches!(
            self,
            Type::U8 | Type::S8 | Type::U16 | Type::S16 | Type::U32 | Type::S32 | Type::U64 | Type::S64 | Type::Pointer
        )
    }
}

/// An argument: its type and its bytes, in words so that they are aligned.
pub struct Arg {
    pub ty: Type,
    pub words: Words,
}

/// The bytes of an argument or result.
pub enum Words {
    Few([u64; 4]),
    Many(Vec<u128>),
}

impl Words {
    fn of(bytes: &[u8]) -> Words {
        let mut words = Words::zeros(bytes.len());
        words.bytes_mut()[..bytes.len()].copy_from_slice(bytes);
        words
    }

    fn zeros(n: usize) -> Words {
        if n <= 16 { Words::Few([0; 4]) } else { Words::Many(vec![0; n.div_ceil(16) + 1]) }
    }

    fn pointer(&mut self) -> *mut c_void {
        match self {
            Words::Few(w) => w.as_mut_ptr().cast(),
            Words::Many(w) => w.as_mut_ptr().cast(),
        }
    }

    fn len(&self) -> usize {
        match self {
            Words::Few(_) => 32,
            Words::Many(w) => w.len() * 16,
        }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        let data: *const u8 = match self {
            Words::Few(w) => w.as_ptr().cast(),
            Words::Many(w) => w.as_ptr().cast(),
        };
        // SAFETY: plain words read as bytes.
        unsafe { std::slice::from_raw_parts(data, self.len()) }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        let n = self.len();
        // SAFETY: plain words written as bytes.
        unsafe { std::slice::from_raw_parts_mut(self.pointer().cast(), n) }
    }
}

impl Arg {
    /// An argument of these bytes.
    pub fn new(ty: Type, bytes: &[u8]) -> Arg {
        Arg { ty, words: Words::of(bytes) }
    }

    /// A pointer.
    pub fn pointer(addr: usize) -> Arg {
        Arg::new(Type::Pointer, &addr.to_ne_bytes())
    }

    /// C's `int`.
    pub fn int(n: i32) -> Arg {
        Arg::new(Type::S32, &n.to_ne_bytes())
    }
}

/// Calls the function at `addr`; None if libffi cannot. `fixed`: how many of the arguments are declared, where more are given. Relies
/// on the program's promise that the function is one of these types, and does with what its arguments point at what the program wants.
pub fn call(addr: usize, fixed: Option<usize>, args: &mut [Arg], ret: &Type) -> Option<Words> {
    let mut types: Vec<*mut ffi::ffi_type> = args.iter().map(|a| a.ty.description()).collect();
    let mut values: Vec<*mut c_void> = args.iter_mut().map(|a| a.words.pointer()).collect();
    let mut out = Words::zeros(ret.size().max(8));
    let n = u32::try_from(args.len()).ok()?;
    // SAFETY: the description lives during the call and agrees with the values; each value is as long as its type, the result's place
    // as long as its own and a register. The function is the program's promise.
    unsafe {
        let mut cif: ffi::ffi_cif = std::mem::zeroed();
        let abi = ffi::ffi_abi_FFI_DEFAULT_ABI;
        let status = match fixed {
            Some(k) if k < args.len() => {
                ffi::ffi_prep_cif_var(&mut cif, abi, k as u32, n, ret.description(), types.as_mut_ptr())
            }
            _ => ffi::ffi_prep_cif(&mut cif, abi, n, ret.description(), types.as_mut_ptr()),
        };
        if status != ffi::ffi_status_FFI_OK {
            return None;
        }
        let f = std::mem::transmute::<*mut c_void, unsafe extern "C" fn()>(at(addr));
        ffi::ffi_call(&mut cif, Some(f), out.pointer(), values.as_mut_ptr());
    }
    Some(out)
}

/// What answers calls of a closure: gets the addresses of its arguments and fills the bytes of the result, as many as its type has.
pub type Handler = Box<dyn Fn(&[usize], &mut [u8]) + Send + Sync>;

struct Told {
    handler: Handler,
    cif: ffi::ffi_cif,
    ret: Type,
    args: Vec<Type>,
    types: Vec<*mut ffi::ffi_type>,
}

/// A function made at run time, for foreign code to call while this lives.
pub struct Closure {
    closure: NonNull<ffi::ffi_closure>,
    code: usize,
    told: NonNull<Told>,
}

// SAFETY: what is in it does not change once it is made; the handler may be called by all threads at once.
unsafe impl Send for Closure {}
// SAFETY: as above.
unsafe impl Sync for Closure {}

impl Closure {
    /// A function of these types; None where libffi has no memory for it, or refuses.
    pub fn new(args: Vec<Type>, ret: Type, handler: Handler) -> Option<Closure> {
        let types = args.iter().map(Type::description).collect();
        // SAFETY: a description of zeros is written by libffi before it is read.
        let cif = unsafe { std::mem::zeroed() };
        let told = Box::into_raw(Box::new(Told { handler, cif, ret, args, types }));
        let mut code = ptr::null_mut();
        // SAFETY: the description, with everything that it names, lives in the box as long as the closure; on failure both go.
        unsafe {
            let closure = ffi::ffi_closure_alloc(size_of::<ffi::ffi_closure>(), &mut code).cast::<ffi::ffi_closure>();
            let n = (*told).args.len() as u32;
            let (ret, types) = ((*told).ret.description(), (*told).types.as_mut_ptr());
            let ready = !closure.is_null()
                && ffi::ffi_prep_cif(&raw mut (*told).cif, ffi::ffi_abi_FFI_DEFAULT_ABI, n, ret, types)
                    == ffi::ffi_status_FFI_OK
                && ffi::ffi_prep_closure_loc(closure, &raw mut (*told).cif, Some(answer), told.cast(), code)
                    == ffi::ffi_status_FFI_OK;
            match (NonNull::new(closure), NonNull::new(told)) {
                (Some(closure), Some(told)) if ready => Some(Closure { closure, code: code.expose_provenance(), told }),
                (closure, _) => {
                    if let Some(closure) = closure {
                        ffi::ffi_closure_free(closure.as_ptr().cast());
                    }
                    drop(Box::from_raw(told));
                    None
                }
            }
        }
    }

    /// The function's address.
    pub fn addr(&self) -> usize {
        self.code
    }
}

impl Drop for Closure {
    fn drop(&mut self) {
        // SAFETY: made by `new`. That foreign code calls it no more is the program's promise: it had to keep the object.
        unsafe {
            ffi::ffi_closure_free(self.closure.as_ptr().cast());
            drop(Box::from_raw(self.told.as_ptr()));
        }
    }
}

unsafe extern "C" fn answer(_: *mut ffi::ffi_cif, out: *mut c_void, values: *mut *mut c_void, told: *mut c_void) {
    // SAFETY: libffi passes what the closure was made with, an address for each argument and a place for the result, of a register at
    // least.
    unsafe {
        let told = &*told.cast::<Told>();
        let args: Vec<usize> = (0..told.args.len()).map(|i| (*values.add(i)).expose_provenance()).collect();
        let mut words = Words::zeros(told.ret.size().max(8));
        let n = told.ret.size();
        (told.handler)(&args, &mut words.bytes_mut()[..n]);
        match told.ret {
            Type::Void => {}
            _ if told.ret.is_widened() => {
                let mut low = [0u8; 8];
                low[..n].copy_from_slice(&words.bytes()[..n]);
                let wide = match told.ret {
                    Type::S8 => i64::from(low[0] as i8) as u64,
                    Type::S16 => i64::from(i16::from_ne_bytes([low[0], low[1]])) as u64,
                    Type::S32 => i64::from(i32::from_ne_bytes([low[0], low[1], low[2], low[3]])) as u64,
                    _ => u64::from_ne_bytes(low),
                };
                out.cast::<u64>().write_unaligned(wide);
            }
            _ => ptr::copy_nonoverlapping(words.bytes().as_ptr(), out.cast::<u8>(), n),
        }
    }
}

thread_local! {
    /// The region in which this thread calls foreign code, null if it does not.
    static OUTSIDE: Cell<*const Outside> = const { Cell::new(ptr::null()) };
}

/// Calls `f` while callbacks on this thread find `outside`.
pub fn with_outside<R>(outside: &Outside, f: impl FnOnce() -> R) -> R {
    let before = OUTSIDE.replace(outside);
    let r = f();
    OUTSIDE.set(before);
    r
}

/// Calls `f` with the region of the foreign call that this thread is in, if it is in one.
pub fn current_outside<R>(f: impl FnOnce(Option<&Outside>) -> R) -> R {
    let outside = OUTSIDE.get();
    // SAFETY: set by a call of `with_outside` further up this thread's stack, which takes it back before the region ends.
    f(unsafe { outside.as_ref() })
}
