//! The back end: the only file that names Cranelift.
//!
//! A [`Asm`] builds one function of the type [`engine::interp::jit::Code`]; words are 64 bits, conditions 8.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{AbiParam, BlockArg, Function, InstBuilder, MemFlagsData, SigRef, Signature, Type};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use engine::interp::jit::helpers::Helper;
use rustc_hash::FxHashMap;

pub use cranelift_codegen::ir::condcodes::{FloatCC as Fcc, IntCC as Icc};
pub use cranelift_codegen::ir::{Block, Value as V};

/// What a unit is built in, used again for the next.
pub struct Workshop {
    isa: OwnedTargetIsa,
    function: Function,
    context: FunctionBuilderContext,
}

impl Workshop {
    /// A workshop for the processor that runs this.
    ///
    /// # Errors
    /// Where the back end does not know it.
    pub fn new() -> Result<Workshop, String> {
        let mut flags = settings::builder();
        let set = |flags: &mut settings::Builder, name: &str, value: &str| {
            flags.set(name, value).map_err(|e| format!("the back end has no setting {name}: {e}"))
        };
        set(&mut flags, "opt_level", "speed")?;
        set(&mut flags, "enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" })?;
        set(&mut flags, "is_pic", "false")?;
        let name = if cfg!(target_arch = "x86_64") { "x86_64-unknown-linux-gnu" } else { "aarch64-unknown-linux-gnu" };
        let isa = cranelift_codegen::isa::lookup_by_name(name)
            .map_err(|e| format!("the back end does not know the processor: {e}"))?
            .finish(settings::Flags::new(flags))
            .map_err(|e| e.to_string())?;
        let mut function = Function::new();
        let mut signature = Signature::new(CallConv::SystemV);
        signature.params.extend([AbiParam::new(I64); 2]);
        signature.returns.extend([AbiParam::new(I64); 2]);
        function.signature = signature;
        Ok(Workshop { isa, function, context: FunctionBuilderContext::new() })
    }

    /// Begins to build; gives the window and the context, too.
    pub fn begin(&mut self) -> (Asm<'_>, V, V) {
        let mut b = FunctionBuilder::new(&mut self.function, &mut self.context);
        let entry = b.create_block();
        b.append_block_params_for_function_params(entry);
        b.switch_to_block(entry);
        let (base, context) = (b.block_params(entry)[0], b.block_params(entry)[1]);
        (Asm { b, signatures: FxHashMap::default() }, base, context)
    }

    /// Machine code of what was built.
    ///
    /// # Errors
    /// Where the back end gives up, as on functions that are too large.
    pub fn finish(self) -> Result<Vec<u8>, String> {
        let mut context = cranelift_codegen::Context::for_function(self.function);
        let made = context.compile(&*self.isa, &mut Default::default()).map_err(|e| format!("{:?}", e.inner))?;
        if !made.buffer.relocs().is_empty() {
            return Err("the code has relocations".into());
        }
        Ok(made.code_buffer().to_vec())
    }
}

/// A function being built.
pub struct Asm<'a> {
    b: FunctionBuilder<'a>,
    signatures: FxHashMap<(Vec<Type>, Vec<Type>), SigRef>,
}

/// A parameter of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ty {
    /// A word.
    Word,
    /// A float.
    Float,
}

impl Ty {
    fn of(self) -> Type {
        match self {
            Ty::Word => I64,
            Ty::Float => F64,
        }
    }
}

fn args(values: &[V]) -> Vec<BlockArg> {
    values.iter().map(|&v| BlockArg::Value(v)).collect()
}

/// Two operands, one result.
macro_rules! binary {
    ($($name:ident)*) => { $(
        pub fn $name(&mut self, v: V, w: V) -> V {
            self.b.ins().$name(v, w)
        }
    )* };
}

#[allow(missing_docs)] // the names of the instructions say it
impl Asm<'_> {
    binary! { iadd isub band bor bxor sdiv srem smulhi smax fadd fsub fmul fdiv }

    pub fn k(&mut self, n: u64) -> V {
        self.b.ins().iconst(I64, n.cast_signed())
    }
    pub fn float(&mut self, f: f64) -> V {
        self.b.ins().f64const(f)
    }
    pub fn add(&mut self, v: V, n: i64) -> V {
        if n == 0 { v } else { self.b.ins().iadd_imm_s(v, n) }
    }
    pub fn and(&mut self, v: V, n: i64) -> V {
        self.b.ins().band_imm_s(v, n)
    }
    pub fn or(&mut self, v: V, n: i64) -> V {
        self.b.ins().bor_imm_s(v, n)
    }
    pub fn xor(&mut self, v: V, n: i64) -> V {
        self.b.ins().bxor_imm_s(v, n)
    }
    pub fn shl(&mut self, v: V, n: u32) -> V {
        self.b.ins().ishl_imm_u(v, n as i64)
    }
    pub fn sar(&mut self, v: V, n: u32) -> V {
        self.b.ins().sshr_imm_u(v, n as i64)
    }
    pub fn rotl(&mut self, v: V, n: u32) -> V {
        self.b.ins().rotl_imm_u(v, n as i64)
    }
    pub fn rotr(&mut self, v: V, n: u32) -> V {
        self.b.ins().rotr_imm_u(v, n as i64)
    }
    pub fn times(&mut self, v: V, n: i64) -> V {
        self.b.ins().imul_imm_s(v, n)
    }
    pub fn neg(&mut self, v: V) -> V {
        self.b.ins().fneg(v)
    }
    /// Result and whether it overflowed.
    pub fn add_over(&mut self, v: V, w: V) -> (V, V) {
        self.b.ins().sadd_overflow(v, w)
    }
    pub fn sub_over(&mut self, v: V, w: V) -> (V, V) {
        self.b.ins().ssub_overflow(v, w)
    }
    pub fn mul_over(&mut self, v: V, w: V) -> (V, V) {
        self.b.ins().smul_overflow(v, w)
    }
    pub fn float_of_int(&mut self, v: V) -> V {
        self.b.ins().fcvt_from_sint(F64, v)
    }
    pub fn float_bits(&mut self, v: V) -> V {
        self.b.ins().bitcast(I64, MemFlagsData::new(), v)
    }
    pub fn bits_float(&mut self, v: V) -> V {
        self.b.ins().bitcast(F64, MemFlagsData::new(), v)
    }
    pub fn icmp(&mut self, cc: IntCC, v: V, w: V) -> V {
        self.b.ins().icmp(cc, v, w)
    }
    pub fn is(&mut self, cc: IntCC, v: V, n: i64) -> V {
        self.b.ins().icmp_imm_s(cc, v, n)
    }
    pub fn fcmp(&mut self, cc: FloatCC, v: V, w: V) -> V {
        self.b.ins().fcmp(cc, v, w)
    }
    /// Whether a word or a condition is zero.
    pub fn is_zero(&mut self, v: V) -> V {
        self.b.ins().icmp_imm_u(IntCC::Equal, v, 0)
    }
    pub fn select(&mut self, c: V, v: V, w: V) -> V {
        self.b.ins().select(c, v, w)
    }

    /// A word of memory that may be read whenever the address is good.
    pub fn load(&mut self, p: V, offset: i32) -> V {
        self.b.ins().load(I64, MemFlagsData::trusted(), p, offset)
    }
    /// The lower half of a word.
    pub fn load_half(&mut self, p: V, offset: i32) -> V {
        self.b.ins().uload32(MemFlagsData::trusted(), p, offset)
    }
    pub fn load_byte(&mut self, p: V, offset: i32) -> V {
        self.b.ins().uload8(I64, MemFlagsData::trusted(), p, offset)
    }
    /// The lower half of a word that other threads write: never merged with another read, and no read passes it.
    pub fn watch_half(&mut self, address: u64) -> V {
        let p = self.k(address);
        let v = self.b.ins().atomic_load(I32, MemFlagsData::new(), p);
        self.b.ins().uextend(I64, v)
    }
    pub fn store(&mut self, v: V, p: V, offset: i32) {
        self.b.ins().store(MemFlagsData::trusted(), v, p, offset);
    }
    pub fn store_half(&mut self, v: V, p: V, offset: i32) {
        self.b.ins().istore32(MemFlagsData::trusted(), v, p, offset);
    }

    pub fn block(&mut self) -> Block {
        self.b.create_block()
    }
    pub fn cold_block(&mut self) -> Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }
    pub fn param(&mut self, block: Block, ty: Ty) -> V {
        self.b.append_block_param(block, ty.of())
    }
    /// What follows goes to the end of this block.
    pub fn at(&mut self, block: Block) {
        self.b.switch_to_block(block);
    }
    pub fn jump(&mut self, to: Block, values: &[V]) {
        self.b.ins().jump(to, &args(values));
    }
    pub fn branch(&mut self, c: V, yes: Block, no: Block) {
        self.b.ins().brif(c, yes, &[], no, &[]);
    }
    /// A branch of which one way has a value.
    pub fn branch_with(&mut self, c: V, yes: (Block, &[V]), no: (Block, &[V])) {
        self.b.ins().brif(c, yes.0, &args(yes.1), no.0, &args(no.1));
    }
    pub fn ret(&mut self, status: u64, value: Option<V>) {
        let status = self.k(status);
        let value = match value {
            Some(v) => v,
            None => self.k(0),
        };
        self.b.ins().return_(&[status, value]);
    }

    /// Calls a helper that takes words, and gives one.
    pub fn call(&mut self, helper: Helper, values: &[V]) -> V {
        self.call_as(helper, values, &vec![I64; values.len()], I64)
    }
    /// Calls a helper on floats.
    pub fn call_float(&mut self, helper: Helper, values: &[V]) -> V {
        self.call_as(helper, values, &vec![F64; values.len()], F64)
    }
    fn call_as(&mut self, helper: Helper, values: &[V], params: &[Type], result: Type) -> V {
        let key = (params.to_vec(), vec![result]);
        let signature = match self.signatures.get(&key) {
            Some(&s) => s,
            None => {
                let mut signature = Signature::new(CallConv::SystemV);
                signature.params.extend(params.iter().map(|&t| AbiParam::new(t)));
                signature.returns.push(AbiParam::new(result));
                let s = self.b.import_signature(signature);
                self.signatures.insert(key, s);
                s
            }
        };
        let address = self.k(helper.address());
        let call = self.b.ins().call_indirect(signature, address, values);
        self.b.inst_results(call)[0]
    }

    /// Everything is there.
    pub fn finish(mut self, frontend: cranelift_codegen::isa::TargetFrontendConfig) {
        self.b.seal_all_blocks();
        self.b.finalize(frontend);
    }
}

impl Workshop {
    /// What [`Asm::finish`] wants.
    pub fn frontend(&self) -> cranelift_codegen::isa::TargetFrontendConfig {
        self.isa.frontend_config()
    }
}
