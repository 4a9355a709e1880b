//! Articles: markdown files with a short head.

use std::{fs, path::Path};

use serde::Deserialize;

/// One article of a knowledge base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its name, unique in the knowledge base.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Words that say what it belongs to.
    pub tags: Vec<String>,
    /// Where it is published, if it is.
    pub url: Option<String>,
    /// Its text without headings, one paragraph each.
    pub paragraphs: Vec<String>,
}

/// Why a knowledge base cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The folder or a file in it cannot be opened.
    #[error("cannot read `{path}`: {why}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the system says.
        why: std::io::Error,
    },
    /// A file is not an article.
    #[error(
        "`{path}` is not an article: {why}; begin it with lines `---`, `id: …`, `title: …`, `---`"
    )]
    NotAnArticle {
        /// Which.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// Two articles with one name.
    #[error("two articles have the id `{id}`; give one of them another")]
    Twice {
        /// The name.
        id: String,
    },
    /// No article at all.
    #[error("there is no article in `{path}`; put at least one `.md` file there")]
    Empty {
        /// The folder.
        path: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    title: String,
    #[serde(default)]
    tags: Vec<String>,
    url: Option<String>,
}

impl Article {
    /// Reads one article; `path` is for the error only.
    pub fn parse(path: &str, text: &str) -> Result<Self, KnowledgeError> {
        let wrong = |why: &str| KnowledgeError::NotAnArticle {
            path: path.into(),
            why: why.into(),
        };
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let rest = text
            .strip_prefix("---\n")
            .ok_or_else(|| wrong("it has no head"))?;
        let (head, body) = rest
            .split_once("\n---")
            .ok_or_else(|| wrong("its head has no end"))?;
        let head: Head = serde_saphyr::from_str(head).map_err(|error| wrong(&error.to_string()))?;
        let paragraphs = paragraphs(body);
        if paragraphs.is_empty() {
            return Err(wrong("it has no text"));
        }
        Ok(Self {
            id: head.id,
            title: head.title,
            tags: head.tags,
            url: head.url,
            paragraphs,
        })
    }
}

/// Reads every `.md` file of a folder, in the order of their names.
pub(super) fn read_folder(folder: &Path) -> Result<Vec<Article>, KnowledgeError> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        move |why| KnowledgeError::Unreadable { path, why }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files.sort();
    files
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path).map_err(unreadable(path))?;
            Article::parse(&path.display().to_string(), &text)
        })
        .collect()
}

/// Paragraphs without headings and marks; a list item is a paragraph's sentence.
fn paragraphs(body: &str) -> Vec<String> {
    body.split("\n\n")
        .map(|block| {
            block
                .lines()
                .filter(|line| !line.starts_with('#'))
                .map(|line| line.trim().trim_start_matches(['-', '*', '>']).trim())
                .collect::<Vec<_>>()
                .join(" ")
                .replace("**", "")
                .trim()
                .to_owned()
        })
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

/// The sentences of a paragraph. A point inside of a number or before a small letter ends none.
pub(super) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = paragraph.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = matches!(c, '.' | '!' | '?') && chars.peek().is_none_or(|(_, c)| *c == ' ');
        let after = paragraph.get(at + 1..).unwrap_or_default().trim_start();
        if ends && !after.starts_with(char::is_lowercase) {
            out.push(paragraph.get(start..=at).unwrap_or_default().trim());
            start = at + 1;
        }
    }
    out.push(paragraph.get(start..).unwrap_or_default().trim());
    out.retain(|sentence| !sentence.is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::{Article, sentences};

    #[test]
    fn a_file_without_a_head_says_what_it_should_begin_with() {
        let error = Article::parse("a.md", "Just text.")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`a.md`") && error.contains("it has no head"),
            "{error}"
        );
    }

    #[test]
    fn an_unknown_field_in_the_head_is_named() {
        let error = Article::parse("a.md", "---\nid: a\ntitel: A\n---\nText.").unwrap_err();
        assert!(error.to_string().contains("titel"), "{error}");
    }

    #[test]
    fn an_article_is_its_head_and_its_paragraphs() {
        let text = "---\nid: a\ntitle: An A\ntags: [x, y]\n---\n\n# Heading\n\nOne.\nTwo.\n\n- three\n- four\n";
        let article = Article::parse("a.md", text).unwrap();
        assert_eq!(article.title, "An A");
        assert_eq!(article.tags, ["x", "y"]);
        assert_eq!(article.paragraphs, ["One. Two.", "three four"]);
    }

    #[test]
    fn a_point_in_a_number_does_not_end_a_sentence() {
        assert_eq!(
            sentences("It costs 4.90 euro. Is that all? Yes"),
            ["It costs 4.90 euro.", "Is that all?", "Yes"]
        );
    }
}
