-- Login roles: who migrates and owns, one per service, and one for the command line. Once per server, by a superuser:
--
--     psql -d postgres -f deploy/postgres/roles.sql
--     psql -d postgres -c '\password simyard_gateway'     (and so on: no role has a password yet)
--     psql -d postgres -c 'create database simyard owner simyard_migrator'
--
-- Then migrate as simyard_migrator, and run grants.sql. May be run again.
do $$
declare
  name text;
begin
  foreach name in array array[
    'simyard_migrator', 'simyard_gateway', 'simyard_subscriber', 'simyard_resource_swap', 'simyard_bulk_jobs',
    'simyard_platform_connector', 'simyard_monitor', 'simyard_dwh_sink', 'simyard_cli']
  loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I login', name);
    end if;
  end loop;
end $$;
