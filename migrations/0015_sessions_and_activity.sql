-- The running sessions of the members of each organization, in the order of the page of sessions.
-- A session belongs to a user, so without this copy the page would read the sessions of every
-- member. The rows are kept in the transaction that changes a membership or a session.
create table organization_sessions (
  organization_id text not null,
  -- The start of the session.
  started_at bigint not null,
  session_id text not null,
  user_id text not null,
  primary key (organization_id, started_at, session_id)
);
create index organization_sessions_by_user on organization_sessions (user_id);

insert into organization_sessions (organization_id, started_at, session_id, user_id)
  select distinct m.organization_id, s.created_at, s.id, s.user_id
  from memberships m join sessions s on s.user_id = m.user_id
  where m.deleted_at is null and s.status in ('active', 'pending') and s.expired = 0;

-- The activity of an organization in each hour, for the charts of the overview. A row is written in
-- the transaction of the event that it counts, and is deleted after two weeks.
create table hourly_activity (
  organization_id text not null,
  -- Hours since 1970.
  hour bigint not null,
  -- Members and active sessions after the last event of the hour.
  members bigint not null,
  sessions bigint not null,
  sign_ins bigint not null,
  -- Events about the members, and the sum of their delays in milliseconds.
  webhooks bigint not null,
  webhook_lag_ms bigint not null,
  primary key (organization_id, hour)
);
create index hourly_activity_by_hour on hourly_activity (hour);

create table hourly_refusals (
  organization_id text not null,
  hour bigint not null,
  -- The code of the refusal.
  outcome text not null,
  times bigint not null,
  primary key (organization_id, hour, outcome)
);
create index hourly_refusals_by_hour on hourly_refusals (hour);
