//! Which files are meant, and how their bytes are reached.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context, Result, bail};
use encoding_rs::Encoding;
use flate2::bufread::MultiGzDecoder;

use super::decoded::{decoded, encoding_of};

/// What is read at once.
const BUFFER: usize = 1 << 16;
/// The endings of files that can be read.
const ENDINGS: [&str; 8] = [
    ".jsonl",
    ".jsonl.gz",
    ".ndjson",
    ".ndjson.gz",
    ".json",
    ".json.gz",
    ".csv",
    ".csv.gz",
];
/// What is looked at to find the encoding of a file.
const LOOKED_AT: u64 = 4 << 20;

/// Files in the order in which they are read.
#[derive(Clone, Debug)]
pub struct Files {
    /// Each as it was named.
    pub paths: Vec<PathBuf>,
    /// Their bytes on disk together.
    pub bytes: u64,
    read: Arc<AtomicU64>,
    encoding: Option<&'static Encoding>,
}

impl Files {
    /// The same files, all of them in one encoding.
    ///
    /// # Errors
    /// If there is no such encoding.
    pub fn in_encoding(mut self, name: Option<&str>) -> Result<Self> {
        if let Some(name) = name {
            let known = Encoding::for_label(name.as_bytes());
            self.encoding = Some(known.with_context(|| {
                format!("the encoding `{name}` is not known: write utf-8, utf-16le, windows-1252 or another name of the web's encodings")
            })?);
        }
        Ok(self)
    }

    /// The encoding of a file, from its first bytes. A pipe is looked at once and cannot be read
    /// twice: it is UTF-8.
    fn encoding(&self, path: &Path) -> Result<&'static Encoding> {
        if let Some(named) = self.encoding {
            return Ok(named);
        }
        if !path.is_file() {
            return Ok(encoding_rs::UTF_8);
        }
        let mut head = Vec::new();
        // A packed file that ends early is told of when its rows are read.
        let _ = Self::unpacked(path, Arc::default())?
            .take(LOOKED_AT)
            .read_to_end(&mut head);
        Ok(encoding_of(&head))
    }

    /// Bytes on disk that were read so far, by whoever reads them.
    pub fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }

    /// The text of one of the files, as UTF-8.
    pub(crate) fn open(&self, path: &Path) -> Result<Box<dyn BufRead + Send>> {
        let encoding = self.encoding(path)?;
        let bytes = Self::unpacked(path, self.progress())?;
        let text = decoded(bytes, encoding);
        Ok(Box::new(BufReader::with_capacity(BUFFER, text)))
    }

    fn unpacked(path: &Path, read: Arc<AtomicU64>) -> Result<Box<dyn BufRead + Send>> {
        let file = File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let plain = BufReader::with_capacity(BUFFER, Counted { file, read });
        if is_packed(path) {
            let unpacked = MultiGzDecoder::new(plain);
            return Ok(Box::new(BufReader::with_capacity(BUFFER, unpacked)));
        }
        Ok(Box::new(plain))
    }
}

/// Finds the files that are named, and those in the folders that are named, in order of name.
///
/// # Errors
/// If a name is no file that can be read, or nothing is found.
pub fn find(named: &[PathBuf]) -> Result<Files> {
    let mut paths = Vec::new();
    for path in named {
        let kind =
            fs::metadata(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        if kind.is_dir() {
            walk(path, &mut paths)?;
        } else if ending(path).is_some() {
            paths.push(path.clone());
        } else {
            bail!(
                "`{}` is of no known kind: its name must end in {}",
                path.display(),
                ENDINGS.join(", ")
            );
        }
    }
    if paths.is_empty() {
        bail!(
            "there is nothing to read: no file ends in {}",
            ENDINGS.join(", ")
        );
    }
    let sizes = paths
        .iter()
        .map(|path| fs::metadata(path).map(|meta| meta.len()));
    let bytes = sizes.sum::<io::Result<u64>>()?;
    Ok(Files {
        paths,
        bytes,
        read: Arc::default(),
        encoding: None,
    })
}

fn walk(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut entries: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        // A link could lead back up.
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            walk(&path, into)?;
        } else if ending(&path).is_some() {
            into.push(path);
        }
    }
    Ok(())
}

fn ending(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    ENDINGS.into_iter().find(|ending| name.ends_with(ending))
}

fn is_packed(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("gz"))
}

/// Whether the rows of a file are CSV.
pub(super) fn is_csv(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ending.starts_with(".csv"))
}

struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        let more = u64::try_from(count).unwrap_or_default();
        self.read.fetch_add(more, Ordering::Relaxed);
        Ok(count)
    }
}
