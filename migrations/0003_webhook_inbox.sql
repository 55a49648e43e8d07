-- Every verified webhook, once: the id is the idempotency key, the same over all deliveries of an event. The row and the effect of the
-- event are one transaction, so an event counts exactly once.

create table webhook_inbox (
  svix_id text primary key,
  type text not null,
  payload text not null,
  received_at bigint not null,
  -- 'applied', 'kept' for types that change nothing here, 'incomplete' for a payload without the fields that its type has.
  outcome text not null
);
