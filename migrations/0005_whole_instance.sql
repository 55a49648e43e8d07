-- What else Clerk tells: who is kept out, who is invited, what the roles of the instance grant, and who acts as somebody else.

-- 1: an administrator keeps them out, or too many wrong passwords do.
alter table users add column banned bigint not null default 0;
alter table users add column locked bigint not null default 0;

create table invitations (
  id text primary key,
  organization_id text not null,
  -- Erased when the invitation has ended: whoever declined is nobody of ours. The audit log keeps whom somebody invited.
  email text,
  role text not null,
  -- 'pending'; every other word of Clerk's has ended, for good.
  status text not null,
  created_at bigint not null,
  expires_at bigint,
  updated_at bigint not null
);
create index invitations_by_organization on invitations (organization_id, status);

create table roles (
  id text primary key,
  key text,
  name text,
  -- Keys of the permissions that it grants, separated by spaces.
  permissions text,
  updated_at bigint not null,
  deleted_at bigint
);

create table permissions (
  id text primary key,
  key text,
  name text,
  updated_at bigint not null,
  deleted_at bigint
);

-- Who acted as `user_id`, where it was not that person (claim `act`).
alter table audit add column impersonator_id text;
