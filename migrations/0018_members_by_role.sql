-- The list of members in the order of their roles: the role, a NUL byte and the sort key, computed
-- by the server and compared byte by byte (src/store/member_facets.rs).
alter table memberships add column role_order bytea;
create index memberships_by_role on memberships (organization_id, role_order, id)
  where deleted_at is null;
-- The rows that a server fills or clears when it starts. A server of an earlier version leaves them
-- during an update.
create index memberships_without_role_order on memberships (user_id)
  where role_order is null and deleted_at is null;
create index memberships_with_a_former_role_order on memberships (id)
  where role_order is not null and deleted_at is not null;
