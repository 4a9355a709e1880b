//! A bar on a terminal while something takes long; nothing where nobody watches.

use std::{
    io::IsTerminal,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::history::Files;

/// Between two looks at the count.
const TICK: Duration = Duration::from_millis(100);

/// A bar that follows a count until it is dropped.
pub(super) struct Progress {
    over: Arc<AtomicBool>,
    bar: ProgressBar,
    following: Option<JoinHandle<()>>,
}

impl Progress {
    /// Follows the bytes that are read of files.
    pub(super) fn of_bytes(files: &Files) -> Self {
        let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        Self::follow(files.progress(), files.bytes, template)
    }

    /// Follows a count of conversations and lines.
    pub(super) fn of_parts(count: Arc<AtomicU64>, total: u64) -> Self {
        let template = "{bar:30} {human_pos}/{human_len} {percent} % {eta}";
        Self::follow(count, total, template)
    }

    fn follow(count: Arc<AtomicU64>, total: u64, template: &str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        if !std::io::stderr().is_terminal() {
            let bar = ProgressBar::hidden();
            return Self {
                over,
                bar,
                following: None,
            };
        }
        let bar = ProgressBar::new(total);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let (shown, ends) = (bar.clone(), Arc::clone(&over));
        let following = thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                shown.set_position(count.load(Ordering::Relaxed));
                thread::sleep(TICK);
            }
        });
        Self {
            over,
            bar,
            following: Some(following),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(following) = self.following.take() {
            // The thread only draws: how it ended changes nothing.
            let _ = following.join();
        }
        self.bar.finish_and_clear();
    }
}
