-- When a session was first and last seen here, and which rule of ours ended it (SESSION_MAX_AGE, SESSION_IDLE_TIMEOUT, SESSION_SINGLE, the age
-- limit of a permission). Written by the server and not by webhooks: the table `sessions` is a copy of what Clerk tells.
create table session_lifetimes (
  session_id text primary key,
  -- Of whose sessions only the newest counts with SESSION_SINGLE: the user, or `<impersonator> as <user>`.
  person text not null,
  first_seen_at bigint not null,
  -- The last request that was activity of the person; written at most once a minute.
  last_seen_at bigint not null,
  -- Code of the rule, as in the refusal; null while none applied.
  ended_by text,
  ended_at bigint,
  -- When Clerk is to be told of the end; null when there is nothing to tell.
  tell_clerk_at bigint
);
create index session_lifetimes_by_person on session_lifetimes (person, first_seen_at);
create index session_lifetimes_by_end on session_lifetimes (ended_at) where ended_at is not null;
create index session_lifetimes_to_tell on session_lifetimes (tell_clerk_at) where tell_clerk_at is not null;
