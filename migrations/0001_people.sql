-- People, organizations and who belongs where, as Clerk tells by webhook.
--
-- Both SQLite and PostgreSQL read this file: TEXT ids, BIGINT for Unix milliseconds, no booleans, no generated values.
-- There are no foreign keys on purpose: webhooks arrive in any order, and a membership may be told before its organization.
-- `updated_at` is Clerk's, so that an older event never overwrites a newer one. `deleted_at` stays as a tombstone, so that a late update
-- does not bring anybody back; what was personal is erased with it.

create table users (
  id text primary key,
  name text,
  email text,
  updated_at bigint not null,
  deleted_at bigint
);

create table organizations (
  id text primary key,
  slug text,
  -- The name that Clerk has, and the one given here, which wins.
  name text,
  display_name text,
  updated_at bigint not null,
  deleted_at bigint
);

create table memberships (
  -- Clerk's id of the membership: whoever leaves and comes back has a new one.
  id text primary key,
  organization_id text not null,
  user_id text not null,
  role text not null,
  updated_at bigint not null,
  deleted_at bigint
);
create index memberships_by_organization on memberships (organization_id, user_id);

create table sessions (
  id text primary key,
  user_id text not null,
  -- 'active' and 'pending' run; every other word of Clerk's has ended, for good.
  status text not null,
  -- Browser and system, for people who look for a session that is not theirs.
  client text,
  created_at bigint not null,
  updated_at bigint not null
);
create index sessions_by_user on sessions (user_id, status);
