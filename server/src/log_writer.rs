//! Writes the log to standard error in a thread of its own, so that no request waits for the
//! program that reads it.
//!
//! A bounded number of lines waits. A line beyond the bound is lost and counted: an answer is worth
//! more than its log line, and the audit log is in the database. The thread writes all waiting
//! lines with one system call.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};
use tracing_subscriber::fmt::MakeWriter;

/// Lines that wait at most: about 8 MiB, and a second of the fastest load.
const LINES: usize = 32 * 1024;

/// Bytes of one system call, about.
const CHUNK: usize = 64 * 1024;

/// How long a stop waits for a program that does not read the log.
const FLUSH: Duration = Duration::from_secs(1);

/// The pause after a write that emptied the queue. While the thread waits for a line, each line
/// wakes it, and these switches took more than a third of the time of a small answer.
const GATHER: Duration = Duration::from_millis(5);

/// The pause before the next attempt to flush a full queue.
const FULL: Duration = Duration::from_millis(5);

/// The writer of this process. The program ends without dropping it.
static PROCESS: OnceLock<LogWriter> = OnceLock::new();

/// The end of the queue that takes lines. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct LogWriter {
    queue: SyncSender<Order>,
    lost: Arc<AtomicU64>,
}

#[derive(Debug)]
enum Order {
    Line(Vec<u8>),
    Flush(Sender<()>),
}

impl LogWriter {
    /// The writer of this process to standard error. The first call starts its thread.
    pub(crate) fn of_process() -> Self {
        PROCESS.get_or_init(|| Self::start(io::stderr(), LINES)).clone()
    }

    fn start(target: impl Write + Send + 'static, lines: usize) -> Self {
        let (queue, orders) = sync_channel(lines);
        let lost = Arc::<AtomicU64>::default();
        let counter = Arc::clone(&lost);
        let thread = thread::Builder::new().name("log".to_owned()).spawn(move || run(target, &orders, &counter));
        if let Err(error) = thread {
            eprintln!("the log has no thread and stays empty: {error}");
        }
        Self { queue, lost }
    }

    /// Waits until the lines so far are written, for a second at most.
    fn flush(&self) {
        let until = Instant::now() + FLUSH;
        let (written, wait) = channel();
        let mut order = Order::Flush(written);
        while let Err(TrySendError::Full(refused)) = self.queue.try_send(order) {
            if Instant::now() >= until {
                return;
            }
            order = refused;
            thread::sleep(FULL);
        }
        let _ = wait.recv_timeout(until.saturating_duration_since(Instant::now()));
    }
}

/// Writes the lines that wait. Call it before the process ends.
pub fn flush() {
    if let Some(writer) = PROCESS.get() {
        writer.flush();
    }
}

impl Write for LogWriter {
    /// Takes a whole line: the formatter writes each event with one call.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.queue.try_send(Order::Line(line.to_vec())).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn run(mut target: impl Write, orders: &Receiver<Order>, lost: &AtomicU64) {
    let mut chunk = Vec::with_capacity(CHUNK);
    while let Ok(first) = orders.recv() {
        let mut flushes = Vec::new();
        let mut next = Some(first);
        while let Some(order) = next {
            match order {
                Order::Line(line) => chunk.extend_from_slice(&line),
                Order::Flush(written) => flushes.push(written),
            }
            next = if chunk.len() < CHUNK { orders.try_recv().ok() } else { None };
        }
        // A log that cannot be written has no place to say so.
        let _ = target.write_all(&chunk);
        let _ = target.flush();
        let is_queue_empty = chunk.len() < CHUNK;
        chunk.clear();
        for written in flushes {
            let _ = written.send(());
        }
        let lines = lost.swap(0, Ordering::Relaxed);
        if lines > 0 {
            tracing::error!(lines, "log lines were lost: the program that reads the log was too slow");
        }
        if is_queue_empty {
            thread::sleep(GATHER);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    /// A target that somebody reads only while the lock is free.
    #[derive(Clone, Default)]
    struct Target(Arc<Mutex<Vec<u8>>>);

    impl Write for Target {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_flush_writes_every_line_in_its_order() {
        let target = Target::default();
        let mut writer = LogWriter::start(target.clone(), 2000);
        let lines: Vec<_> = (0..1000).map(|number| format!("line {number}\n")).collect();
        lines.iter().for_each(|line| writer.write_all(line.as_bytes()).unwrap());
        LogWriter::flush(&writer);
        assert_eq!(String::from_utf8(target.0.lock().unwrap().clone()).unwrap(), lines.concat());
        assert_eq!(writer.lost.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_target_that_does_not_read_delays_nobody_and_lost_lines_are_counted() {
        let target = Target::default();
        let mut writer = LogWriter::start(target.clone(), 10);
        let not_reading = target.0.lock().unwrap();
        (0..5000).for_each(|_| writer.write_all(b"line\n").unwrap());
        let lost = writer.lost.load(Ordering::Relaxed);
        drop(not_reading);
        LogWriter::flush(&writer);
        let written = target.0.lock().unwrap().len() / 5;
        assert!(lost > 0 && u64::try_from(written).unwrap() + lost <= 5000, "{written} {lost}");
        assert!(written >= 10, "{written}");
    }
}
