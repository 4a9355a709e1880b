//! How much a browser loads before it can begin.

use std::{fs, io::Write, path::PathBuf};

use flate2::{Compression, write::GzEncoder};

use crate::tell;

pub(crate) fn pages() {
    let widget = packed("widget.js");
    tell("widget script, compressed", "kB", widget, r#","budget":12"#);
    let console = packed("console/index.html");
    let loaded: f64 = first_load().iter().map(|file| packed(file)).sum();
    tell(
        "console's first load, compressed",
        "kB",
        console + loaded,
        r#","budget":120"#,
    );
}

fn file(name: &str) -> Vec<u8> {
    let dist = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    fs::read(dist.join(name)).unwrap()
}

/// What the console's page names: scripts, styles and pictures.
fn first_load() -> Vec<String> {
    let page = String::from_utf8(file("console/index.html")).unwrap();
    let named = ["src=\"/", "href=\"/"];
    let named = named.iter().flat_map(|name| page.split(name).skip(1));
    let files: Vec<String> = named
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect();
    assert!(!files.is_empty(), "the console's page names nothing");
    files
}

/// Thousands of bytes of a file once it is compressed as the server does it.
#[expect(clippy::cast_precision_loss, reason = "a file of the pages is small")]
fn packed(name: &str) -> f64 {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(&file(name)).unwrap();
    packer.finish().unwrap().len() as f64 / 1000.0
}
