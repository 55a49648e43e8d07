-- Who did what for which organization, and what was refused. Written in the transaction of what it tells.

create table audit (
  -- Sorts by time. A refusal's id names its minute, so that equal refusals are counted in one row and cannot flood the table.
  id text primary key,
  organization_id text not null,
  at bigint not null,
  user_id text not null,
  session_id text not null,
  operation text not null,
  -- 'done', or the code of the refusal.
  outcome text not null,
  subject text,
  changed_from text,
  changed_to text,
  request_id text not null,
  times bigint not null
);
create index audit_by_organization on audit (organization_id, at);
