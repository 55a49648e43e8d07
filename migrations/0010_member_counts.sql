-- The members and the active sessions of each organization, for the dashboard. They are kept in the
-- transaction of what they count. An organization without members has no row.
create table organization_counts (
  organization_id text primary key,
  -- Users with a membership that is not deleted.
  members bigint not null,
  -- Sessions of these users with the status 'active' that are not marked as expired.
  sessions bigint not null
);

-- 1: the session has expired and is not counted any more. Clerk sends no event for that, so a job
-- marks it. The status stays as Clerk told it.
alter table sessions add column expired bigint not null default 0;
create index sessions_to_expire on sessions (expires_at) where status = 'active' and expired = 0;

insert into organization_counts (organization_id, members, sessions)
  select m.organization_id, count(*), cast(coalesce(sum(s.active), 0) as bigint)
  from (select distinct organization_id, user_id from memberships where deleted_at is null) m
  left join (select user_id, count(*) as active from sessions where status = 'active' group by user_id) s
    on s.user_id = m.user_id
  group by m.organization_id;
