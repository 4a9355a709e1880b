//! One server for one directory.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use anyhow::{Context, Result, bail};

/// Keeps other servers away from a directory for as long as it lives; the system lets go of it
/// when the process ends, however it ends.
pub struct Hold {
    _file: Option<File>,
}

impl Hold {
    /// Takes a place, or says that another server has it. A database by its address is not held.
    pub fn take(place: &str) -> Result<Self> {
        if place.starts_with("postgres://") || place.starts_with("postgresql://") {
            return Ok(Self { _file: None });
        }
        let directory = Path::new(place);
        let made = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(directory);
        if made.is_err() {
            // The store says better what is wrong with the place.
            return Ok(Self { _file: None });
        }
        let path = directory.join("segue.lock");
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&path);
        let file = file.with_context(|| format!("cannot write `{}`", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => bail!(
                "another segue runs on `{place}`: stop it or name another directory with --data"
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock `{}`", path.display()))
            }
        }
    }
}
