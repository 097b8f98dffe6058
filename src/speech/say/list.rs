//! Lists.

/// "A", "A or B", "A, B, or C".
pub fn or<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
    match items.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one} or {two}"),
        [most @ .., last] => format!("{}, or {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        assert_eq!(or::<&str>(&[]), "");
        assert_eq!(or(&["A"]), "A");
        assert_eq!(or(&["A", "B"]), "A or B");
        assert_eq!(or(&["A", "B", "C"]), "A, B, or C");
    }
}
