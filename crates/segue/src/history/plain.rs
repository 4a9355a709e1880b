//! The words of a message that is written in HTML.

/// The text without its markup: tags go, block ends become line ends, references become letters.
/// A text without markup stays as it is.
pub(super) fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.trim().to_owned();
    }
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('<') {
            tag(rest, &mut text)
        } else {
            reference(rest, &mut text)
        };
    }
    text.push_str(rest);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Passes over one tag; a `<` that opens none is a letter.
fn tag<'h>(rest: &'h str, text: &mut String) -> &'h str {
    let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
    let Some(end) = rest.find('>').filter(|_| opens) else {
        text.push('<');
        return &rest[1..];
    };
    let name: String = rest[1..end]
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    if matches!(
        name.to_ascii_lowercase().as_str(),
        "br" | "p" | "div" | "li" | "tr" | "blockquote" | "h1" | "h2" | "h3" | "h4"
    ) {
        text.push('\n');
    }
    &rest[end + 1..]
}

/// Reads one reference to a character; an `&` that begins none is a letter.
fn reference<'h>(rest: &'h str, text: &mut String) -> &'h str {
    let end = rest.find(';').filter(|end| *end <= 10);
    let letter = end.and_then(|end| letter(&rest[1..end]));
    let (Some(end), Some(letter)) = (end, letter) else {
        text.push('&');
        return &rest[1..];
    };
    text.push(letter);
    &rest[end + 1..]
}

fn letter(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let code = match hex {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_words_stay() {
        assert_eq!(
            plain("<p>Tom &amp; Ann&#39;s lamp</p><p>is <b>dark</b>.<br/>Help&nbsp;me</p>"),
            "Tom & Ann's lamp\nis dark.\nHelp me"
        );
    }

    #[test]
    fn what_is_no_markup_stays() {
        assert_eq!(plain("2 < 3 & 4 > 1"), "2 < 3 & 4 > 1");
        assert_eq!(plain("R&D; &unknown; <"), "R&D; &unknown; <");
    }
}
