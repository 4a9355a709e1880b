//! Names the sources that read messages, so that what an older build read is known as such.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::Path,
};

/// Where everything stands that a reading depends on, besides the policy.
const SIGNALS: &str = "src/signals";

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    hash_folder(Path::new(SIGNALS), &mut hasher)?;
    println!("cargo::rerun-if-changed={SIGNALS}");
    println!(
        "cargo::rustc-env=SEGUE_READER_VERSION={:016x}",
        hasher.finish()
    );
    Ok(())
}

/// All files of a folder and below, in the order of their names.
fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            hash_folder(&path, hasher)?;
        } else {
            path.hash(hasher);
            fs::read(&path)?.hash(hasher);
        }
    }
    Ok(())
}
