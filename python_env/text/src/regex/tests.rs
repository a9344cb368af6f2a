//! Programs written as `re` compiles them.

use super::code::{MAXREPEAT, at, op};
use super::*;

fn find(code: &[u32], groups: usize, text: &str, mode: Mode) -> Option<Vec<Option<(usize, usize)>>> {
    let p = Program::new(&code.into(), groups).expect("valid code");
    let mut m = Machine::default();
    let request = Request { start: 0, end: text.len(), mode, must_advance: false };
    let found = if text.is_ascii() {
        m.find(&p, Narrow(text.as_bytes()), &request, &mut || true)
    } else {
        m.find(&p, Wide(text.as_bytes()), &request, &mut || true)
    };
    found.expect("not stopped").then(|| (0..=groups).map(|i| m.group(i)).collect())
}

/// `(a|ab)(c|bcd)(d*)`
#[test]
fn groups_and_branches() {
    let lit = |c: char| [op::LITERAL, c as u32];
    let [a, b, c, d] = ['a', 'b', 'c', 'd'].map(lit);
    let mut code = vec![op::MARK, 0, op::BRANCH, 5];
    code.extend([a[0], a[1], op::JUMP, 9, 7, a[0], a[1], b[0], b[1], op::JUMP, 2, 0, op::MARK, 1]);
    code.extend([op::MARK, 2, op::BRANCH, 5, c[0], c[1], op::JUMP, 11, 9]);
    code.extend([b[0], b[1], c[0], c[1], d[0], d[1], op::JUMP, 2, 0, op::MARK, 3]);
    code.extend([op::MARK, 4, op::REPEAT_ONE, 6, 0, MAXREPEAT, d[0], d[1], op::SUCCESS, op::MARK, 5, op::SUCCESS]);
    let spans = |v: [(usize, usize); 4]| Some(v.map(Some).to_vec());
    assert_eq!(find(&code, 3, "abcd", Mode::Full), spans([(0, 4), (0, 1), (1, 4), (4, 4)]));
    assert_eq!(find(&code, 3, "xabcdd", Mode::Search), spans([(1, 6), (1, 2), (2, 5), (5, 6)]));
    assert_eq!(find(&code, 3, "éac", Mode::Search), spans([(2, 4), (2, 3), (3, 4), (4, 4)]));
    assert_eq!(find(&code, 3, "ab", Mode::Search), None);
}

/// `(?<!x)(?:ab)+?$`
#[test]
fn looks_and_loops() {
    let mut code = vec![op::ASSERT_NOT, 5, 1, op::LITERAL, 'x' as u32, op::SUCCESS];
    code.extend([op::REPEAT, 7, 1, MAXREPEAT, op::LITERAL, 'a' as u32, op::LITERAL, 'b' as u32, op::MIN_UNTIL]);
    code.extend([op::AT, at::END, op::SUCCESS]);
    assert_eq!(find(&code, 0, "xababab\n", Mode::Search), Some(vec![Some((3, 7))]));
    assert_eq!(find(&code, 0, "ababa", Mode::Search), None);
}

/// `(?:a?)*?y` must not loop for ever, `(?>a*)a` never matches.
#[test]
fn empty_turns_and_atomic_groups() {
    let a = 'a' as u32;
    let mut code =
        vec![op::REPEAT, 10, 0, MAXREPEAT, op::REPEAT_ONE, 6, 0, 1, op::LITERAL, a, op::SUCCESS, op::MIN_UNTIL];
    code.extend([op::LITERAL, 'y' as u32, op::SUCCESS]);
    assert_eq!(find(&code, 0, "aaay", Mode::Match), Some(vec![Some((0, 4))]));
    assert_eq!(find(&code, 0, "aaax", Mode::Match), None);
    let mut code = vec![op::ATOMIC_GROUP, 9, op::REPEAT_ONE, 6, 0, MAXREPEAT, op::LITERAL, a, op::SUCCESS, op::SUCCESS];
    code.extend([op::LITERAL, a, op::SUCCESS]);
    assert_eq!(find(&code, 0, "aaa", Mode::Search), None);
}

/// `(?>a?|b)c`: the first way of the atomic group succeeds before `b`, though nothing can follow.
#[test]
fn an_atomic_group_takes_its_first_way() {
    let [a, b, c] = ['a', 'b', 'c'].map(u32::from);
    let mut code = vec![op::ATOMIC_GROUP, 19, op::BRANCH, 10, op::REPEAT_ONE, 6, 0, 1, op::LITERAL, a, op::SUCCESS];
    code.extend([op::JUMP, 7, 5, op::LITERAL, b, op::JUMP, 2, 0, op::SUCCESS, op::LITERAL, c, op::SUCCESS]);
    assert_eq!(find(&code, 0, "bc", Mode::Match), None);
    assert_eq!(find(&code, 0, "ac", Mode::Match), Some(vec![Some((0, 2))]));
}

#[test]
fn malformed_code_is_refused() {
    for code in [&[op::MARK, 9][..], &[op::BRANCH, 0], &[op::REPEAT_ONE, 50, 0, 1], &[99], &[op::REPEAT, 3, 2, 1, 0]] {
        assert!(Program::new(&code[..].into(), 1).is_none(), "{code:?}");
    }
}
