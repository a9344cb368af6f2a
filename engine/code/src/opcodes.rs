//! The instruction set, declared once.
//!
//! [`for_each_opcode!`](crate::for_each_opcode) hands the whole table to a callback macro; the encoder, the verifier, the
//! disassembler and the interpreter's dispatch are all derived from it, so a forgotten opcode does not compile.
//!
//! # Table columns
//!
//! `Variant snake_name Format [FLAGS] Span "doc";`
//!
//! `Format` is that of its operands (see [`formats`](crate::formats)), the flags are [`Flags`], [`Span`] names the registers
//! touched beyond the operands. "EMPTY" is the unbound marker, `r[dst]` the register that the operand `dst` names, `pc` where
//! the next instruction stands.
//!
//! # Calls
//!
//! All call instructions are two words long and have a window, a group of registers. The callee's register 0 is the caller's
//! `r[window+2]`; `r[window]` is the callee, `r[window+1]` takes the return address. Registers from `window` up are dead after the
//! call; the result goes to `r[dst]`, where `dst <= window`.
//!
//! # Polls
//!
//! Opcodes flagged `BACK` may jump backward and poll when they jump. Other jumps go forward only and do not poll.

use crate::formats::{self, Operand, Place, Role, role_at};

/// Calls `$callback! { rows }` with the table; see the [module](crate::opcodes) for its columns.
#[macro_export]
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $callback! {
            // ---- data movement -------------------------------------------------------------------------------------
            Nop nop Plain [] None "Does nothing.";
            MoveReg move_reg Unary [] None "r[dst] = r[src].";
            MoveAny move_any MoveAny [] None "r[dst] = r[src], which may be EMPTY.";
            Clear clear Empty [] None "r[dst] = EMPTY.";
            LoadConst load_const LoadConst [] None "r[dst] = consts[value].";
            LoadConstWide load_const_wide LoadConstWide [] None "r[dst] = consts[value].";
            LoadInt load_int LoadInt [] None "r[dst] = value as a signed int.";
            LoadNones load_nones Fill [] Fill "r[first .. first+count) = None.";
            CheckBound check_bound Local [RAISES] Bound "Raises UnboundLocalError for varnames[local] if r[local] is EMPTY.";
            DeleteLocal delete_local Local [RAISES] Unbind "As check_bound, then r[local] = EMPTY.";

            // ---- locals beyond the registers: one internal array per frame -----------------------------------------
            MakeBig make_big NewArray [] None "r[dst] = new internal array of `slots` slots (for code.big_locals): EMPTY ones, but if arguments is 1 the first are the arguments, which stand in the registers from 0 on (first instruction only).";
            LoadBig load_big LoadBig [RAISES] None "r[dst] = that slot of the array r[array]; EMPTY raises UnboundLocalError for big_locals[slot].";
            StoreBig store_big StoreBig [] None "That slot of the array r[array] = r[value].";
            DeleteBig delete_big DeleteBig [RAISES] None "That slot of the array r[array] = EMPTY; raises UnboundLocalError if it is already.";

            // ---- cells and free variables --------------------------------------------------------------------------
            MakeCell make_cell NewCell [] None "r[cell] = new cell holding the old r[cell] (an argument, or EMPTY).";
            LoadCell load_cell Unary [RAISES] None "r[dst] = contents of the cell r[src]; if EMPTY raises UnboundLocalError for the cell variable in register src.";
            StoreCell store_cell Put [] None "Contents of the cell r[container] = r[value].";
            DeleteCell delete_cell Use [RAISES] None "Contents of the cell r[value] = EMPTY; raises UnboundLocalError if it is already.";
            LoadFree load_free LoadFree [RAISES] None "r[dst] = contents of the callee's closure cell `cell`; if EMPTY raises NameError (cannot access free variable) for freevars[cell].";
            StoreFree store_free StoreFree [] None "Contents of the closure cell `cell` = r[value].";
            DeleteFree delete_free DeleteFree [RAISES] None "Contents of the closure cell `cell` = EMPTY; raises NameError if it is already.";
            LoadFreeCell load_free_cell LoadFree [] None "r[dst] = the closure cell `cell` itself (to build an inner closure).";
            LoadDictOrFree load_dict_or_free LoadNameHow [RAISES] None "r[dst] = r[object][names[site]] if the mapping r[object] has it, else as load_free of cell `how`.";

            // ---- names ---------------------------------------------------------------------------------------------
            LoadGlobal load_global LoadName [RAISES] None "r[dst] = globals[names[site]], else builtins, else NameError.";
            StoreGlobal store_global UseName [RAISES] None "globals[names[site]] = r[value].";
            DeleteGlobal delete_global Name [RAISES] None "del globals[names[site]], NameError if absent.";
            LoadName load_name LoadName [RAISES] Namespace "r[dst] = r[0][names[site]] if r[0] (the namespace) is not EMPTY and has it, else as load_global.";
            StoreName store_name UseName [RAISES] Namespace "r[0][names[site]] = r[value]; into the globals if r[0] is EMPTY.";
            DeleteName delete_name Name [RAISES] Namespace "del r[0][names[site]] (the globals if r[0] is EMPTY), NameError if absent.";
            LoadDictOrGlobal load_dict_or_global LoadAttr [RAISES] None "r[dst] = r[object][names[site]] if the mapping r[object] has it, else as load_global.";
            LoadLocals load_locals Make [] Namespace "r[dst] = the namespace: r[0], or the globals dict if r[0] is EMPTY.";

            // ---- attributes ----------------------------------------------------------------------------------------
            LoadAttr load_attr LoadAttr [RAISES] None "r[dst] = r[object].names[site].";
            StoreAttr store_attr StoreAttr [RAISES] None "r[object].names[site] = r[value].";
            DeleteAttr delete_attr UseName [RAISES] None "del r[value].names[site].";
            LoadMethod load_method LoadMethod [RAISES] LoadMethod "Prepares call_method at window a for r[object].names[site]: either r[window] = plain function found on the type and r[window+2] = r[object], or r[window] = the attribute and r[window+2] = EMPTY. object may be window, window+1 or window+2.";
            LoadSuperAttr load_super_attr LoadSuper [RAISES] SuperAttr "r[window] = super attribute names[site]: inputs r[window] = value of the global `super`, r[window+1] = class, r[window+2] = self. If r[window] is not the built-in type, it is called with (r[window+1], r[window+2]) (arguments = 2) or nothing (arguments = 0) first.";
            LoadSuperMethod load_super_method LoadSuper [RAISES] SuperMethod "As load_super_attr, the result as of load_method: r[window] and r[window+2].";
            LoadSpecial load_special LoadSpecial [RAISES] LoadMethod "As load_method for the special method `method` (enum Special), looked up on the type only; if missing, TypeError as of a with statement.";

            // ---- subscripts ----------------------------------------------------------------------------------------
            LoadSubscr load_subscr LoadItem [RAISES] None "r[dst] = r[container][r[key]].";
            LoadSubscrI load_subscr_i LoadItemI [RAISES] None "r[dst] = r[container][key], key a small int.";
            LoadSubscrK load_subscr_k LoadItemK [RAISES] None "r[dst] = r[container][consts[key]].";
            StoreSubscr store_subscr StoreItem [RAISES] None "r[container][r[key]] = r[value].";
            StoreSubscrI store_subscr_i StoreItemI [RAISES] None "r[container][key] = r[value], key a small int.";
            DeleteSubscr delete_subscr UseTwo [RAISES] None "del r[value][r[other]].";
            LoadSlice load_slice LoadItem [RAISES] PairC "r[dst] = r[container][r[key]:r[key+1]] (None where absent).";
            StoreSlice store_slice StoreItem [RAISES] PairB "r[container][r[key]:r[key+1]] = r[value].";
            BuildSlice build_slice Gather [] List "r[dst] = slice(r[first], r[first+1]) (count = 2) or slice(r[first], r[first+1], r[first+2]) (count = 3).";

            // ---- arithmetic: x is 1 for an augmented assignment (the in-place slot is tried first), else 0 -----------
            Add add Binary [RAISES] None "r[dst] = r[left] + r[right].";
            Sub sub Binary [RAISES] None "r[dst] = r[left] - r[right].";
            Mul mul Binary [RAISES] None "r[dst] = r[left] * r[right].";
            TrueDiv true_div Binary [RAISES] None "r[dst] = r[left] / r[right].";
            FloorDiv floor_div Binary [RAISES] None "r[dst] = r[left] // r[right].";
            Mod modulo Binary [RAISES] None "r[dst] = r[left] % r[right].";
            Pow pow Binary [RAISES] None "r[dst] = r[left] ** r[right].";
            MatMul mat_mul Binary [RAISES] None "r[dst] = r[left] @ r[right].";
            LShift l_shift Binary [RAISES] None "r[dst] = r[left] << r[right].";
            RShift r_shift Binary [RAISES] None "r[dst] = r[left] >> r[right].";
            BitAnd bit_and Binary [RAISES] None "r[dst] = r[left] & r[right].";
            BitOr bit_or Binary [RAISES] None "r[dst] = r[left] | r[right].";
            BitXor bit_xor Binary [RAISES] None "r[dst] = r[left] ^ r[right].";
            AddI add_i BinaryI [RAISES] None "r[dst] = r[left] + right, right a small int.";
            SubI sub_i BinaryI [RAISES] None "r[dst] = r[left] - right, right a small int.";
            MulI mul_i BinaryI [RAISES] None "r[dst] = r[left] * right, right a small int.";
            FloorDivI floor_div_i BinaryI [RAISES] None "r[dst] = r[left] // right, right a small int (may be 0).";
            ModI mod_i BinaryI [RAISES] None "r[dst] = r[left] % right, right a small int (may be 0).";
            BitAndI bit_and_i BinaryI [RAISES] None "r[dst] = r[left] & right, right a small int.";
            LShiftI l_shift_i BinaryI [RAISES] None "r[dst] = r[left] << right, right a small int (may be negative: ValueError).";
            RShiftI r_shift_i BinaryI [RAISES] None "r[dst] = r[left] >> right, right a small int (may be negative: ValueError).";
            Neg neg Unary [RAISES] None "r[dst] = -r[src].";
            Pos pos Unary [RAISES] None "r[dst] = +r[src].";
            Invert invert Unary [RAISES] None "r[dst] = ~r[src].";
            Not not Unary [RAISES] None "r[dst] = not r[src].";

            // ---- comparisons to a value ----------------------------------------------------------------------------
            Lt lt Compare [RAISES] None "r[dst] = r[left] < r[right] (any object, as all rich comparisons).";
            Le le Compare [RAISES] None "r[dst] = r[left] <= r[right].";
            Gt gt Compare [RAISES] None "r[dst] = r[left] > r[right].";
            Ge ge Compare [RAISES] None "r[dst] = r[left] >= r[right].";
            Eq eq Compare [RAISES] None "r[dst] = r[left] == r[right].";
            Ne ne Compare [RAISES] None "r[dst] = r[left] != r[right].";
            Is is_same Combine [] None "r[dst] = r[left] is r[right], a bool.";
            IsNot is_not Combine [] None "r[dst] = r[left] is not r[right], a bool.";
            Contains contains Compare [RAISES] None "r[dst] = r[left] in r[right], a bool (r[right] is the container).";
            NotContains not_contains Compare [RAISES] None "r[dst] = r[left] not in r[right], a bool.";

            // ---- jumps ---------------------------------------------------------------------------------------------
            Jump jump Jump [END] None "pc += target, forward.";
            LoopBack loop_back Jump [END BACK] None "pc += target, backward (or forward); polls.";
            JumpIfTrue jump_if_true JumpIf [RAISES BACK] None "If bool(r[value]): pc += target.";
            JumpIfFalse jump_if_false JumpIf [RAISES] None "If not bool(r[value]): pc += target.";
            JumpIfNone jump_if_none JumpIf [] None "If r[value] is None: pc += target.";
            JumpIfNotNone jump_if_not_none JumpIf [BACK] None "If r[value] is not None: pc += target.";
            JLt j_lt JumpCompare [RAISES BACK] None "If bool(r[left] < r[right]): pc += target.";
            JLe j_le JumpCompare [RAISES BACK] None "If bool(r[left] <= r[right]): pc += target.";
            JGt j_gt JumpCompare [RAISES BACK] None "If bool(r[left] > r[right]): pc += target.";
            JGe j_ge JumpCompare [RAISES BACK] None "If bool(r[left] >= r[right]): pc += target.";
            JEq j_eq JumpCompare [RAISES BACK] None "If bool(r[left] == r[right]): pc += target.";
            JNe j_ne JumpCompare [RAISES BACK] None "If bool(r[left] != r[right]): pc += target.";
            JNotLt j_not_lt JumpCompare [RAISES] None "If not bool(r[left] < r[right]): pc += target (differs from j_ge for NaN and for user types).";
            JNotLe j_not_le JumpCompare [RAISES] None "If not bool(r[left] <= r[right]): pc += target.";
            JNotGt j_not_gt JumpCompare [RAISES] None "If not bool(r[left] > r[right]): pc += target.";
            JNotGe j_not_ge JumpCompare [RAISES] None "If not bool(r[left] >= r[right]): pc += target.";
            JNotEq j_not_eq JumpCompare [RAISES] None "If not bool(r[left] == r[right]): pc += target.";
            JNotNe j_not_ne JumpCompare [RAISES] None "If not bool(r[left] != r[right]): pc += target.";
            JLtI j_lt_i JumpCompareI [RAISES BACK] None "If bool(r[left] < right): pc += target, right a small int.";
            JLeI j_le_i JumpCompareI [RAISES BACK] None "If bool(r[left] <= right): pc += target.";
            JGtI j_gt_i JumpCompareI [RAISES BACK] None "If bool(r[left] > right): pc += target.";
            JGeI j_ge_i JumpCompareI [RAISES BACK] None "If bool(r[left] >= right): pc += target.";
            JEqI j_eq_i JumpCompareI [RAISES BACK] None "If bool(r[left] == right): pc += target.";
            JNeI j_ne_i JumpCompareI [RAISES BACK] None "If bool(r[left] != right): pc += target.";
            JNotLtI j_not_lt_i JumpCompareI [RAISES] None "If not bool(r[left] < right): pc += target.";
            JNotLeI j_not_le_i JumpCompareI [RAISES] None "If not bool(r[left] <= right): pc += target.";
            JNotGtI j_not_gt_i JumpCompareI [RAISES] None "If not bool(r[left] > right): pc += target.";
            JNotGeI j_not_ge_i JumpCompareI [RAISES] None "If not bool(r[left] >= right): pc += target.";
            JNotEqI j_not_eq_i JumpCompareI [RAISES] None "If not bool(r[left] == right): pc += target.";
            JNotNeI j_not_ne_i JumpCompareI [RAISES] None "If not bool(r[left] != right): pc += target.";
            JIs j_is JumpCompare [BACK] None "If r[left] is r[right]: pc += target.";
            JNotIs j_not_is JumpCompare [] None "If r[left] is not r[right]: pc += target.";
            JNotDrain j_not_drain JumpUnless [] None "If r[value] is not the built-in function or type `which` (enum Drain): pc += target.";
            JIn j_in JumpCompare [RAISES BACK] None "If r[left] in r[right]: pc += target.";
            JNotIn j_not_in JumpCompare [RAISES] None "If r[left] not in r[right]: pc += target.";

            // ---- iteration: loops are tested at the bottom, so the jump is taken while there are items ---------------
            GetIter get_iter UnaryHow [RAISES] None "r[dst] = iter(r[src]). how = 1: right behind the call that made r[src], which nothing else names, in the header of a loop (a generator made by that call is then the loop's own).";
            ForIter for_iter Loop [RAISES BACK] None "If the iterator r[iterator] has a next item: r[item] = item, pc += body; else falls through, r[item] untouched.";
            ForPair for_pair PairLoop [RAISES BACK] None "As for_iter and the unpacking of the item into two: r[item], r[second] = the item's items. The instruction behind it has the position of errors in unpacking.";
            RangePrep range_prep RangePrep [] RangePrep "`for .. in range(..)`: r[window] = callable, r[window+2 .. window+2+arguments) = its 1 to 3 arguments. If r[window] is the built-in type range and all arguments are small ints (step not 0): r[window] = number of items, r[window+1] = first item, r[window+2] = step, pc += ready; items and steps must stay small ints. Else falls through with nothing changed (the generic call follows).";
            ForRange for_range RangeLoop [RAISES BACK] ForRange "If r[state] is an int (then so are r[state+1], r[state+2] unless an image lies): if it is > 0: r[state] -= 1, r[item] = r[state+1], r[state+1] += r[state+2], pc += body; else falls through. If r[state] is no int it is an iterator: as for_iter.";

            // ---- calls ---------------------------------------------------------------------------------------------
            Call call Call [RAISES CALLS] Call "r[dst] = r[window](r[window+2 .. window+2+arguments)).";
            CallMethod call_method Call [RAISES CALLS] CallMethod "After load_method: r[dst] = r[window](r[window+2 .. window+2+arguments)), or, if r[window+2] is EMPTY, r[window](r[window+3 .. window+2+arguments)). `arguments` counts r[window+2] in both cases.";
            CallKw call_kw CallNames [RAISES CALLS] Call "As call; consts[names] is the tuple of the names of the last arguments.";
            CallMethodKw call_method_kw CallNames [RAISES CALLS] CallMethod "As call_method; consts[names] is the tuple of the names of the last arguments.";
            CallEx call_ex CallEx [RAISES CALLS] CallEx "r[dst] = r[window](*r[window+2], **r[window+3]); r[window+2] is a tuple, a list or (unchecked = 1) any iterable still to be checked, r[window+3] a mapping, which the call only reads, or EMPTY.";
            ReturnValue return_value Use [END] None "Returns r[value].";
            ReturnConst return_const UseConst [END] None "Returns consts[value].";
            MakeFunction make_function MakeFunction [] MakeFunction "r[window] = function of consts[code] (a Code). parts: 1 r[window] = tuple of defaults; 2 r[window+1] = dict of keyword defaults; 4 r[window+2] = the annotate function; 16 r[window+2] = flat tuple (name, string, ...) of annotations under `from __future__ import annotations`; 8 r[window+3] = closure, a tuple of cells.";
            LoadBuildClass load_build_class Make [RAISES] None "r[dst] = builtins.__build_class__.";

            // ---- generators and coroutines ---------------------------------------------------------------------------
            ReturnGenerator return_generator Plain [] None "First instruction of generator-like code, arguments bound: makes the generator / coroutine / async generator (by code.flags) suspended after this instruction and returns it to the caller. A StopIteration that leaves such a frame becomes RuntimeError in the runtime.";
            YieldValue yield_value Unary [RAISES] None "Suspends, yielding r[src] (wrapped as a produced item in an async generator); when resumed r[dst] = the sent value.";
            YieldDelegate yield_delegate Delegate [RAISES] None "Suspends inside a send loop, yielding r[value] as is; r[iterator] is the iterator delegated to (gi_yieldfrom, cr_await); when resumed r[value] = the sent value. throw() and close() go to r[iterator] first.";
            Send send Send [RAISES] None "Sends r[value] to the iterator r[iterator]: if it yields, r[value] = the yielded value, falls through; if it returns, r[value] = the returned value, pc += done.";
            GetYieldFromIter get_yield_from_iter Unary [RAISES] None "r[dst] = the iterator for `yield from r[src]`: generators as they are, coroutines only in coroutine-like code, others iter(r[src]).";
            CleanupThrow cleanup_throw CleanupThrow [RAISES] None "Handler of a send loop, r[exception] = the exception: if a StopIteration, r[dst] = its value, falls through, else reraises it.";
            GetAwaitable get_awaitable UnaryHow [RAISES] None "r[dst] = the iterator of the awaitable r[src]. how = 1: it comes from __aenter__, 2: from __aexit__ (wording of the TypeError).";
            GetAIter get_aiter Unary [RAISES] None "r[dst] = r[src].__aiter__(), TypeError wordings of `async for`.";
            GetANext get_anext Unary [RAISES] None "r[dst] = awaitable iterator of r[src].__anext__() (get_awaitable included).";
            EndAsyncFor end_async_for Use [RAISES] None "Handler of an async for's step, r[value] = the exception: if a StopAsyncIteration it is dropped, falls through, else reraises it.";

            // ---- building ------------------------------------------------------------------------------------------
            BuildTuple build_tuple Gather [] List "r[dst] = tuple of r[first .. first+count).";
            BuildList build_list Gather [] List "r[dst] = new list of r[first .. first+count).";
            BuildSet build_set Gather [RAISES] List "r[dst] = new set of r[first .. first+count), added in order.";
            BuildMap build_map Gather [RAISES] Pairs "r[dst] = new dict of the count pairs r[first], r[first+1]; r[first+2], r[first+3]; ...";
            BuildString build_string Gather [] List "r[dst] = concatenation of the strings r[first .. first+count).";
            ListAppend list_append Put [] None "r[container].append(r[value]), r[container] an exact list that the compiler made.";
            ListExtend list_extend PutHow [RAISES] None "r[container].extend(r[value]), r[container] an exact list that the compiler made. how = 1: wording \"Value after * must be an iterable\" on a non-iterable.";
            SetAdd set_add Put [RAISES] None "r[container].add(r[value]), r[container] an exact set.";
            SetUpdate set_update Put [RAISES] None "r[container].update(r[value]), r[container] an exact set.";
            MapAdd map_add PutPair [RAISES] None "r[container][r[key]] = r[value], r[container] an exact dict.";
            DictUpdate dict_update Put [RAISES] None "r[container].update(r[value]) for `{**x}`: TypeError \"'T' object is not a mapping\".";
            DictMerge dict_merge PutPair [RAISES] None "r[container] gets the items of r[key] for the call f(**x) of r[value]: TypeError for duplicates (got multiple values for keyword argument) and non-mappings.";
            ListToTuple list_to_tuple Unary [] None "r[dst] = tuple(r[src]), r[src] an exact list that the compiler made and no longer uses.";
            UnpackSequence unpack_sequence Unpack [RAISES] Unpack "r[first .. first+count) = the exactly count items of r[src]; nothing is written before all are there. src may lie in the range.";
            UnpackEx unpack_ex UnpackEx [RAISES] UnpackEx "r[first .. first+before) = first before items of r[src], r[first+before] = list of the middle ones, r[first+before+1 .. first+before+1+after) = last after items. Nothing is written before all are there.";

            // ---- formatting ----------------------------------------------------------------------------------------
            FormatValue format_value UnaryHow [RAISES] None "r[dst] = format(conv(r[src]), ''), conv by how: 0 none, 1 str, 2 repr, 3 ascii.";
            ConvertValue convert_value UnaryHow [RAISES] None "r[dst] = conv(r[src]), how as in format_value.";
            FormatWithSpec format_with_spec Combine [RAISES] None "r[dst] = format(r[left], r[right]).";
            BuildInterpolation build_interpolation Gather [] Triple "r[dst] = Interpolation(value r[first], expression r[first+1], conversion by count (None, 's', 'r', 'a'), format spec r[first+2]).";
            BuildTemplate build_template GatherTwo [] Two "r[dst] = Template of the tuple of strings r[first] and the tuple of interpolations r[first+1].";

            // ---- exceptions ----------------------------------------------------------------------------------------
            RaiseValue raise_value Use [RAISES END] None "raise r[value] (class or instance).";
            RaiseFrom raise_from UseTwo [RAISES END] None "raise r[value] from r[other].";
            Reraise reraise Use [RAISES END] None "Raises the exception r[value] again as it is: no new traceback entry for this frame, context unchanged.";
            ReraiseCurrent reraise_current Plain [RAISES END] None "Bare `raise`: re-raises the exception being handled, RuntimeError if none.";
            PushExc push_exc PushExc [] None "r[saved] = the thread's handled exception (or None; private to pop_exc), handled := r[exception].";
            PopExc pop_exc Use [] None "handled := r[value] (saved by push_exc).";
            JumpIfNoMatch jump_if_no_match JumpCompare [RAISES] None "If the exception r[left] does not match r[right] (class or tuple of classes; else TypeError): pc += target.";
            CheckEgMatch check_eg_match SplitGroup [RAISES] None "except*: in r[exception] = exception or group, r[types] = type(s); out r[types] = matching part as a group or None, r[exception] = the rest or None.";
            PrepReraiseStar prep_reraise_star Combine [RAISES] None "r[dst] = what an except* statement finally raises, or None: r[left] = the original exception, r[right] = list of the exceptions raised or left over (may hold None).";
            ExcInfo exc_info ExcInfo [] Write3 "r[first], r[first+1], r[first+2] = type, value, traceback of the exception r[exception] (arguments of __exit__).";
            LoadAssertionError load_assertion_error Make [] None "r[dst] = the built-in AssertionError.";

            // ---- pattern matching ----------------------------------------------------------------------------------
            MatchClass match_class Gather [RAISES] Triple "r[dst] = tuple of attributes or None: r[first] = subject, r[first+1] = class, r[first+2] = tuple of keyword names, count = number of positional patterns.";
            MatchMapping match_mapping Unary [] None "r[dst] = whether r[src] is a mapping (a bool).";
            MatchSequence match_sequence Unary [] None "r[dst] = whether r[src] is a sequence for patterns (a bool).";
            MatchKeys match_keys Combine [RAISES] None "r[dst] = tuple of the values of r[left] for the tuple of keys r[right], or None if one is absent.";
            GetLen get_len Unary [RAISES] None "r[dst] = len(r[src]).";

            // ---- imports -------------------------------------------------------------------------------------------
            ImportName import_name LoadNameHow [RAISES CALLS] None "r[dst] = __import__(names[site], fromlist=r[object], level=how).";
            ImportFrom import_from LoadAttr [RAISES] None "r[dst] = r[object].names[site] with the fallback to sys.modules and ImportError of `from .. import`.";
            ImportStar import_star Use [RAISES] Namespace "Copies the public names of the module r[value] into the namespace.";

            // ---- rest ----------------------------------------------------------------------------------------------
            SetupAnnotations setup_annotations Plain [RAISES] Namespace "Makes the namespace's __annotations__ dict if it has none.";
            CallIntrinsic call_intrinsic Gather [RAISES] Intrinsic "r[dst] = intrinsic count (enum Intrinsic) of r[first] (and r[first+1] where it takes two).";
        }
    };
}

/// Registers an instruction touches beyond its operands (or through an [`Role::S`] operand); `a`, `b`, `c` and `x` are the
/// operands at these [places](crate::formats::Place).
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
    /// Name of the format.
    pub format: &'static str,
    /// The operands.
    pub operands: &'static [Operand],
    /// What the byte `a` means, or whatever begins there.
    pub a: Role,
    /// The same of `b`.
    pub b: Role,
    /// The same of `c`.
    pub c: Role,
    /// Length in words.
    pub words: usize,
    /// Properties.
    pub flags: Flags,
    /// Further registers.
    pub span: Span,
    /// Semantics.
    pub doc: &'static str,
}

impl OpInfo {
    /// The operand with this role, if there is one.
    pub fn operand(&self, role: Role) -> Option<&'static Operand> {
        self.operands.iter().find(|o| o.role == role)
    }
}

macro_rules! define {
    ($($op:ident $name:ident $format:ident [$($flag:ident)*] $span:ident $doc:literal;)*) => {
        /// An opcode.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op {
            $(#[doc = $doc] $op,)*
        }

        /// All opcodes in numeric order.
        pub const OPS: &[Op] = &[$(Op::$op),*];

        static INFO: &[OpInfo] = &[$({
            const OPERANDS: &[Operand] = <formats::$format as formats::Format>::OPERANDS;
            OpInfo {
                name: stringify!($name),
                format: stringify!($format),
                operands: OPERANDS,
                a: role_at(OPERANDS, Place::A),
                b: role_at(OPERANDS, Place::B),
                c: role_at(OPERANDS, Place::C),
                words: formats::words(OPERANDS),
                flags: Flags::NONE$(.or(Flags::$flag))*,
                span: Span::$span,
                doc: $doc,
            }
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
        self.info().words
    }

    /// Whether it may jump.
    pub fn is_jump(self) -> bool {
        self.info().operand(Role::Jump).is_some()
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

/// The built-ins that do nothing with a generator expression but run it to its end: their calls run it in line. As CPython does
/// with the first three since 3.14.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Drain {
    /// `all`
    All,
    /// `any`
    Any,
    /// `tuple`
    Tuple,
    /// `list`
    List,
    /// `set`
    Set,
}

impl Drain {
    const ALL: [(Drain, &str); 5] =
        [(Drain::All, "all"), (Drain::Any, "any"), (Drain::Tuple, "tuple"), (Drain::List, "list"), (Drain::Set, "set")];

    /// From the operand.
    pub fn from_u8(n: u8) -> Option<Drain> {
        Drain::ALL.get(n as usize).map(|(drain, _)| *drain)
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Drain> {
        Drain::ALL.iter().find(|(_, own)| *own == name).map(|(drain, _)| *drain)
    }
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
