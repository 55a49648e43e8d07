-- The user whom the reason of an entry is about, where its subject is a session. The row of the
-- session goes before the entry, and the reason is erased with the user.
alter table audit add column reason_about text;
update audit set reason_about = (select s.user_id from sessions s where s.id = audit.subject)
  where reason is not null;
create index audit_reasons_about on audit (reason_about) where reason_about is not null;

-- Sessions that a clock ahead of time has marked as expired.
create index sessions_marked_expired on sessions (expires_at) where expired = 1;

-- Lifetimes of sessions that Clerk never told about.
create index session_lifetimes_by_use on session_lifetimes (last_seen_at) where ended_at is null;
