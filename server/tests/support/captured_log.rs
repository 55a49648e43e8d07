//! Captures the log of a test.

use server::telemetry;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;

/// The lines of a log, as JSON.
#[derive(Clone, Default)]
pub struct CapturedLog(Arc<Mutex<Vec<u8>>>);

impl CapturedLog {
    /// The subscriber that writes here.
    pub fn subscriber(&self) -> Box<dyn Subscriber + Send + Sync> {
        let writer = self.clone();
        telemetry::subscriber(true, EnvFilter::new("debug"), move || writer.clone())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// Empties the log and returns its lines that contain this text.
    pub fn take(&self, text: &str) -> Vec<String> {
        let lines = std::mem::take(&mut *self.0.lock().unwrap());
        String::from_utf8(lines).unwrap().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}

impl Write for CapturedLog {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
