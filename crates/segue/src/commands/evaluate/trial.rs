//! Which rows are learned from and which are judged.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde::de::DeserializeOwned;

use super::rows::{Row, read};

/// Where rows come from.
pub(super) struct Sources<'s> {
    /// Files and folders to learn from.
    pub(super) train: &'s [PathBuf],
    /// Where a threshold is chosen.
    pub(super) valid: Option<&'s Path>,
    /// What is judged.
    pub(super) test: Option<&'s Path>,
    /// Whether what ships is measured.
    pub(super) builtin: bool,
}

/// Folds of a trial without rows to test.
pub(super) const FOLDS: usize = 5;
/// From which the folds are shuffled.
pub(super) const SEED: u64 = 1;

/// Rows by what they are for.
pub(super) struct Trial<T> {
    /// To learn from.
    pub(super) train: Vec<Row<T>>,
    /// To choose a threshold on.
    pub(super) valid: Vec<Row<T>>,
    /// To judge; none means that the rows of `train` are judged in folds.
    pub(super) test: Option<Vec<Row<T>>>,
}

impl<T: DeserializeOwned + Clone> Trial<T> {
    /// Reads all of them.
    pub(super) fn read(sources: &Sources) -> Result<Self> {
        let one = |path: &Path| read(&[path.to_path_buf()]);
        Ok(Self {
            train: if sources.train.is_empty() {
                Vec::new()
            } else {
                read(sources.train)?
            },
            valid: sources.valid.map(one).transpose()?.unwrap_or_default(),
            test: sources.test.map(one).transpose()?,
        })
    }

    /// Judges every row that is to be judged; the answers stand in the order of the rows.
    ///
    /// `judge` learns from its first rows and answers for its second ones. `fold_of` deals the
    /// rows of `train` into [`FOLDS`] folds where there is nothing to test.
    pub(super) fn judge<A>(
        &self,
        fold_of: impl Fn(&[Row<T>]) -> Vec<usize>,
        mut judge: impl FnMut(&[Row<T>], &[Row<T>]) -> Result<Vec<A>>,
    ) -> Result<(Vec<Row<T>>, Vec<A>)> {
        if let Some(test) = &self.test {
            return Ok((test.clone(), judge(&self.train, test)?));
        }
        let folds = fold_of(&self.train);
        let (mut rows, mut answers) = (Vec::new(), Vec::new());
        for fold in 0..FOLDS {
            let part = |inside: bool| -> Vec<Row<T>> {
                let dealt = self.train.iter().zip(&folds);
                dealt
                    .filter(|(_, of)| (**of == fold) == inside)
                    .map(|(row, _)| row.clone())
                    .collect()
            };
            let judged = part(true);
            answers.extend(judge(&part(false), &judged)?);
            rows.extend(judged);
        }
        Ok((rows, answers))
    }

    /// How the rows were judged, in words.
    pub(super) fn in_words(&self) -> String {
        match &self.test {
            Some(test) if self.train.is_empty() => {
                format!("measured what ships on {} rows", test.len())
            }
            Some(test) => format!(
                "learned from {} rows, judged {}",
                self.train.len(),
                test.len()
            ),
            None => format!(
                "cross-validation: {} rows in {FOLDS} folds, each judged by a model that learned from the other folds",
                self.train.len()
            ),
        }
    }
}
