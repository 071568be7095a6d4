-- What each service may do in the main database, and nothing else. After every migration, as simyard_migrator:
--
--     psql -d simyard -f deploy/postgres/grants.sql
--
-- Takes all earlier grants away first, so that this file alone says what holds; one transaction, so that nobody sees less.
begin;

do $$ begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to simyard_gateway, simyard_subscriber, simyard_resource_swap,
    simyard_bulk_jobs, simyard_platform_connector, simyard_monitor, simyard_dwh_sink, simyard_cli', current_database());
end $$;

revoke all on all tables in schema inventory, access, operations, messaging, platforms, bulk, callbacks from
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor, simyard_dwh_sink, simyard_cli;
revoke all on all sequences in schema messaging from
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor;

grant usage on schema inventory to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor, simyard_dwh_sink,
  simyard_cli;
grant usage on schema access to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor, simyard_dwh_sink,
  simyard_cli;
grant usage on schema operations to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor, simyard_cli;
grant usage on schema messaging to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor;
grant usage on schema platforms to
  simyard_gateway, simyard_subscriber, simyard_platform_connector, simyard_monitor, simyard_cli;
grant usage on schema bulk to simyard_gateway, simyard_bulk_jobs, simyard_monitor;
grant usage on schema callbacks to simyard_gateway, simyard_monitor, simyard_cli;

-- Inventory: the gateway reads, the command services write.
grant select on inventory.account to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor, simyard_dwh_sink,
  simyard_cli;
grant insert on inventory.account to simyard_cli;
grant select on inventory.subscriber, inventory.sim, inventory.resource, inventory.resource_history,
  inventory.resource_type to simyard_gateway, simyard_subscriber, simyard_resource_swap;
-- A bulk finds the subscribers whose locks its items take.
grant select on inventory.subscriber, inventory.sim, inventory.resource, inventory.resource_type to simyard_bulk_jobs;
grant insert, update on inventory.subscriber, inventory.sim to simyard_subscriber;
-- The monitor records what platforms have made of SIMs.
grant select on inventory.subscriber, inventory.sim, inventory.resource to simyard_monitor;
grant update on inventory.subscriber, inventory.sim to simyard_monitor;
-- A row lock needs the right to update a column. A swap locks its subscriber, and does not change him; the gateway shares
-- what it admits a command for, and a bulk what its items are for; external parameters are written under the lock of their account.
grant update (version) on inventory.subscriber to simyard_gateway, simyard_resource_swap, simyard_bulk_jobs;
grant update (created_at) on inventory.account to simyard_gateway, simyard_subscriber;
grant insert, delete on inventory.resource to simyard_subscriber, simyard_resource_swap;
grant insert on inventory.resource_history to simyard_subscriber, simyard_resource_swap;
grant select on inventory.offer to simyard_gateway, simyard_subscriber, simyard_cli;
grant insert on inventory.offer to simyard_cli;
grant select on inventory.subscriber_offer, inventory.external_param to simyard_gateway, simyard_subscriber;
grant insert, delete on inventory.subscriber_offer, inventory.external_param to simyard_subscriber;
-- What a service's callers say of it is kept by the gateway, which alone shows it.
grant select, insert, update on inventory.service_description to simyard_gateway;

-- Business units are configured by the command line.
grant select on inventory.business_unit to simyard_gateway, simyard_cli;
grant insert, delete on inventory.business_unit to simyard_cli;

-- Clients: hashes of secrets only for those who check them.
grant select on access.api_client to simyard_gateway, simyard_dwh_sink, simyard_cli;
grant select (username, tenant_id, account_id, revoked_at) on access.api_client to
  simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor;
grant insert, update (revoked_at) on access.api_client to simyard_cli;
-- How many requests a client has sent just now.
grant select, insert, update, delete on access.request_rate to simyard_gateway;

-- Operations: the monitor makes and drops partitions by functions that act as their owner.
grant select, insert on operations.operation, operations.request_key to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor;
-- A replay takes the key over from the operation that it replays.
grant update (operation_id) on operations.request_key to
  simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor;
-- A request that a lock refuses leaves its key free.
grant delete on operations.request_key to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor;
grant update on operations.operation to
  simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_monitor;
-- Whoever wants a lock ends the operation that holds it past its deadline; breaking a lock cancels its operation.
grant update (status, error, updated_at) on operations.operation to simyard_gateway;
grant select on operations.operation to simyard_cli;
grant select, insert, delete on operations.lock to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs;
grant select, delete on operations.lock to simyard_monitor;
grant select, insert on operations.lock_audit to simyard_gateway;
-- The gateway stores a monitor with its operation, the monitor tells callers of its end.
grant select, insert on operations.monitor, operations.service_monitor to simyard_gateway;
grant select, delete on operations.monitor, operations.service_monitor to simyard_monitor;
alter function operations.ensure_partitions(date, integer) security definer set search_path = pg_catalog, pg_temp;
alter function operations.drop_partitions(date) security definer set search_path = pg_catalog, pg_temp;
revoke all on function operations.ensure_partitions(date, integer), operations.drop_partitions(date) from public;
grant execute on function operations.ensure_partitions(date, integer), operations.drop_partitions(date) to
  simyard_monitor;

-- Platforms: the connector stores and calls, the gateway takes callbacks, the monitor settles and removes what is old.
grant select on platforms.platform to
  simyard_gateway, simyard_subscriber, simyard_platform_connector, simyard_monitor, simyard_cli;
grant insert, update on platforms.platform to simyard_cli;
grant select, insert, update on platforms.request to simyard_platform_connector;
grant select, insert, update, delete on platforms.throttle to simyard_platform_connector;
grant select, update on platforms.request to simyard_gateway;
grant select, update, delete on platforms.request to simyard_monitor;
-- Nothing is sent for an operation that has ended.
grant select on operations.operation to simyard_platform_connector;

-- Bulk jobs: the gateway stores what is uploaded and shows reports, the monitor removes what is old.
grant select, insert, update on bulk.job to simyard_bulk_jobs;
grant select, insert on bulk.item, bulk.item_result to simyard_bulk_jobs;
grant select, insert, delete on bulk.in_flight, bulk.held to simyard_bulk_jobs;
grant select on bulk.job, bulk.item, bulk.item_result, bulk.in_flight, bulk.held to simyard_gateway;
grant insert on bulk.job, bulk.item, bulk.item_result to simyard_gateway;
grant update (total, failed, touched_at) on bulk.job to simyard_gateway;
grant select, delete on bulk.job, bulk.item, bulk.item_result to simyard_monitor;

-- Callbacks: the gateway subscribes and stages, the monitor delivers; secrets that sign them only for those who need them.
grant select, insert, delete on callbacks.subscription to simyard_gateway;
grant select (client_id) on callbacks.client_secret to simyard_gateway;
grant select, insert, update (state, due_at, ended_at, earlier_attempts) on callbacks.delivery to simyard_gateway;
grant select on callbacks.attempt to simyard_gateway;
grant select on callbacks.subscription, callbacks.client_secret to simyard_monitor;
grant select, update, delete on callbacks.delivery to simyard_monitor;
grant select, insert, delete on callbacks.attempt to simyard_monitor;
grant select, delete on callbacks.subscription to simyard_cli;
grant select, insert, update, delete on callbacks.client_secret to simyard_cli;

-- Messaging: whoever publishes runs a relay.
grant select, insert on messaging.inbox to
  simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector, simyard_monitor;
grant delete on messaging.inbox to simyard_monitor;
grant select, insert, delete on messaging.outbox to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor;
grant insert on messaging.outbox_parked to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor;
grant select, insert, update, delete on messaging.lease, messaging.lease_member to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor;
-- Without it the relay would be told null for the last position, and would read the whole outbox each time.
grant select on sequence messaging.outbox_position_seq to
  simyard_gateway, simyard_subscriber, simyard_resource_swap, simyard_bulk_jobs, simyard_platform_connector,
  simyard_monitor;

commit;
