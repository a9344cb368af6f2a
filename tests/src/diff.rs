//! A line diff for failure messages.

/// Lines of context around a difference.
const CONTEXT: usize = 2;
/// Differing lines shown at most.
const SHOWN: usize = 24;

/// The first difference of two texts as numbered `-expected` / `+actual` lines, or `None` if equal.
///
/// A script prints in a fixed order, so comparing line by line until the texts resynchronize is
/// enough; a minimal edit script is not needed to see what is wrong.
pub fn diff(expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let old: Vec<&str> = expected.split('\n').collect();
    let new: Vec<&str> = actual.split('\n').collect();
    let mut out = String::new();
    let (mut i, mut j, mut shown) = (0, 0, 0);
    while (i < old.len() || j < new.len()) && shown < SHOWN {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            i += 1;
            j += 1;
            continue;
        }
        if shown == 0 {
            for line in &old[i.saturating_sub(CONTEXT)..i] {
                out.push_str(&format!("      {}\n", clip(line)));
            }
        }
        let (skip_old, skip_new) = resynchronize(&old[i..], &new[j..]);
        for line in &old[i..i + skip_old] {
            out.push_str(&format!("{:4} -{}\n", i + 1, clip(line)));
            i += 1;
        }
        for line in &new[j..j + skip_new] {
            out.push_str(&format!("{:4} +{}\n", j + 1, clip(line)));
            j += 1;
        }
        shown += skip_old + skip_new;
    }
    if shown >= SHOWN {
        out.push_str("      ...\n");
    }
    Some(out)
}

/// How many lines to skip on both sides until a common line follows.
fn resynchronize(old: &[&str], new: &[&str]) -> (usize, usize) {
    for distance in 1..40 {
        for skip_old in 0..=distance {
            let skip_new = distance - skip_old;
            if skip_old < old.len() && skip_new < new.len() && old[skip_old] == new[skip_new] {
                return (skip_old, skip_new);
            }
        }
    }
    (old.len().min(SHOWN), new.len().min(SHOWN))
}

fn clip(line: &str) -> String {
    const WIDTH: usize = 200;
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn equal_texts_have_no_difference() {
        assert_eq!(diff("a\nb\n", "a\nb\n"), None);
    }

    #[test]
    fn a_changed_line_is_shown_with_both_versions() {
        let text = diff("a\nb\nc\n", "a\nx\nc\n").unwrap();
        assert!(text.contains("-b") && text.contains("+x") && !text.contains("-c"), "{text}");
    }

    #[test]
    fn an_added_line_does_not_shift_the_rest() {
        let text = diff("a\nb\nc\n", "a\nnew\nb\nc\n").unwrap();
        assert!(text.contains("+new") && !text.contains("-b"), "{text}");
    }

    #[test]
    fn missing_output_is_shown() {
        assert!(diff("a\nb\n", "").unwrap().contains("-a"));
    }
}
