//! A running instance: its state, keys, faults and webhooks, shared by every request.

use crate::json::events::all_events;
use crate::model::{Event, Result, Session, Settings, State};
use crate::webhooks::{Queue, delivery};
use crate::{
    clock::now_ms, commands::sessions::update_session_statuses, error::StartError, faults::Faults, identity::Identity,
    instance::Instance, model::storage::state_file, options::Options, private_file,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Clerk {
    pub(crate) options: Arc<Options>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) webhooks: Queue,
    faults: Arc<Mutex<Faults>>,
    state: Arc<Mutex<State>>,
    saved: Arc<Mutex<Saved>>,
}

/// The last written version of the state.
#[derive(Default)]
struct Saved {
    version: u64,
    content: Vec<u8>,
}

/// Ends a command: brings the sessions up to date, and takes the recorded events.
fn settle(state: &mut State) -> Vec<Event> {
    update_session_statuses(state);
    state.prune_sessions();
    std::mem::take(&mut state.events)
}

impl Clerk {
    /// Reads or creates keys and state, and starts the delivery of webhooks.
    pub(crate) fn open(options: Options) -> Result<(Self, JoinHandle<()>), StartError> {
        let identity = Arc::new(Identity::open(&options.data_dir, options.instance)?);
        let mut state = State::load(&options.data_dir, &options.permissions, now_ms())?;
        let (application, public_origin) = (options.application.clone(), options.public_origin.clone());
        state.settings = Settings { application, membership_required: options.membership_required, public_origin };
        let faults = Arc::default();
        let (webhooks, delivering) = delivery::start(&options, &identity, Arc::clone(&faults));
        let clerk = Self {
            options: Arc::new(options),
            identity,
            webhooks,
            faults,
            state: Arc::new(Mutex::new(state)),
            saved: Arc::default(),
        };
        clerk.save_first()?;
        Ok((clerk, delivering))
    }

    /// Saves the state once, so that a folder that cannot be written is found at the start, and
    /// tells the application of every object.
    fn save_first(&self) -> Result<(), StartError> {
        let file = state_file(&self.options.data_dir);
        let (content, events) = {
            let mut state = self.state();
            settle(&mut state);
            (state.to_json(), all_events(&state))
        };
        let content = content.map_err(|error| StartError::File(file.clone(), error.to_string()))?;
        private_file::write(&file, &content).map_err(|error| StartError::Folder(file, error.to_string()))?;
        events.into_iter().for_each(|event| self.webhooks.push(event));
        Ok(())
    }

    /// Locks the state for reading, and for changes that are not saved. Its time is now.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.set_time(now_ms());
        state
    }

    pub(crate) fn active_session(&self, client: &str) -> Option<Session> {
        self.state().active_session(client).cloned()
    }

    pub(crate) fn session_of_client(&self, client: &str, id: &str) -> Option<Session> {
        self.state().sessions_of_client(client).find(|session| session.id == id).cloned()
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_development(&self) -> bool {
        self.options.instance == Instance::Development
    }

    /// Runs a command, saves the state and sends the events. The file is written outside of the
    /// lock. A full disk loses the last change and logs an error.
    pub(crate) async fn commit<T>(&self, command: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let (answer, events, version, content) = {
            let mut state = self.state();
            let answer = command(&mut state);
            let events = settle(&mut state);
            state.version += 1;
            (answer, events, state.version, state.to_json())
        };
        match content {
            Ok(content) => self.save(version, content).await,
            Err(error) => tracing::error!(%error, "the state of the local Clerk could not be serialized"),
        }
        events.into_iter().for_each(|event| self.webhooks.push(event));
        answer
    }

    /// Writes the file, unless it has the same content or a newer version already.
    async fn save(&self, version: u64, content: Vec<u8>) {
        let (saved, file) = (Arc::clone(&self.saved), state_file(&self.options.data_dir));
        let write = move || {
            let mut saved = saved.lock().unwrap_or_else(PoisonError::into_inner);
            if saved.version >= version || saved.content == content {
                return Ok(());
            }
            private_file::write(&file, &content)?;
            *saved = Saved { version, content };
            Ok(())
        };
        let written = tokio::task::spawn_blocking(write).await;
        if let Err(error) = written.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            tracing::error!(%error, "the state of the local Clerk could not be saved");
        }
    }
}
