import { SimyardError } from '#libs/errors';

/** Connection exceptions, insufficient resources, operator intervention: Postgres is away or going away. */
const awaySqlstates = /^(08|53|57P)/;
/** serialization failure, deadlock, lock not available; and idle-in-transaction, which a frozen process meets when it wakes */
const rerunSqlstates = new Set(['40001', '40P01', '55P03', '25P03']);
const uniqueViolation = '23505';
/** A migration has changed what a prepared statement returns, and it must be prepared anew: 0A000, which says many things, from here. */
const stalePlan = { sqlstate: '0A000', routine: 'RevalidateCachedQuery' };

/** Lost connections that carry no SQLSTATE: pg's and node's own texts, and TypeORM's for a query runner whose connection went. */
const lostConnection =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|Connection terminated|connection timeout|timeout exceeded when trying to connect|not queryable|already released|Client has encountered a connection error|Cannot use a pool after/i;

/**
 * What a failed query means for the command: DATABASE_UNAVAILABLE (wait), CONCURRENT_CHANGE (rerun: also a unique
 * violation, as somebody inserted between our look and our write), else INTERNAL_ERROR. The cause keeps SQLSTATE and
 * constraint, and drops the statement, its parameters and DETAIL, which hold identifiers of people.
 */
export function toDatabaseError(error: unknown): SimyardError {
  if (error instanceof SimyardError) return error;
  const cause = withoutValues(error);
  const sqlstate = sqlstateOf(error);
  if (sqlstate !== undefined && awaySqlstates.test(sqlstate))
    return new SimyardError('DATABASE_UNAVAILABLE', { cause });
  const mayRerun = sqlstate !== undefined && (rerunSqlstates.has(sqlstate) || sqlstate === uniqueViolation);
  if (mayRerun || isStalePlan(error)) {
    return new SimyardError('CONCURRENT_CHANGE', { cause });
  }
  const text = error instanceof Error ? `${error.message} ${stringField(error, 'code') ?? ''}` : String(error);
  if (lostConnection.test(text)) return new SimyardError('DATABASE_UNAVAILABLE', { cause });
  return new SimyardError('INTERNAL_ERROR', { cause });
}

/** No connection came about, whatever the reason: also a changed password or an expired certificate is no command's fault. */
export function toConnectionError(error: unknown): SimyardError {
  return new SimyardError('DATABASE_UNAVAILABLE', { cause: withoutValues(error) });
}

export function isUniqueViolation(error: unknown): boolean {
  return (
    sqlstateOf(error) === uniqueViolation || (error instanceof Error && sqlstateOf(error.cause) === uniqueViolation)
  );
}

export const isStalePlan = (error: unknown): boolean =>
  sqlstateOf(error) === stalePlan.sqlstate && stringField(error, 'routine') === stalePlan.routine;

function sqlstateOf(error: unknown): string | undefined {
  const code = stringField(error, 'code') ?? stringField(error, 'sqlstate');
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function withoutValues(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const bare = new Error(message);
  return Object.assign(bare, {
    sqlstate: sqlstateOf(error),
    constraint: stringField(error, 'constraint'),
    table: stringField(error, 'table'),
  });
}

function stringField(value: unknown, field: string): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const found: unknown = Reflect.get(value, field);
  return typeof found === 'string' ? found : undefined;
}
