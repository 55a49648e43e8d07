-- How members are found and ordered, computed by the server (src/store/words.rs) so that every database and every collation agrees. The server
-- fills rows that lack it when it starts.
alter table users add column search_text text;
-- Compared byte by byte.
alter table users add column sort_key bytea;
-- The user's, again: a list reads its order from one index.
alter table memberships add column search_text text;
alter table memberships add column sort_key bytea;
create index memberships_in_order on memberships (organization_id, deleted_at, sort_key, id);
create index memberships_by_user on memberships (user_id);
create index users_to_fill on users (id) where search_text is null and deleted_at is null;
create index memberships_to_fill on memberships (user_id) where search_text is null and deleted_at is null;

-- Whoever belongs somewhere has a row, told or not.
insert into users (id, updated_at)
  select distinct user_id, 0 from memberships where true on conflict (id) do nothing;

-- What belonged to a user or organization that was deleted is gone too, and so is the older of two memberships. Earlier versions
-- waited for an event of its own.
update memberships set deleted_at = updated_at where deleted_at is null and (
  exists (select 1 from users where users.id = memberships.user_id and users.deleted_at is not null)
  or exists (select 1 from organizations where organizations.id = memberships.organization_id and organizations.deleted_at is not null)
  or exists (select 1 from memberships later where later.organization_id = memberships.organization_id
    and later.user_id = memberships.user_id and later.updated_at > memberships.updated_at));
update sessions set client = null,
  updated_at = case when status in ('active', 'pending') then 0 else updated_at end,
  status = case when status in ('active', 'pending') then 'removed' else status end
  where exists (select 1 from users where users.id = sessions.user_id and users.deleted_at is not null);
update invitations set status = 'revoked', email = null, updated_at = 0 where status = 'pending'
  and exists (select 1 from organizations where organizations.id = invitations.organization_id and organizations.deleted_at is not null);
