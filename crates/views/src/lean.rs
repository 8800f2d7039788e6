//! Scripts as they travel: what only people who read them need stays at home.

/// A script or a stylesheet without lines that are comments and without indentation. Lines that mix code and comment, and
/// everything within a line, stay as they are, so nothing has to be understood. Ours keep no text over several lines, and
/// their comments stand apart; tests see to that.
#[must_use]
pub fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            lean.push_str(line);
            lean.push('\n');
        }
    }
    lean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_stay_at_home_and_code_travels() {
        let script = "// What it is.\nimport x from \"y\";\n\n/**\n * Do it.\n */\nexport function f() {\n  return `a // b`; // why\n}\n/** One line. */\nf();\n";
        assert_eq!(
            lean(script),
            "import x from \"y\";\nexport function f() {\nreturn `a // b`; // why\n}\nf();\n"
        );
    }
}
