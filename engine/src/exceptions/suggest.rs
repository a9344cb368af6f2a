//! "Did you mean ...?": the closest of several names by a weighted edit distance.

const MOVE: usize = 2;
const CASE: usize = 1;
const MAX_LENGTH: usize = 40;
const MAX_CANDIDATES: usize = 750;

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// The distance between two names, or something above `max`.
fn distance(a: &[u8], b: &[u8], max: usize) -> usize {
    let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[common..], &b[common..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return max + 1;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    if (b.len() - a.len()) * MOVE > max {
        return max + 1;
    }
    let mut row = [0usize; MAX_LENGTH];
    for (i, cell) in row.iter_mut().enumerate() {
        *cell = (i + 1) * MOVE;
    }
    let mut result = 0;
    for (j, &y) in b.iter().enumerate() {
        let mut diagonal = j * MOVE;
        result = j * MOVE;
        let mut minimum = usize::MAX;
        for (i, &x) in a.iter().enumerate() {
            let substitute = diagonal + substitution(x, y);
            diagonal = row[i];
            let insert_delete = result.min(diagonal) + MOVE;
            result = insert_delete.min(substitute);
            row[i] = result;
            minimum = minimum.min(result);
        }
        if minimum > max {
            return max + 1;
        }
    }
    result
}

/// The closest of `candidates` to `name`, unless all are too far away.
pub fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut best = None;
    let mut best_distance = usize::MAX;
    for c in candidates.take(MAX_CANDIDATES) {
        if c == name {
            continue;
        }
        let max = ((name.len() + c.len() + 3) * MOVE / 6).min(best_distance.saturating_sub(1));
        let d = distance(name.as_bytes(), c.as_bytes(), max);
        if d <= max && d < best_distance {
            best = Some(c);
            best_distance = d;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_near_names() {
        assert_eq!(closest("star", ["start"].into_iter()), Some("start"));
        assert_eq!(closest("maxspli", ["sep", "maxsplit"].into_iter()), Some("maxsplit"));
        assert_eq!(closest("kye", ["key", "reverse"].into_iter()), None);
        assert_eq!(closest("foo", ["key"].into_iter()), None);
    }
}
