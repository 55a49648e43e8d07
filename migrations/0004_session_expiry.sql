-- When a session runs out by itself. Clerk sends no event for that, so without it a session would be listed as running for ever.
alter table sessions add column expires_at bigint;
