//! The instruction set, declared once.
//!
//! [`for_each_opcode!`](crate::for_each_opcode) hands the whole table to a callback macro; the encoder, the verifier, the
//! disassembler and the interpreter's dispatch are all derived from it, so a forgotten opcode does not compile.
//!
//! # Words
//!
//! An instruction is one little 32-bit word `op:8 (low) | a:8 | b:8 | c:8`, for some opcodes followed by a second word
//! (`X` below), whose low half is called `x` and whose high half is a cache index (`0xFFFF`: no cache). `bc` is the signed or
//! unsigned 16-bit number `b | c << 8`, `abc` the signed 24-bit number in the upper three bytes.
//!
//! Jump distances count words **from the instruction after the jump** (after its second word, if it has one).
//!
//! # Table columns
//!
//! `Variant snake_name (A, B, C, X) [FLAGS] Span "doc";`
//!
//! `A`, `B`, `C` are [`Role`]s of the three operands, `X` is the [`Second`] word, the flags are [`Flags`], [`Span`] names
//! the registers touched beyond the three operands. "EMPTY" is the unbound marker.
//!
//! # Calls
//!
//! All call instructions are two words long, have their window in `a` and their **destination register in `c`**. The callee's
//! register 0 is the caller's `r[a+2]`; `r[a]` is the callee, `r[a+1]` takes the return address. Registers from `a` up are
//! dead after the call; the result goes to `r[c]`, where `c <= a`.
//!
//! # Polls
//!
//! Opcodes flagged `BACK` may jump backward and poll when they jump. Other jumps go forward only and do not poll.

/// Calls `$callback! { rows }` with the table; see the [module](crate::opcodes) for its columns.
#[macro_export]
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $callback! {
            // ---- data movement -------------------------------------------------------------------------------------
            Nop nop (No, No, No, No) [] None "Does nothing.";
            MoveReg move_reg (W, R, No, No) [] None "r[a] = r[b].";
            MoveAny move_any (W, M, No, No) [] None "r[a] = r[b], which may be EMPTY.";
            Clear clear (E, No, No, No) [] None "r[a] = EMPTY.";
            LoadConst load_const (W, Const, No, No) [] None "r[a] = consts[bc].";
            LoadConstWide load_const_wide (W, No, No, ConstWide) [] None "r[a] = consts[second word, 32 bits].";
            LoadInt load_int (W, Int, No, No) [] None "r[a] = bc as a signed int.";
            LoadNones load_nones (S, N, No, No) [] Fill "r[a .. a+b) = None.";
            CheckBound check_bound (M, No, No, No) [RAISES] Bound "Raises UnboundLocalError for varnames[a] if r[a] is EMPTY.";
            DeleteLocal delete_local (M, No, No, No) [RAISES] Unbind "As check_bound, then r[a] = EMPTY.";

            // ---- locals beyond the registers: one internal array per frame -----------------------------------------
            MakeBig make_big (W, N, No, Count) [] None "r[a] = new internal array of x slots (for code.big_locals): EMPTY ones, but if b is 1 the first are the arguments, which stand in the registers from 0 on (first instruction only).";
            LoadBig load_big (W, R, No, Count) [RAISES] None "r[a] = slot x of the array r[b]; EMPTY raises UnboundLocalError for big_locals[x].";
            StoreBig store_big (R, R, No, Count) [] None "Slot x of the array r[a] = r[b].";
            DeleteBig delete_big (R, No, No, Count) [RAISES] None "Slot x of the array r[a] = EMPTY; raises UnboundLocalError if it is already.";

            // ---- cells and free variables --------------------------------------------------------------------------
            MakeCell make_cell (C, No, No, No) [] None "r[a] = new cell holding the old r[a] (an argument, or EMPTY).";
            LoadCell load_cell (W, R, No, No) [RAISES] None "r[a] = contents of the cell r[b]; if EMPTY raises UnboundLocalError for the cell variable in register b.";
            StoreCell store_cell (R, R, No, No) [] None "Contents of the cell r[a] = r[b].";
            DeleteCell delete_cell (R, No, No, No) [RAISES] None "Contents of the cell r[a] = EMPTY; raises UnboundLocalError if it is already.";
            LoadFree load_free (W, Free, No, No) [RAISES] None "r[a] = contents of the callee's closure cell bc; if EMPTY raises NameError (cannot access free variable) for freevars[bc].";
            StoreFree store_free (R, Free, No, No) [] None "Contents of the closure cell bc = r[a].";
            DeleteFree delete_free (No, Free, No, No) [RAISES] None "Contents of the closure cell bc = EMPTY; raises NameError if it is already.";
            LoadFreeCell load_free_cell (W, Free, No, No) [] None "r[a] = the closure cell bc itself (to build an inner closure).";
            LoadDictOrFree load_dict_or_free (W, R, N, NameCache) [RAISES] None "r[a] = r[b][names[x]] if the mapping r[b] has it, else as load_free of cell c. The cache half is unused.";

            // ---- names ---------------------------------------------------------------------------------------------
            LoadGlobal load_global (W, No, No, NameCache) [RAISES] None "r[a] = globals[names[x]], else builtins, else NameError.";
            StoreGlobal store_global (R, No, No, NameCache) [RAISES] None "globals[names[x]] = r[a].";
            DeleteGlobal delete_global (No, No, No, NameCache) [RAISES] None "del globals[names[x]], NameError if absent.";
            LoadName load_name (W, No, No, NameCache) [RAISES] Namespace "r[a] = r[0][names[x]] if r[0] (the namespace) is not EMPTY and has it, else as load_global.";
            StoreName store_name (R, No, No, NameCache) [RAISES] Namespace "r[0][names[x]] = r[a]; into the globals if r[0] is EMPTY.";
            DeleteName delete_name (No, No, No, NameCache) [RAISES] Namespace "del r[0][names[x]] (the globals if r[0] is EMPTY), NameError if absent.";
            LoadDictOrGlobal load_dict_or_global (W, R, No, NameCache) [RAISES] None "r[a] = r[b][names[x]] if the mapping r[b] has it, else as load_global.";
            LoadLocals load_locals (W, No, No, No) [] Namespace "r[a] = the namespace: r[0], or the globals dict if r[0] is EMPTY.";

            // ---- attributes ----------------------------------------------------------------------------------------
            LoadAttr load_attr (W, R, No, NameCache) [RAISES] None "r[a] = r[b].names[x].";
            StoreAttr store_attr (R, R, No, NameCache) [RAISES] None "r[a].names[x] = r[b].";
            DeleteAttr delete_attr (R, No, No, NameCache) [RAISES] None "del r[a].names[x].";
            LoadMethod load_method (S, R, No, NameCache) [RAISES] LoadMethod "Prepares call_method at window a for r[b].names[x]: either r[a] = plain function found on the type and r[a+2] = r[b], or r[a] = the attribute and r[a+2] = EMPTY. b may be a, a+1 or a+2.";
            LoadSuperAttr load_super_attr (S, No, N, NameCache) [RAISES] SuperAttr "r[a] = super attribute names[x]: inputs r[a] = value of the global `super`, r[a+1] = class, r[a+2] = self. If r[a] is not the built-in type, it is called with (r[a+1], r[a+2]) (c = 2) or nothing (c = 0) first.";
            LoadSuperMethod load_super_method (S, No, N, NameCache) [RAISES] SuperMethod "As load_super_attr, the result as of load_method: r[a] and r[a+2].";
            LoadSpecial load_special (S, R, N, Cache) [RAISES] LoadMethod "As load_method for the special method c (enum Special), looked up on the type only; if missing, TypeError as of a with statement.";

            // ---- subscripts ----------------------------------------------------------------------------------------
            LoadSubscr load_subscr (W, R, R, FlagCache) [RAISES] None "r[a] = r[b][r[c]].";
            LoadSubscrI load_subscr_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b][c], c a signed 8-bit int.";
            LoadSubscrK load_subscr_k (W, R, No, ConstCache) [RAISES] None "r[a] = r[b][consts[x]].";
            StoreSubscr store_subscr (R, R, R, FlagCache) [RAISES] None "r[a][r[b]] = r[c].";
            StoreSubscrI store_subscr_i (R, Imm, R, FlagCache) [RAISES] None "r[a][b] = r[c], b a signed 8-bit int.";
            DeleteSubscr delete_subscr (R, R, No, No) [RAISES] None "del r[a][r[b]].";
            LoadSlice load_slice (W, R, R, FlagCache) [RAISES] PairC "r[a] = r[b][r[c]:r[c+1]] (None where absent).";
            StoreSlice store_slice (R, R, R, FlagCache) [RAISES] PairB "r[a][r[b]:r[b+1]] = r[c].";
            BuildSlice build_slice (W, S, N, No) [] List "r[a] = slice(r[b], r[b+1]) (c = 2) or slice(r[b], r[b+1], r[b+2]) (c = 3).";

            // ---- arithmetic: x is 1 for an augmented assignment (the in-place slot is tried first), else 0 -----------
            Add add (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] + r[c].";
            Sub sub (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] - r[c].";
            Mul mul (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] * r[c].";
            TrueDiv true_div (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] / r[c].";
            FloorDiv floor_div (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] // r[c].";
            Mod modulo (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] % r[c].";
            Pow pow (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] ** r[c].";
            MatMul mat_mul (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] @ r[c].";
            LShift l_shift (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] << r[c].";
            RShift r_shift (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] >> r[c].";
            BitAnd bit_and (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] & r[c].";
            BitOr bit_or (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] | r[c].";
            BitXor bit_xor (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] ^ r[c].";
            AddI add_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] + c, c a signed 8-bit int.";
            SubI sub_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] - c, c a signed 8-bit int.";
            MulI mul_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] * c, c a signed 8-bit int.";
            FloorDivI floor_div_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] // c, c a signed 8-bit int (may be 0).";
            ModI mod_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] % c, c a signed 8-bit int (may be 0).";
            BitAndI bit_and_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] & c, c a signed 8-bit int.";
            LShiftI l_shift_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] << c, c a signed 8-bit int (may be negative: ValueError).";
            RShiftI r_shift_i (W, R, Imm, FlagCache) [RAISES] None "r[a] = r[b] >> c, c a signed 8-bit int (may be negative: ValueError).";
            Neg neg (W, R, No, No) [RAISES] None "r[a] = -r[b].";
            Pos pos (W, R, No, No) [RAISES] None "r[a] = +r[b].";
            Invert invert (W, R, No, No) [RAISES] None "r[a] = ~r[b].";
            Not not (W, R, No, No) [RAISES] None "r[a] = not r[b].";

            // ---- comparisons to a value ----------------------------------------------------------------------------
            Lt lt (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] < r[c] (any object, as all rich comparisons).";
            Le le (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] <= r[c].";
            Gt gt (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] > r[c].";
            Ge ge (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] >= r[c].";
            Eq eq (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] == r[c].";
            Ne ne (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] != r[c].";
            Is is_same (W, R, R, No) [] None "r[a] = r[b] is r[c], a bool.";
            IsNot is_not (W, R, R, No) [] None "r[a] = r[b] is not r[c], a bool.";
            Contains contains (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] in r[c], a bool (r[c] is the container).";
            NotContains not_contains (W, R, R, FlagCache) [RAISES] None "r[a] = r[b] not in r[c], a bool.";

            // ---- jumps ---------------------------------------------------------------------------------------------
            Jump jump (Jump24, No, No, No) [END] None "pc += abc, forward.";
            LoopBack loop_back (Jump24, No, No, No) [END BACK] None "pc += abc, backward (or forward); polls.";
            JumpIfTrue jump_if_true (R, Jump16, No, No) [RAISES BACK] None "If bool(r[a]): pc += bc.";
            JumpIfFalse jump_if_false (R, Jump16, No, No) [RAISES] None "If not bool(r[a]): pc += bc.";
            JumpIfNone jump_if_none (R, Jump16, No, No) [] None "If r[a] is None: pc += bc.";
            JumpIfNotNone jump_if_not_none (R, Jump16, No, No) [BACK] None "If r[a] is not None: pc += bc.";
            JLt j_lt (R, R, No, JumpCache) [RAISES BACK] None "If bool(r[a] < r[b]): pc += x.";
            JLe j_le (R, R, No, JumpCache) [RAISES BACK] None "If bool(r[a] <= r[b]): pc += x.";
            JGt j_gt (R, R, No, JumpCache) [RAISES BACK] None "If bool(r[a] > r[b]): pc += x.";
            JGe j_ge (R, R, No, JumpCache) [RAISES BACK] None "If bool(r[a] >= r[b]): pc += x.";
            JEq j_eq (R, R, No, JumpCache) [RAISES BACK] None "If bool(r[a] == r[b]): pc += x.";
            JNe j_ne (R, R, No, JumpCache) [RAISES BACK] None "If bool(r[a] != r[b]): pc += x.";
            JNotLt j_not_lt (R, R, No, JumpCache) [RAISES] None "If not bool(r[a] < r[b]): pc += x (differs from j_ge for NaN and for user types).";
            JNotLe j_not_le (R, R, No, JumpCache) [RAISES] None "If not bool(r[a] <= r[b]): pc += x.";
            JNotGt j_not_gt (R, R, No, JumpCache) [RAISES] None "If not bool(r[a] > r[b]): pc += x.";
            JNotGe j_not_ge (R, R, No, JumpCache) [RAISES] None "If not bool(r[a] >= r[b]): pc += x.";
            JNotEq j_not_eq (R, R, No, JumpCache) [RAISES] None "If not bool(r[a] == r[b]): pc += x.";
            JNotNe j_not_ne (R, R, No, JumpCache) [RAISES] None "If not bool(r[a] != r[b]): pc += x.";
            JLtI j_lt_i (R, Imm, No, JumpCache) [RAISES BACK] None "If bool(r[a] < b): pc += x, b a signed 8-bit int.";
            JLeI j_le_i (R, Imm, No, JumpCache) [RAISES BACK] None "If bool(r[a] <= b): pc += x.";
            JGtI j_gt_i (R, Imm, No, JumpCache) [RAISES BACK] None "If bool(r[a] > b): pc += x.";
            JGeI j_ge_i (R, Imm, No, JumpCache) [RAISES BACK] None "If bool(r[a] >= b): pc += x.";
            JEqI j_eq_i (R, Imm, No, JumpCache) [RAISES BACK] None "If bool(r[a] == b): pc += x.";
            JNeI j_ne_i (R, Imm, No, JumpCache) [RAISES BACK] None "If bool(r[a] != b): pc += x.";
            JNotLtI j_not_lt_i (R, Imm, No, JumpCache) [RAISES] None "If not bool(r[a] < b): pc += x.";
            JNotLeI j_not_le_i (R, Imm, No, JumpCache) [RAISES] None "If not bool(r[a] <= b): pc += x.";
            JNotGtI j_not_gt_i (R, Imm, No, JumpCache) [RAISES] None "If not bool(r[a] > b): pc += x.";
            JNotGeI j_not_ge_i (R, Imm, No, JumpCache) [RAISES] None "If not bool(r[a] >= b): pc += x.";
            JNotEqI j_not_eq_i (R, Imm, No, JumpCache) [RAISES] None "If not bool(r[a] == b): pc += x.";
            JNotNeI j_not_ne_i (R, Imm, No, JumpCache) [RAISES] None "If not bool(r[a] != b): pc += x.";
            JIs j_is (R, R, No, JumpCache) [BACK] None "If r[a] is r[b]: pc += x.";
            JNotIs j_not_is (R, R, No, JumpCache) [] None "If r[a] is not r[b]: pc += x.";
            JIn j_in (R, R, No, JumpCache) [RAISES BACK] None "If r[a] in r[b]: pc += x.";
            JNotIn j_not_in (R, R, No, JumpCache) [RAISES] None "If r[a] not in r[b]: pc += x.";

            // ---- iteration: loops are tested at the bottom, so the jump is taken while there are items ---------------
            GetIter get_iter (W, R, N, No) [RAISES] None "r[a] = iter(r[b]). c = 1: right behind the call that made r[b], which nothing else names, in the header of a loop (a generator made by that call is then the loop's own).";
            ForIter for_iter (L, R, No, JumpCache) [RAISES BACK] None "If the iterator r[b] has a next item: r[a] = item, pc += x; else falls through, r[a] untouched.";
            ForPair for_pair (L, R, L, JumpCache) [RAISES BACK] None "As for_iter and the unpacking of the item into two: r[a], r[c] = the item's items. The instruction behind it has the position of errors in unpacking.";
            RangePrep range_prep (S, N, No, JumpCache) [] RangePrep "`for .. in range(..)`: r[a] = callable, r[a+2 .. a+2+b) = its 1 to 3 arguments. If r[a] is the built-in type range and all arguments are small ints (step not 0): r[a] = number of items, r[a+1] = first item, r[a+2] = step, pc += x; items and steps must stay small ints. Else falls through with nothing changed (the generic call follows).";
            ForRange for_range (L, S, No, JumpCache) [RAISES BACK] ForRange "If r[b] is an int (then so are r[b+1], r[b+2] unless an image lies): if it is > 0: r[b] -= 1, r[a] = r[b+1], r[b+1] += r[b+2], pc += x; else falls through. If r[b] is no int it is an iterator: as for_iter.";

            // ---- calls ---------------------------------------------------------------------------------------------
            Call call (S, N, D, FlagCache) [RAISES CALLS] Call "r[c] = r[a](r[a+2 .. a+2+b)).";
            CallMethod call_method (S, N, D, FlagCache) [RAISES CALLS] CallMethod "After load_method: r[c] = r[a](r[a+2 .. a+2+b)), or, if r[a+2] is EMPTY, r[a](r[a+3 .. a+2+b)). b counts r[a+2] in both cases.";
            CallKw call_kw (S, N, D, ConstCache) [RAISES CALLS] Call "As call; consts[x] is the tuple of the names of the last arguments.";
            CallMethodKw call_method_kw (S, N, D, ConstCache) [RAISES CALLS] CallMethod "As call_method; consts[x] is the tuple of the names of the last arguments.";
            CallEx call_ex (S, No, D, FlagCache) [RAISES CALLS] CallEx "r[c] = r[a](*r[a+2], **r[a+3]); r[a+2] is a tuple, a list or (x = 1) any iterable still to be checked, r[a+3] a mapping, which the call only reads, or EMPTY.";
            ReturnValue return_value (R, No, No, No) [END] None "Returns r[a].";
            ReturnConst return_const (No, Const, No, No) [END] None "Returns consts[bc].";
            MakeFunction make_function (S, Const, No, Flags) [] MakeFunction "r[a] = function of consts[bc] (a Code). x: 1 r[a] = tuple of defaults; 2 r[a+1] = dict of keyword defaults; 4 r[a+2] = the annotate function; 16 r[a+2] = flat tuple (name, string, ...) of annotations under `from __future__ import annotations`; 8 r[a+3] = closure, a tuple of cells.";
            LoadBuildClass load_build_class (W, No, No, No) [RAISES] None "r[a] = builtins.__build_class__.";

            // ---- generators and coroutines ---------------------------------------------------------------------------
            ReturnGenerator return_generator (No, No, No, No) [] None "First instruction of generator-like code, arguments bound: makes the generator / coroutine / async generator (by code.flags) suspended after this instruction and returns it to the caller. A StopIteration that leaves such a frame becomes RuntimeError in the runtime.";
            YieldValue yield_value (W, R, No, No) [RAISES] None "Suspends, yielding r[b] (wrapped as a produced item in an async generator); when resumed r[a] = the sent value.";
            YieldDelegate yield_delegate (R, B, No, No) [RAISES] None "Suspends inside a send loop, yielding r[b] as is; r[a] is the iterator delegated to (gi_yieldfrom, cr_await); when resumed r[b] = the sent value. throw() and close() go to r[a] first.";
            Send send (R, B, No, Jump) [RAISES] None "Sends r[b] to the iterator r[a]: if it yields, r[b] = the yielded value, falls through; if it returns, r[b] = the returned value, pc += x.";
            GetYieldFromIter get_yield_from_iter (W, R, No, No) [RAISES] None "r[a] = the iterator for `yield from r[b]`: generators as they are, coroutines only in coroutine-like code, others iter(r[b]).";
            CleanupThrow cleanup_throw (R, W, No, No) [RAISES] None "Handler of a send loop, r[a] = the exception: if a StopIteration, r[b] = its value, falls through, else reraises it.";
            GetAwaitable get_awaitable (W, R, N, No) [RAISES] None "r[a] = the iterator of the awaitable r[b]. c = 1: it comes from __aenter__, 2: from __aexit__ (wording of the TypeError).";
            GetAIter get_aiter (W, R, No, No) [RAISES] None "r[a] = r[b].__aiter__(), TypeError wordings of `async for`.";
            GetANext get_anext (W, R, No, No) [RAISES] None "r[a] = awaitable iterator of r[b].__anext__() (get_awaitable included).";
            EndAsyncFor end_async_for (R, No, No, No) [RAISES] None "Handler of an async for's step, r[a] = the exception: if a StopAsyncIteration it is dropped, falls through, else reraises it.";

            // ---- building ------------------------------------------------------------------------------------------
            BuildTuple build_tuple (W, S, N, No) [] List "r[a] = tuple of r[b .. b+c).";
            BuildList build_list (W, S, N, No) [] List "r[a] = new list of r[b .. b+c).";
            BuildSet build_set (W, S, N, No) [RAISES] List "r[a] = new set of r[b .. b+c), added in order.";
            BuildMap build_map (W, S, N, No) [RAISES] Pairs "r[a] = new dict of the c pairs r[b], r[b+1]; r[b+2], r[b+3]; ...";
            BuildString build_string (W, S, N, No) [] List "r[a] = concatenation of the strings r[b .. b+c).";
            ListAppend list_append (R, R, No, No) [] None "r[a].append(r[b]), r[a] an exact list that the compiler made.";
            ListExtend list_extend (R, R, N, No) [RAISES] None "r[a].extend(r[b]), r[a] an exact list that the compiler made. c = 1: wording \"Value after * must be an iterable\" on a non-iterable.";
            SetAdd set_add (R, R, No, No) [RAISES] None "r[a].add(r[b]), r[a] an exact set.";
            SetUpdate set_update (R, R, No, No) [RAISES] None "r[a].update(r[b]), r[a] an exact set.";
            MapAdd map_add (R, R, R, No) [RAISES] None "r[a][r[b]] = r[c], r[a] an exact dict.";
            DictUpdate dict_update (R, R, No, No) [RAISES] None "r[a].update(r[b]) for `{**x}`: TypeError \"'T' object is not a mapping\".";
            DictMerge dict_merge (R, R, R, No) [RAISES] None "r[a] gets the items of r[b] for the call f(**x) of r[c]: TypeError for duplicates (got multiple values for keyword argument) and non-mappings.";
            ListToTuple list_to_tuple (W, R, No, No) [] None "r[a] = tuple(r[b]), r[b] an exact list that the compiler made and no longer uses.";
            UnpackSequence unpack_sequence (S, R, N, FlagCache) [RAISES] Unpack "r[a .. a+c) = the exactly c items of r[b]; nothing is written before all are there. b may lie in the range.";
            UnpackEx unpack_ex (S, R, N, Count) [RAISES] UnpackEx "r[a .. a+c) = first c items of r[b], r[a+c] = list of the middle ones, r[a+c+1 .. a+c+1+x) = last x items. Nothing is written before all are there.";

            // ---- formatting ----------------------------------------------------------------------------------------
            FormatValue format_value (W, R, N, No) [RAISES] None "r[a] = format(conv(r[b]), ''), conv by c: 0 none, 1 str, 2 repr, 3 ascii.";
            ConvertValue convert_value (W, R, N, No) [RAISES] None "r[a] = conv(r[b]), c as in format_value.";
            FormatWithSpec format_with_spec (W, R, R, No) [RAISES] None "r[a] = format(r[b], r[c]).";
            BuildInterpolation build_interpolation (W, S, N, No) [] Triple "r[a] = Interpolation(value r[b], expression r[b+1], conversion by c (None, 's', 'r', 'a'), format spec r[b+2]).";
            BuildTemplate build_template (W, S, No, No) [] Two "r[a] = Template of the tuple of strings r[b] and the tuple of interpolations r[b+1].";

            // ---- exceptions ----------------------------------------------------------------------------------------
            RaiseValue raise_value (R, No, No, No) [RAISES END] None "raise r[a] (class or instance).";
            RaiseFrom raise_from (R, R, No, No) [RAISES END] None "raise r[a] from r[b].";
            Reraise reraise (R, No, No, No) [RAISES END] None "Raises the exception r[a] again as it is: no new traceback entry for this frame, context unchanged.";
            ReraiseCurrent reraise_current (No, No, No, No) [RAISES END] None "Bare `raise`: re-raises the exception being handled, RuntimeError if none.";
            PushExc push_exc (R, H, No, No) [] None "r[b] = the thread's handled exception (or None; private to pop_exc), handled := r[a].";
            PopExc pop_exc (R, No, No, No) [] None "handled := r[a] (saved by push_exc).";
            JumpIfNoMatch jump_if_no_match (R, R, No, Jump) [RAISES] None "If the exception r[a] does not match r[b] (class or tuple of classes; else TypeError): pc += x.";
            CheckEgMatch check_eg_match (B, B, No, No) [RAISES] None "except*: in r[a] = exception or group, r[b] = type(s); out r[b] = matching part as a group or None, r[a] = the rest or None.";
            PrepReraiseStar prep_reraise_star (W, R, R, No) [RAISES] None "r[a] = what an except* statement finally raises, or None: r[b] = the original exception, r[c] = list of the exceptions raised or left over (may hold None).";
            ExcInfo exc_info (S, R, No, No) [] Write3 "r[a], r[a+1], r[a+2] = type, value, traceback of the exception r[b] (arguments of __exit__).";
            LoadAssertionError load_assertion_error (W, No, No, No) [] None "r[a] = the built-in AssertionError.";

            // ---- pattern matching ----------------------------------------------------------------------------------
            MatchClass match_class (W, S, N, No) [RAISES] Triple "r[a] = tuple of attributes or None: r[b] = subject, r[b+1] = class, r[b+2] = tuple of keyword names, c = number of positional patterns.";
            MatchMapping match_mapping (W, R, No, No) [] None "r[a] = whether r[b] is a mapping (a bool).";
            MatchSequence match_sequence (W, R, No, No) [] None "r[a] = whether r[b] is a sequence for patterns (a bool).";
            MatchKeys match_keys (W, R, R, No) [RAISES] None "r[a] = tuple of the values of r[b] for the tuple of keys r[c], or None if one is absent.";
            GetLen get_len (W, R, No, No) [RAISES] None "r[a] = len(r[b]).";

            // ---- imports -------------------------------------------------------------------------------------------
            ImportName import_name (W, R, N, NameCache) [RAISES CALLS] None "r[a] = __import__(names[x], fromlist=r[b], level=c).";
            ImportFrom import_from (W, R, No, NameCache) [RAISES] None "r[a] = r[b].names[x] with the fallback to sys.modules and ImportError of `from .. import`.";
            ImportStar import_star (R, No, No, No) [RAISES] Namespace "Copies the public names of the module r[a] into the namespace.";

            // ---- rest ----------------------------------------------------------------------------------------------
            SetupAnnotations setup_annotations (No, No, No, No) [RAISES] Namespace "Makes the namespace's __annotations__ dict if it has none.";
            CallIntrinsic call_intrinsic (W, S, N, No) [RAISES] Intrinsic "r[a] = intrinsic c (enum Intrinsic) of r[b] (and r[b+1] where it takes two).";
        }
    };
}

/// What an operand byte means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Unused, zero.
    No,
    /// A register that is read and holds a value (never EMPTY).
    R,
    /// A register that is read and may be EMPTY.
    M,
    /// A register that is written with a value.
    W,
    /// A register that is written with EMPTY.
    E,
    /// A register that is read and written with values.
    B,
    /// A register that is written only if the jump is taken.
    L,
    /// A register that is read (EMPTY allowed) and written with a cell.
    C,
    /// A register that is written with a saved handled exception.
    H,
    /// The destination of a call.
    D,
    /// First register of a group described by the [`Span`].
    S,
    /// An unsigned 8-bit number.
    N,
    /// A signed 8-bit int operand.
    Imm,
    /// `bc`: index into `consts`.
    Const,
    /// `bc`: index into the closure.
    Free,
    /// `bc`: a signed 16-bit int.
    Int,
    /// `bc`: a signed 16-bit jump distance.
    Jump16,
    /// `abc`: a signed 24-bit jump distance.
    Jump24,
}

impl Role {
    /// Whether the operand names one register.
    pub fn is_register(self) -> bool {
        use Role::*;
        matches!(self, R | M | W | E | B | L | C | H | D | S)
    }
}

/// What the second word holds: low half `x`, high half a cache index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Second {
    /// There is no second word.
    No,
    /// `x` indexes `names`; cache.
    NameCache,
    /// `x` is a signed 16-bit jump distance; cache.
    JumpCache,
    /// `x` is a signed 16-bit jump distance; no cache.
    Jump,
    /// `x` holds flags (0 or 1); cache.
    FlagCache,
    /// `x` indexes `consts`; cache.
    ConstCache,
    /// `x` is 0; cache.
    Cache,
    /// `x` holds flags; no cache.
    Flags,
    /// `x` is a count or an index; no cache.
    Count,
    /// The whole word indexes `consts`.
    ConstWide,
}

impl Second {
    /// Whether the high half is a cache index.
    pub fn has_cache(self) -> bool {
        use Second::*;
        matches!(self, NameCache | JumpCache | FlagCache | ConstCache | Cache)
    }
}

/// Registers an instruction touches beyond its three operands (or through an [`Role::S`] operand).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// None.
    None,
    /// Afterwards `r[a]` is known to hold a value.
    Bound,
    /// Afterwards `r[a]` is EMPTY.
    Unbind,
    /// Uses the namespace in register 0 (code without `OPTIMIZED` only).
    Namespace,
    /// Writes `r[a .. a+b)`.
    Fill,
    /// Writes `r[a]`, writes `r[a+2]` (perhaps EMPTY), kills `r[a+1]`.
    LoadMethod,
    /// Reads `r[a .. a+3)`, writes `r[a]`.
    SuperAttr,
    /// Reads `r[a .. a+3)`, then as [`Span::LoadMethod`].
    SuperMethod,
    /// Also reads `r[b+1]`.
    PairB,
    /// Also reads `r[c+1]`.
    PairC,
    /// Reads `r[b .. b+c)`.
    List,
    /// Reads `r[b .. b+2c)`.
    Pairs,
    /// Reads `r[b]`, `r[b+1]`.
    Two,
    /// Reads `r[b]`, `r[b+1]`, `r[b+2]`.
    Triple,
    /// Writes `r[a .. a+3)`.
    Write3,
    /// Writes `r[a .. a+c)`.
    Unpack,
    /// Writes `r[a .. a+c+1+x)`.
    UnpackEx,
    /// Reads `r[a]`, `r[a+2 .. a+2+b)`; if it jumps, writes `r[a .. a+3)`.
    RangePrep,
    /// Reads and writes `r[b .. b+3)`.
    ForRange,
    /// Reads `r[a]`, `r[a+2 .. a+2+b)`, kills everything from `r[a]` up.
    Call,
    /// As [`Span::Call`], but `r[a+2]` may be EMPTY.
    CallMethod,
    /// Reads `r[a]`, `r[a+2]`, `r[a+3]` (perhaps EMPTY), kills everything from `r[a]` up.
    CallEx,
    /// Reads what the flags in `x` say of `r[a .. a+4)`, writes `r[a]`.
    MakeFunction,
    /// Reads as many registers from `r[b]` as the intrinsic takes.
    Intrinsic,
}

/// Properties of an opcode.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Flags(pub u8);

impl Flags {
    /// No property.
    pub const NONE: Flags = Flags(0);
    /// May raise.
    pub const RAISES: Flags = Flags(1);
    /// Never goes on to the next instruction.
    pub const END: Flags = Flags(2);
    /// May jump backward; polls when it jumps.
    pub const BACK: Flags = Flags(4);
    /// Is a call (polls).
    pub const CALLS: Flags = Flags(8);

    /// Union.
    pub const fn or(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// Whether all of `other` is set.
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The table's row of one opcode.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Snake-case name.
    pub name: &'static str,
    /// Role of `a`.
    pub a: Role,
    /// Role of `b` (or `bc`).
    pub b: Role,
    /// Role of `c`.
    pub c: Role,
    /// The second word.
    pub second: Second,
    /// Properties.
    pub flags: Flags,
    /// Further registers.
    pub span: Span,
    /// Semantics.
    pub doc: &'static str,
}

macro_rules! define {
    ($($op:ident $name:ident ($a:ident, $b:ident, $c:ident, $x:ident) [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        /// An opcode.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $op,)*
        }

        /// All opcodes in numeric order.
        pub const OPS: &[Op] = &[$(Op::$op),*];

        static INFO: &[OpInfo] = &[$(OpInfo {
            name: stringify!($name),
            a: Role::$a,
            b: Role::$b,
            c: Role::$c,
            second: Second::$x,
            flags: Flags::NONE$(.or(Flags::$flag))*,
            span: Span::$span,
            doc: $doc,
        }),*];
    };
}
for_each_opcode!(define);

/// Number of opcodes.
pub const OP_COUNT: usize = OPS.len();
const _: () = assert!(OP_COUNT <= 200);

impl Op {
    /// The opcode's row of the table.
    #[inline]
    pub fn info(self) -> &'static OpInfo {
        &INFO[self as usize]
    }

    /// The opcode with this number, if there is one.
    #[inline]
    pub fn from_u8(n: u8) -> Option<Op> {
        OPS.get(n as usize).copied()
    }

    /// Length in words, 1 or 2.
    #[inline]
    pub fn words(self) -> usize {
        if self.info().second == Second::No { 1 } else { 2 }
    }

    /// Whether it may jump.
    pub fn is_jump(self) -> bool {
        let info = self.info();
        info.a == Role::Jump24 || info.b == Role::Jump16 || matches!(info.second, Second::JumpCache | Second::Jump)
    }
}

/// No cache: the high half of a second word.
pub const NO_CACHE: u16 = 0xFFFF;

/// Fields of an instruction word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word(pub u32);

impl Word {
    /// `op a b c`.
    pub const fn abc(op: Op, a: u8, b: u8, c: u8) -> Word {
        Word(op as u32 | (a as u32) << 8 | (b as u32) << 16 | (c as u32) << 24)
    }
    /// `op a bc`.
    pub const fn wide(op: Op, a: u8, bc: u16) -> Word {
        Word(op as u32 | (a as u32) << 8 | (bc as u32) << 16)
    }
    /// `op` with a 24-bit distance.
    pub const fn jump24(op: Op, distance: i32) -> Word {
        Word(op as u32 | (distance as u32) << 8)
    }
    /// A second word.
    pub const fn second(x: u16, cache: u16) -> Word {
        Word(x as u32 | (cache as u32) << 16)
    }
    /// The opcode number.
    pub const fn op(self) -> u8 {
        self.0 as u8
    }
    /// Operand `a`.
    pub const fn a(self) -> u8 {
        (self.0 >> 8) as u8
    }
    /// Operand `b`.
    pub const fn b(self) -> u8 {
        (self.0 >> 16) as u8
    }
    /// Operand `c`.
    pub const fn c(self) -> u8 {
        (self.0 >> 24) as u8
    }
    /// Operand `bc`, unsigned.
    pub const fn bc(self) -> u16 {
        (self.0 >> 16) as u16
    }
    /// Operand `abc`, signed.
    pub const fn distance24(self) -> i32 {
        self.0 as i32 >> 8
    }
    /// Low half of a second word.
    pub const fn x(self) -> u16 {
        self.0 as u16
    }
    /// Cache half of a second word.
    pub const fn cache(self) -> u16 {
        (self.0 >> 16) as u16
    }
}

/// Flags of `make_function` (its `x`).
pub mod func {
    /// `r[a]`: tuple of positional defaults.
    pub const DEFAULTS: u16 = 1;
    /// `r[a+1]`: dict of keyword-only defaults.
    pub const KWDEFAULTS: u16 = 2;
    /// `r[a+2]`: annotate function.
    pub const ANNOTATE: u16 = 4;
    /// `r[a+3]`: closure tuple.
    pub const CLOSURE: u16 = 8;
    /// `r[a+2]`: flat tuple of names and annotation strings.
    pub const ANNOTATIONS: u16 = 16;
}

/// The method that `load_special` looks up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Special {
    /// `__enter__`
    Enter,
    /// `__exit__`
    Exit,
    /// `__aenter__`
    AEnter,
    /// `__aexit__`
    AExit,
}

impl Special {
    /// From the operand.
    pub fn from_u8(n: u8) -> Option<Special> {
        [Special::Enter, Special::Exit, Special::AEnter, Special::AExit].get(n as usize).copied()
    }
}

macro_rules! intrinsics {
    ($($(#[$doc:meta])* $name:ident $arity:literal,)*) => {
        /// The rare operations behind `call_intrinsic`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Intrinsic { $($(#[$doc])* $name,)* }

        const INTRINSICS: &[(Intrinsic, u8, &str)] = &[$((Intrinsic::$name, $arity, stringify!($name))),*];
    };
}
intrinsics! {
    /// `sys.displayhook(r[b])`; result None.
    Print 1,
    /// New `TypeVar` of name `r[b]`, variance inferred.
    TypeVar 1,
    /// New `TypeVar` of name `r[b]` with the lazy bound `r[b+1]` (a function taking a format).
    TypeVarWithBound 2,
    /// New `TypeVar` of name `r[b]` with the lazy tuple of constraints `r[b+1]`.
    TypeVarWithConstraints 2,
    /// New `ParamSpec` of name `r[b]`.
    ParamSpec 1,
    /// New `TypeVarTuple` of name `r[b]`.
    TypeVarTuple 1,
    /// Gives the type parameter `r[b]` the lazy default `r[b+1]`; result `r[b]`.
    SetTypeParamDefault 2,
    /// `typing.Generic[*r[b]]`, `r[b]` a tuple of type parameters (type variable tuples unpacked).
    SubscriptGeneric 1,
    /// Sets `__type_params__` of the function `r[b]` to the tuple `r[b+1]`; result `r[b]`.
    SetFunctionTypeParams 2,
    /// New `TypeAliasType` from the tuple `r[b]`: (name, tuple of type parameters or None, function computing the value).
    TypeAlias 1,
    /// `NotImplementedError` raised if `r[b] > 2` (format check at the start of annotate and evaluate functions); result None.
    CheckAnnotateFormat 1,
    /// A loop is left early: if its iterator `r[b]` is a generator that is the loop's own, it is closed; result None.
    LeaveIterator 1,
}

impl Intrinsic {
    /// From the operand.
    pub fn from_u8(n: u8) -> Option<Intrinsic> {
        INTRINSICS.get(n as usize).map(|row| row.0)
    }
    /// How many registers it reads.
    pub fn arity(self) -> u8 {
        INTRINSICS[self as usize].1
    }
    /// Its name.
    pub fn name(self) -> &'static str {
        INTRINSICS[self as usize].2
    }
}
