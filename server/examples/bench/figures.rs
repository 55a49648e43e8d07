//! The figures of a round and of a case.

use std::collections::BTreeMap;
use std::time::Duration;

/// The figures of one round.
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) median: Duration,
    pub(crate) p99: Duration,
    pub(crate) answers: usize,
    /// Number of answers by status.
    pub(crate) statuses: BTreeMap<u16, usize>,
    /// Processor time of the server for each request, in microseconds.
    pub(crate) cpu_us: f64,
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "the number of answers of a few seconds")]
    pub(crate) fn of(answers: Vec<(u16, Duration)>, elapsed: Duration) -> Self {
        let mut statuses = BTreeMap::new();
        let mut times = Vec::with_capacity(answers.len());
        for (status, time) in answers {
            *statuses.entry(status).or_insert(0) += 1;
            times.push(time);
        }
        times.sort_unstable();
        let at = |part: usize| times.get((times.len() * part / 1000).min(times.len().saturating_sub(1)));
        let (median, p99) = (at(500).copied().unwrap_or_default(), at(990).copied().unwrap_or_default());
        let per_second = times.len() as f64 / elapsed.as_secs_f64();
        Self { per_second, median, p99, answers: times.len(), statuses, cpu_us: 0.0 }
    }
}

/// A round of a case, and the one of the empty handler before it.
pub(crate) struct Round {
    pub(crate) figures: Figures,
    pub(crate) beside: Figures,
}

/// The medians of a case.
pub(crate) struct Measured {
    pub(crate) name: &'static str,
    pub(crate) per_second: f64,
    pub(crate) median_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) cpu_us: f64,
    /// The speed as a share of the empty handler's.
    pub(crate) ratio: f64,
    pub(crate) target: Option<f64>,
    /// Speed and processor time of the empty handler in the rounds beside.
    pub(crate) empty: (f64, f64),
}

impl Measured {
    pub(crate) fn of(name: &'static str, target: Option<f64>, rounds: Vec<Round>) -> Self {
        let median = |figure: fn(&Round) -> f64| {
            let mut all: Vec<f64> = rounds.iter().map(figure).collect();
            all.sort_unstable_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        Self {
            name,
            per_second: median(|round| round.figures.per_second),
            median_us: median(|round| round.figures.median.as_secs_f64() * 1e6),
            p99_us: median(|round| round.figures.p99.as_secs_f64() * 1e6),
            cpu_us: median(|round| round.figures.cpu_us),
            ratio: median(|round| round.figures.per_second / round.beside.per_second),
            target,
            empty: (median(|round| round.beside.per_second), median(|round| round.beside.cpu_us)),
        }
    }
}
