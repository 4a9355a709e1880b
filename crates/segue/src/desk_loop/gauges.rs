//! What is counted about the loop, for Prometheus.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use segue_core::journal::{Entry, Line, Observation, Ruling};

/// Upper bounds in microseconds; the last bucket has none.
const BOUNDS: [u64; 9] = [
    250, 500, 1000, 2500, 5000, 10_000, 25_000, 100_000, 1_000_000,
];

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Gauges {
    buckets: [AtomicU64; 10],
    micros: AtomicU64,
    lines: AtomicU64,
    messages: AtomicU64,
    handoffs: AtomicU64,
    failures: AtomicU64,
}

impl Gauges {
    pub(super) fn appended(&self, took: Duration, lines: &[Line]) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let index = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(index) {
            bucket.fetch_add(1, Relaxed);
        }
        self.micros.fetch_add(micros, Relaxed);
        self.lines
            .fetch_add(u64::try_from(lines.len()).unwrap_or(0), Relaxed);
        for line in lines {
            match &line.entry {
                Entry::Observed(Observation::MessageReceived { .. }) => {
                    self.messages.fetch_add(1, Relaxed);
                }
                Entry::Decided(decision)
                    if matches!(decision.ruling, Ruling::HandoffOpened { .. }) =>
                {
                    self.handoffs.fetch_add(1, Relaxed);
                }
                _ => {}
            }
        }
    }

    pub(super) fn append_failed(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    /// In Prometheus' text format.
    pub fn render(&self, text: &mut String) {
        let counters = [
            ("segue_journal_lines_total", &self.lines),
            ("segue_messages_total", &self.messages),
            ("segue_handoffs_total", &self.handoffs),
            ("segue_append_failures_total", &self.failures),
        ];
        for (name, counter) in counters {
            let value = counter.load(Relaxed);
            let _ = writeln!(text, "# TYPE {name} counter\n{name} {value}");
        }
        let name = "segue_append_seconds";
        let _ = writeln!(text, "# TYPE {name} histogram");
        let mut below = 0;
        for (index, bucket) in self.buckets.iter().enumerate() {
            below += bucket.load(Relaxed);
            let bound = BOUNDS
                .get(index)
                .map_or_else(|| "+Inf".to_owned(), |micros| seconds(*micros));
            let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {below}");
        }
        let sum = seconds(self.micros.load(Relaxed));
        let _ = writeln!(text, "{name}_sum {sum}\n{name}_count {below}");
    }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}
