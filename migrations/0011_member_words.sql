-- The words by which members are found. A search for the beginnings of words reads a range of the
-- primary key, which has the order of the list, too. A word and a sort key are compared byte by
-- byte. The server writes them (src/store/member_words.rs), and fills memberships of earlier
-- versions when it starts.
create table membership_words (
  organization_id text not null,
  word bytea not null,
  -- That of the membership.
  sort_key bytea not null,
  membership_id text not null,
  primary key (organization_id, word, sort_key, membership_id)
);
create index membership_words_of_member on membership_words (membership_id, word);

-- 1: the words of the current search text are stored. An ended membership has none.
alter table memberships add column has_words bigint not null default 0;
create index memberships_without_words on memberships (user_id) where has_words = 0 and deleted_at is null;

-- PostgreSQL does not take `deleted_at is null` for a fixed column of the order, so it sorted all
-- members for each page. This index has the members alone.
drop index memberships_in_order;
create index memberships_in_order on memberships (organization_id, sort_key, id) where deleted_at is null;
