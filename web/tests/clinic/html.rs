//! Just enough reading of our own HTML: elements by id, a container's children, attributes of the opening tag.

/// The whole element with this id.
pub fn element<'a>(html: &'a str, id: &str) -> Option<&'a str> {
    let at = html.find(&format!(" id=\"{id}\""))?;
    let start = html[..at].rfind('<')?;
    Some(&html[start..start + length(&html[start..])])
}

/// The elements directly inside the element with this id.
pub fn children<'a>(html: &'a str, id: &str) -> Vec<&'a str> {
    let Some(container) = element(html, id) else { return Vec::new() };
    let inner = &container[container.find('>').unwrap() + 1..container.rfind("</").unwrap()];
    elements(inner)
}

/// The elements that stand beside each other in a piece of HTML.
pub fn elements(html: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = start + length(&rest[start..]);
        found.push(&rest[start..end]);
        rest = &rest[end..];
    }
    found
}

/// An attribute of the opening tag.
pub fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let tag = &element[..element.find('>')?];
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// How long the element is that `html` begins with.
fn length(html: &str) -> usize {
    let name: String = html[1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut at) = (0, 0);
    loop {
        let rest = &html[at..];
        let ends = rest.find(&close).unwrap_or_else(|| panic!("<{name}> is never closed"));
        match rest.find(&open).filter(|begins| *begins < ends) {
            Some(begins) => {
                at += begins + open.len();
                // <s> is not the beginning of a <span>.
                depth += usize::from(!html[at..].starts_with(|next: char| next.is_ascii_alphanumeric()));
            }
            None => {
                at += ends + close.len();
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
        }
    }
}

#[test]
fn elements_are_found_whole() {
    let html = r#"<ul class="x" id="list"><li id="a" data-v="1"><s>1</s><span>x</span></li><li id="b"></li></ul><p>"#;
    assert_eq!(
        children(html, "list"),
        [r#"<li id="a" data-v="1"><s>1</s><span>x</span></li>"#, r#"<li id="b"></li>"#]
    );
    assert_eq!(element(html, "a").and_then(|a| attribute(a, "data-v")), Some("1"));
    assert_eq!(attribute(r#"<li id="b"><i data-v="2"></i></li>"#, "data-v"), None);
}
