-- A search looks for text among the first members by name, in each order of the list. With all
-- that it needs in the index, SQLite reads no row of the table. The column of the condition must be
-- there, too. The user is there within an expression only: with the column, SQLite would walk
-- through this index to find one member. An entry of PostgreSQL holds at most 2704 bytes, and a
-- search text may be longer.
drop index memberships_in_order;
create index memberships_in_order
  on memberships (organization_id, sort_key, id, coalesce(substr(search_text, 1, 256), user_id), joined_order,
    role_order, deleted_at)
  where deleted_at is null;
