-- The user whom an event is about, so that a deletion finds their payloads. Null for other events
-- and for events of earlier versions, whose text is searched. An erased payload is an empty text.
alter table webhook_inbox add column user_id text;
create index webhook_inbox_by_user on webhook_inbox (user_id) where payload <> '';
create index webhook_inbox_with_payload on webhook_inbox (received_at) where payload <> '';
create index webhook_inbox_by_age on webhook_inbox (received_at);

-- The address of a deleted user is erased from the invitations to it.
create index invitations_by_email on invitations (lower(email)) where email is not null;

-- Ended and expired sessions are deleted after some time.
create index sessions_ended on sessions (updated_at) where status not in ('active', 'pending');
create index sessions_by_expiry on sessions (expires_at);

-- The work that the server does by itself, and what became of the last run. Of several servers one
-- runs a job: it has taken the row until `lease_until`, and extends the lease while it works.
create table jobs (
  name text primary key,
  period_ms bigint not null,
  next_run_at bigint not null,
  -- The server that runs the job, and the end of its lease; null and 0 when none does.
  runner text,
  lease_until bigint not null,
  last_started_at bigint,
  last_ended_at bigint,
  -- Outcome of the run that ended last, with a text for people.
  last_outcome text,
  last_detail text
);
