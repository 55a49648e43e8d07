-- The time at which a membership began, for a list in this order: `joined_at`, and 0 where Clerk
-- has not reported it. SQLite compares a place with a column of an index, and not with an
-- expression.
alter table memberships add column joined_order bigint not null default 0;
update memberships set joined_order = joined_at where joined_at is not null;
create index memberships_by_joined on memberships (organization_id, joined_order, id)
  where deleted_at is null;
