//! The facts that the server knows about its own instance, for the page about its security.

use crate::headers::HeaderPolicy;
use crate::limit::Limiter;
use crate::reports::ReportSummary;
use clerk::keys::KeySource;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The sources of the facts. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct InstanceStatus(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    sources: Sources,
    /// Reports of browsers by kind and directive: both come from closed sets, which bounds the map.
    reports: Mutex<BTreeMap<(&'static str, &'static str), u32>>,
}

/// The parts of the instance.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The keys that verify session tokens.
    pub keys: Option<KeySource>,
    /// The rate limits.
    pub limiter: Option<Limiter>,
    /// The settings of the security headers.
    pub headers: HeaderPolicy,
    /// The gaps of the configuration, each with its remedy: subject and text.
    pub advice: Vec<(&'static str, &'static str)>,
}

impl InstanceStatus {
    /// Keeps the sources, with no report.
    #[must_use]
    pub fn new(sources: Sources) -> Self {
        Self(Arc::new(Inner { sources, reports: Mutex::default() }))
    }

    /// Counts a report of a browser.
    pub fn count_report(&self, report: &ReportSummary) {
        let mut reports = self.0.reports.lock().unwrap_or_else(PoisonError::into_inner);
        let times = reports.entry((report.kind, report.directive)).or_default();
        *times = times.saturating_add(1);
    }

    pub(crate) fn sources(&self) -> &Sources {
        &self.0.sources
    }

    pub(crate) fn reports(&self) -> BTreeMap<(&'static str, &'static str), u32> {
        self.0.reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
