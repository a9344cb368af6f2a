//! Calls and returns.

use engine::code_rt::RuntimeCode;
use engine::interp::jit::RETURNED;
use engine::interp::jit::facts;
use engine::interp::jit::helpers::Helper;
use engine::interp::jit::profile::sort;
use engine::objects::layout;
use engine_code::formats;
use proto_core::{Kind, Value};

use crate::asm::Icc;
use crate::state::{Frame, Reg, State, T};
use crate::unit::{Flow, Unit};

/// Longest code that is inlined, in words.
const INLINED: usize = 160;
/// Most frames in one another.
const DEPTH: usize = 6;
/// Most frames of the same code in one another.
const RECURSION: usize = 2;
/// A unit that has so many instructions inlines no more.
const ENOUGH: usize = 2500;

impl Unit<'_, '_> {
    /// A call with positional arguments.
    pub fn call(&mut self, s: &mut State, o: formats::Call, method: bool) -> Flow {
        let (window, n): (usize, usize) = (o.window.into(), o.arguments.into());
        let site = self.site(s);
        if method {
            // Without a receiver, the arguments move.
            let receiver = self.get(s, window + 2);
            match receiver.t {
                T::Const(bits) if bits == Value::EMPTY.bits() => return self.generic(s),
                T::Any if site.operands[1].sorts & sort::EMPTY != 0 || site.operands[1].sorts == 0 => {
                    return self.generic(s);
                }
                T::Any => {
                    let Some(v) = receiver.v else { return self.generic(s) };
                    let empty = self.same(v, Value::EMPTY.bits());
                    self.guard_not(empty, s);
                }
                _ => {}
            }
        }
        let callee = self.get(s, window);
        match callee.t {
            T::Const(bits) if bits & 63 == facts::tag(Kind::Function) => {
                let Some(f) = self.named(bits) else { return self.generic(s) };
                let Some((code, ..)) = facts::function_parts(f) else { return self.generic(s) };
                if !self.fits(s, code, n) {
                    return self.generic(s);
                }
                // Functions may be given other code.
                let word = self.asm.k(bits);
                let there = self.asm.load(word, facts::word_at(Kind::Function, layout::FUNCTION_CODE));
                let ok = self.same(there, std::ptr::from_ref(code) as u64);
                self.guard(ok, s);
                self.inline(s, code, f, callee, (window, n))
            }
            T::Const(bits) if bits & 63 == facts::tag(Kind::Native) => match self.named(bits) {
                Some(f) if facts::has_leaf(f) => self.leaf(s, f, o),
                _ => self.generic(s),
            },
            T::Any if site.operands[0].sorts == sort::of_kind(Kind::Function) && !site.many_callees => {
                let like = self.request.profile.function_of(site.callee);
                let Some((f, (code, globals, _))) = like.and_then(|f| Some((f, facts::function_parts(f)?))) else {
                    return self.generic(s);
                };
                if !self.fits(s, code, n) || std::ptr::from_ref(code) as usize != site.callee {
                    return self.generic(s);
                }
                let Some(v) = self.object(s, window, Kind::Function) else { return Flow::Ended };
                let there = self.asm.load(v, facts::word_at(Kind::Function, layout::FUNCTION_CODE));
                let ok = self.same(there, std::ptr::from_ref(code) as u64);
                self.guard(ok, s);
                let there = self.asm.load(v, facts::word_at(Kind::Function, layout::FUNCTION_GLOBALS));
                let ok = self.same(there, globals.bits());
                self.guard(ok, s);
                let reg = Reg { t: T::Ref(Kind::Function as u8), v: Some(v), dirty: false };
                self.inline(s, code, f, reg, (window, n))
            }
            _ => self.generic(s),
        }
    }

    /// Whether a call with `n` arguments is worth to be inlined, and can be.
    fn fits(&self, s: &State, code: &'static RuntimeCode, n: usize) -> bool {
        let again = s.frames.iter().filter(|f| std::ptr::eq(f.code, code)).count();
        code.fast_args as usize == n
            && !code.replaced
            && !code.is_generator_like()
            && code.code.instrs.len() <= INLINED
            && s.frames.len() < DEPTH
            && again < RECURSION
            && self.instructions < ENOUGH
            && self.request.profile.site(code.entry()).count > 0
    }

    /// Goes on in the called function: its arguments stand where its registers are.
    fn inline(
        &mut self,
        s: &mut State,
        code: &'static RuntimeCode,
        like: Value,
        function: Reg,
        (window, n): (usize, usize),
    ) -> Flow {
        let offset = s.index(window + 2);
        let end = offset + code.nregs as usize;
        self.extent = self.extent.max(end);
        self.root_code(code);
        // Arguments that are home are so in the same place.
        s.regs.truncate(offset + n);
        s.regs.resize(end, Reg::HOME);
        for i in n..code.nlocals as usize {
            s.regs[offset + i] = Reg::known(Value::EMPTY);
        }
        s.frames.push(Frame { code, like, function, offset, call: s.at, seen: false });
        let mut s = s.clone();
        s.at = 0;
        self.go(s);
        Flow::Ended
    }

    /// A native function's quick form.
    fn leaf(&mut self, s: &mut State, f: Value, o: formats::Call) -> Flow {
        let (window, n): (usize, usize) = (o.window.into(), o.arguments.into());
        for r in window + 2..window + 2 + n {
            let reg = self.get(s, r);
            if reg.dirty {
                let (v, i) = (self.word(s, r), s.index(r));
                self.asm.store(v, self.base, 8 * i as i32);
                s.regs[i].dirty = false;
            }
        }
        let values = [
            self.context,
            self.asm.k(f.bits()),
            self.asm.add(self.base, 8 * s.index(window + 2) as i64),
            self.asm.k(n as u64),
        ];
        let v = self.asm.call(Helper::Leaf, &values);
        let next = s.at + 2;
        let v = self.or_handler(s, v, o.dst.into(), next);
        let from = s.index(window);
        s.regs.truncate(from);
        let end = s.top().offset + s.top().code.nregs as usize;
        s.regs.resize(end, Reg::HOME);
        self.set(s, o.dst.into(), T::Any, v);
        s.at = next;
        Flow::On
    }

    /// A return.
    pub fn give_back(&mut self, s: &mut State, value: Reg) -> Flow {
        let frame = *s.top();
        let at = 8 * frame.offset as i32 - 8;
        if s.frames.len() == 1 {
            // A window with a record is more than its registers.
            let to = self.asm.load(self.base, at);
            let first = self.asm.k(self.places.hooks.0);
            let distance = self.asm.isub(to, first);
            let size = self.asm.k(self.places.hooks.1);
            let hooked = self.asm.icmp(Icc::UnsignedLessThan, distance, size);
            let (plain, exit) = (self.asm.block(), self.exit(s, false));
            self.asm.branch(hooked, exit, plain);
            self.asm.at(plain);
            let v = self.word_of(value);
            self.asm.ret(RETURNED, Some(v));
            return Flow::Ended;
        }
        let caller = s.frames[s.frames.len() - 2].code;
        let next = frame.call + 2;
        if frame.seen {
            let to = self.asm.load(self.base, at);
            let ok = self.same(to, Self::pc(caller, next) as u64);
            let (plain, exit) = (self.asm.block(), self.exit(s, false));
            self.asm.branch(ok, plain, exit);
            self.asm.at(plain);
        }
        s.frames.pop();
        s.regs.truncate(frame.offset - 2);
        s.at = next;
        let Some(dst) = facts::call_result(caller, frame.call) else {
            self.leave(s);
            return Flow::Ended;
        };
        let end = s.top().offset + s.top().code.nregs as usize;
        s.regs.resize(end, Reg::HOME);
        self.put(s, dst, value);
        Flow::On
    }
}
