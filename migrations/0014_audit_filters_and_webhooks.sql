-- The audit log is read by operation and by refusals, too, in the order of the log.
create index audit_by_operation on audit (organization_id, operation, at, id);
create index audit_refused on audit (organization_id, at, id) where outcome <> 'done';

-- The filters of the audit log that people keep, each for themselves in one organization.
create table audit_views (
  id text primary key,
  organization_id text not null,
  user_id text not null,
  name text not null,
  -- The query of the URL that shows the entries.
  filter text not null,
  created_at bigint not null
);
create index audit_views_of_person on audit_views (organization_id, user_id, created_at, id);
create index audit_views_by_user on audit_views (user_id);

-- When Clerk made the event; null for events of earlier versions.
alter table webhook_inbox add column event_at bigint;
-- How often Clerk delivered the event; only the first delivery takes effect.
alter table webhook_inbox add column deliveries bigint not null default 1;
-- The page of webhooks reads the inbox in order, of all events, of a type and of an outcome.
drop index webhook_inbox_by_age;
create index webhook_inbox_in_order on webhook_inbox (received_at, svix_id);
create index webhook_inbox_by_type on webhook_inbox (type, received_at, svix_id);
create index webhook_inbox_by_outcome on webhook_inbox (outcome, received_at, svix_id);
