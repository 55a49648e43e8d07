-- Why somebody made a dangerous change, as they wrote it; null without a reason.
alter table audit add column reason text;
alter table command_intents add column reason text;
-- The reasons about a person are erased with the person.
create index audit_reasons on audit (subject) where reason is not null;

-- The recent activity of one person in an organization: what they did, and what was done to them.
create index audit_by_user on audit (organization_id, user_id, at, id);
create index audit_by_subject on audit (organization_id, subject, at, id);

-- When the membership began, as Clerk reports it; null until Clerk does.
alter table memberships add column joined_at bigint;
-- The words of a membership name its role and its state, too, so that a filter reads the range of a
-- word. The server writes them again when it starts.
update memberships set has_words = 0 where deleted_at is null;
