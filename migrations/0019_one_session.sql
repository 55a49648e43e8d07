-- An event about a session finds its rows without those of the user's other sessions.
drop index organization_sessions_by_user;
create index organization_sessions_by_user on organization_sessions (user_id, session_id);
