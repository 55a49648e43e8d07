-- The audit log is read by person, who may have acted as somebody else.
create index audit_by_impersonator on audit (organization_id, impersonator_id, at, id)
  where impersonator_id is not null;
