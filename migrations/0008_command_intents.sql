-- The commands at Clerk whose end is not stored yet. A row is committed before Clerk is asked, and
-- deleted in the transaction that stores the result and its audit entry. After a stop of the
-- process the server reads the rows and asks Clerk what became of the commands.
create table command_intents (
  id text primary key,
  -- The caller, as in the audit log.
  organization_id text not null,
  user_id text not null,
  session_id text not null,
  impersonator_id text,
  request_id text not null,
  operation text not null,
  -- JSON: what Clerk is asked to change.
  change text not null,
  -- Subject and old value of the audit entry.
  subject text not null,
  changed_from text not null,
  begun_at bigint not null,
  -- When a server that did not begin the command may look after it, and how often one has.
  check_at bigint not null,
  checks bigint not null
);
create index command_intents_by_check on command_intents (check_at);
