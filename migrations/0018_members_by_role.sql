-- The list of members in the order of their roles: the role, a NUL byte and the sort key, computed
-- by the server and compared byte by byte (src/store/member_facets.rs).
alter table memberships add column role_order bytea;
create index memberships_by_role on memberships (organization_id, role_order, id)
  where deleted_at is null;
-- The server fills the column with the words of a membership when it starts.
update memberships set has_words = 0 where deleted_at is null;
