//! The marks of WhatsApp in words: `*bold*`, `_italic_`, `~struck~`, `` `code` `` and code between three back quotes, as
//! WhatsApp's apps draw them.
//!
//! A mark counts at the edge of a word, with no space on its inner side, and its pair has to stand on the same line; what
//! is between them may hold the other marks. Code and web addresses hold none. Whatever is left stays as it was typed.

use std::collections::HashMap;

use crate::linkify;

/// `text` escaped for HTML, with its marks drawn and its addresses as links.
#[must_use]
pub fn html(text: &str) -> String {
    if !text.contains(MARKS) {
        return linkify::linkify(text);
    }
    let mut html = String::with_capacity(text.len() + 64);
    draw(&tokens(text), &mut Page(&mut html));
    html
}

/// `text` without its marks.
#[must_use]
pub fn plain(text: &str) -> String {
    if !text.contains(MARKS) {
        return text.to_owned();
    }
    let mut words = String::with_capacity(text.len());
    draw(&tokens(text), &mut Words(&mut words));
    words
}

const MARKS: [char; 4] = ['*', '_', '~', '`'];
const FENCE: &str = "```";

/// A piece of text in which marks are looked for.
#[derive(Debug, Clone, Copy)]
enum Token<'a> {
    Char(char),
    Address(&'a str),
    Code(&'a str),
}

/// Where what was found goes.
trait Sink {
    fn char(&mut self, c: char);
    fn address(&mut self, address: &str);
    fn code(&mut self, code: &str);
    fn begin(&mut self, mark: char);
    fn end(&mut self, mark: char);
}

struct Page<'a>(&'a mut String);

impl Sink for Page<'_> {
    fn char(&mut self, c: char) {
        linkify::push_escaped(self.0, c.encode_utf8(&mut [0; 4]));
    }

    fn address(&mut self, address: &str) {
        linkify::push_link(self.0, address);
    }

    fn code(&mut self, code: &str) {
        self.0.push_str("<code>");
        linkify::push_escaped(self.0, code);
        self.0.push_str("</code>");
    }

    fn begin(&mut self, mark: char) {
        self.0.push_str(match mark {
            '*' => "<strong>",
            '_' => "<em>",
            _ => "<s>",
        });
    }

    fn end(&mut self, mark: char) {
        self.0.push_str(match mark {
            '*' => "</strong>",
            '_' => "</em>",
            _ => "</s>",
        });
    }
}

struct Words<'a>(&'a mut String);

impl Sink for Words<'_> {
    fn char(&mut self, c: char) {
        self.0.push(c);
    }

    fn address(&mut self, address: &str) {
        self.0.push_str(address);
    }

    fn code(&mut self, code: &str) {
        self.0.push_str(code);
    }

    fn begin(&mut self, _: char) {}

    fn end(&mut self, _: char) {}
}

/// `text` in pieces: addresses and code whole, the rest by character.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut all = Vec::with_capacity(text.len());
    let mut addresses = linkify::addresses(text).into_iter().peekable();
    // Up to there no closing back quote is to be found: looked for once, not from each opening one.
    let mut unclosed = 0;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        while addresses.next_if(|address| address.start < at).is_some() {}
        if let Some(address) = addresses.next_if(|address| address.start == at) {
            at = address.end;
            all.push(Token::Address(&text[address]));
        } else if let Some((code, length)) = (c == '`').then(|| code(text, at, &mut unclosed)).flatten() {
            at += length;
            all.push(Token::Code(code));
        } else {
            at += c.len_utf8();
            all.push(Token::Char(c));
        }
    }
    all
}

/// The code that begins at a back quote, and how long it is with its quotes.
fn code<'a>(text: &'a str, at: usize, unclosed: &mut usize) -> Option<(&'a str, usize)> {
    let rest = &text[at..];
    if let Some(inner) = rest.strip_prefix(FENCE)
        && *unclosed < text.len()
    {
        match inner.find(FENCE) {
            Some(end) if !inner[..end].trim().is_empty() => {
                return Some((inner[..end].trim_matches('\n'), end + 2 * FENCE.len()));
            }
            Some(_) => {}
            None => *unclosed = text.len(),
        }
    }
    let inner = &rest[1..];
    let line = inner.split('\n').next().unwrap_or(inner);
    let end = line.find('`')?;
    (!line[..end].trim().is_empty()).then(|| (&line[..end], end + 2))
}

fn draw(tokens: &[Token<'_>], sink: &mut impl Sink) {
    span(tokens, 0..tokens.len(), &mut Vec::new(), sink);
}

/// Draws a part, inside the marks that are `open`: none is opened twice, so this goes three deep at most.
fn span(tokens: &[Token<'_>], part: std::ops::Range<usize>, open: &mut Vec<char>, sink: &mut impl Sink) {
    // By mark, up to where no closing one is to be found: a line of a thousand stars is read once.
    let mut unclosed: HashMap<char, usize> = HashMap::new();
    let mut at = part.start;
    while at < part.end {
        match tokens[at] {
            Token::Address(address) => sink.address(address),
            Token::Code(code) => sink.code(code),
            Token::Char(mark @ ('*' | '_' | '~'))
                if !open.contains(&mark)
                    && unclosed.get(&mark).is_none_or(|until| *until <= at)
                    && opens(tokens, at) =>
            {
                match closing(tokens, at, part.end) {
                    Ok(end) => {
                        sink.begin(mark);
                        open.push(mark);
                        span(tokens, at + 1..end, open, sink);
                        open.pop();
                        sink.end(mark);
                        at = end;
                    }
                    Err(until) => {
                        unclosed.insert(mark, until);
                        sink.char(mark);
                    }
                }
            }
            Token::Char(c) => sink.char(c),
        }
        at += 1;
    }
}

/// Whether the mark there stands before a word.
fn opens(tokens: &[Token<'_>], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| tokens[at]);
    is_edge(before)
        && match (tokens[at], tokens.get(at + 1)) {
            (Token::Char(mark), Some(Token::Char(next))) => !next.is_whitespace() && *next != mark,
            (_, next) => next.is_some(),
        }
}

/// Where the mark that was opened ends; else up to where that was looked for.
fn closing(tokens: &[Token<'_>], from: usize, end: usize) -> Result<usize, usize> {
    let Token::Char(mark) = tokens[from] else { return Err(from) };
    for at in from + 2..end {
        match tokens[at] {
            Token::Char('\n') => return Err(at),
            Token::Char(c) if c == mark => {
                let spaced = matches!(tokens[at - 1], Token::Char(before) if before.is_whitespace());
                if !spaced && is_edge(tokens.get(at + 1).copied()) {
                    return Ok(at);
                }
            }
            _ => {}
        }
    }
    Err(end)
}

/// Whether a word ends where that begins.
fn is_edge(token: Option<Token<'_>>) -> bool {
    match token {
        Some(Token::Char(c)) => !c.is_alphanumeric(),
        Some(Token::Address(_)) => false,
        Some(Token::Code(_)) | None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_drawn_as_on_the_phone() {
        for (typed, drawn) in [
            ("*Hola*, ¡_ya_ ~no~!", "<strong>Hola</strong>, ¡<em>ya</em> <s>no</s>!"),
            ("usa `A-17` y ```dos\n*líneas*```", "usa <code>A-17</code> y <code>dos\n*líneas*</code>"),
            ("*dos palabras*", "<strong>dos palabras</strong>"),
            ("**doble**", "*<strong>doble</strong>*"),
        ] {
            assert_eq!(html(typed), drawn);
        }
    }

    #[test]
    fn marks_within_marks_are_closed_in_their_order() {
        assert_eq!(html("*a _b ~c~_*"), "<strong>a <em>b <s>c</s></em></strong>");
        assert_eq!(html("_*a*_"), "<em><strong>a</strong></em>");
        assert_eq!(html("*a _b* c_"), "<strong>a _b</strong> c_", "crossed");
        assert_eq!(html("*a *b* c*"), "<strong>a *b</strong> c*", "none within itself");
    }

    #[test]
    fn what_is_no_mark_stays_as_typed() {
        for typed in [
            "2*3*4 y nombre_de_archivo_",
            "5 * 3 * 2",
            "* uno\n* dos",
            "*abierta\nen otra línea*",
            "a * b",
            "**",
            "~~~",
            "``````",
            "`sin cerrar",
            "- lista",
            "*",
        ] {
            assert_eq!(html(typed), typed, "{typed}");
            assert_eq!(plain(typed), typed, "{typed}");
        }
    }

    #[test]
    fn addresses_keep_their_marks_and_may_stand_between_some() {
        let link = |to: &str| linkify::linkify(to);
        assert_eq!(html("https://a.pe/_x_*y*"), link("https://a.pe/_x_*y*"));
        assert_eq!(html("*https://a.pe/x*"), format!("<strong>{}</strong>", link("https://a.pe/x")));
        assert_eq!(html("`https://a.pe`"), "<code>https://a.pe</code>");
    }

    #[test]
    fn markup_of_customers_stays_text_wherever_it_stands() {
        assert_eq!(html("*<b onclick=x>*"), "<strong>&#60;b onclick=x&#62;</strong>");
        assert_eq!(html("`<script>`"), "<code>&#60;script&#62;</code>");
        assert_eq!(html("_\"'&_"), "<em>&#34;&#39;&#38;</em>");
    }

    #[test]
    fn a_preview_has_the_words_alone() {
        assert_eq!(plain("*Hola*, _ya ~no~_ `A-17` https://a.pe/_x_"), "Hola, ya no A-17 https://a.pe/_x_");
    }

    #[test]
    fn a_body_full_of_open_marks_is_read_once() {
        let begun = std::time::Instant::now();
        for piece in ["*a ", "_a ", "*_~a ", "`a\n", "```a", "*a_ "] {
            let _ = html(&piece.repeat(65_536 / piece.len()));
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    proptest::proptest! {
        #[test]
        fn whatever_comes_the_only_markup_is_ours_and_it_nests(text in "[*_~` a<>&\"\n]{0,60}|.{0,40}|(.{0,5}https?://.{0,9}[*_]){1,3}") {
            let drawn = html(&text);
            let mut open = Vec::new();
            let mut rest = drawn.as_str();
            let mut words = String::new();
            while let Some(start) = rest.find('<') {
                words.push_str(&rest[..start]);
                let (tag, after) = rest[start + 1..].split_once('>').unwrap();
                match tag.strip_prefix('/') {
                    Some(name) => proptest::prop_assert_eq!(open.pop(), Some(name)),
                    None => {
                        let name = tag.split(' ').next().unwrap();
                        proptest::prop_assert!(["strong", "em", "s", "code", "a"].contains(&name), "{}", drawn);
                        open.push(name);
                    }
                }
                rest = after;
            }
            words.push_str(rest);
            proptest::prop_assert!(open.is_empty() && !words.contains(['>', '"']), "{}", drawn);
            let mut escaped = String::new();
            linkify::push_escaped(&mut escaped, &plain(&text));
            proptest::prop_assert_eq!(words, escaped);
        }
    }
}
