-- A page of the audit log begins beside an entry, which its time and its id name.
drop index audit_by_organization;
create index audit_in_order on audit (organization_id, at, id);

-- Entries go after their time, if one is configured.
create index audit_by_time on audit (at);
