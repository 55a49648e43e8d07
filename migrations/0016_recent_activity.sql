-- The activity of an organization in each five minutes of the last hours, for the charts of one
-- hour. The tables of 0015 have a row for each hour.
create table recent_activity (
  organization_id text not null,
  -- Five minutes since 1970.
  slot bigint not null,
  -- Members and active sessions after the last event of the slot.
  members bigint not null,
  sessions bigint not null,
  sign_ins bigint not null,
  -- Events about the members, and the sum of their delays in milliseconds.
  webhooks bigint not null,
  webhook_lag_ms bigint not null,
  primary key (organization_id, slot)
);
create index recent_activity_by_slot on recent_activity (slot);

create table recent_refusals (
  organization_id text not null,
  slot bigint not null,
  -- The code of the refusal.
  outcome text not null,
  times bigint not null,
  primary key (organization_id, slot, outcome)
);
create index recent_refusals_by_slot on recent_refusals (slot);
