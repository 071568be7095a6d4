-- What the sink may do in the warehouse, which may be a database of its own. After every migration, as simyard_migrator:
--
--     psql -d simyard -f deploy/postgres/grants-dwh.sql
begin;

do $$ begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to simyard_dwh_sink', current_database());
end $$;

revoke all on all tables in schema dwh from simyard_dwh_sink;
grant usage on schema dwh to simyard_dwh_sink;
grant select, insert on dwh.entity_change to simyard_dwh_sink;
grant select, insert, update on dwh.business_transaction, dwh.entity_latest, dwh.metric_hourly to simyard_dwh_sink;
grant select, insert, update, delete on dwh.version_gap to simyard_dwh_sink;
-- Attaches partitions, which only the owner of the table may do.
alter function dwh.ensure_month(date) security definer set search_path = pg_catalog, pg_temp;
revoke all on function dwh.ensure_month(date) from public;
grant execute on function dwh.ensure_month(date) to simyard_dwh_sink;

commit;
