import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { SimyardError } from '#libs/errors';
import { monitorStates, type MonitorBody, type MonitorFilter, type MonitorState } from '#libs/monitors';

/** Query of GET …/monitor/{id}. */
export class MonitorQuery {
  /** attributes of the first level, by comma; all when left out */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  fields?: string;
}

/** Query of GET …/monitor. */
export class MonitorsQuery extends MonitorQuery {
  @IsOptional()
  @IsIn(monitorStates)
  state?: MonitorState;

  /** from 1 */
  @IsOptional()
  @Matches(/^[1-9]\d{0,5}$/, { message: 'pageNumber must be a whole number from 1' })
  pageNumber?: string;

  /** monitors of a page, 10 by default */
  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'pageSize must be a whole number from 1 to 100' })
  pageSize?: string;
}

const defaultSize = 10;

export const toMonitorFilter = ({ state, pageNumber, pageSize }: MonitorsQuery): MonitorFilter => ({
  ...(state && { state }),
  pageNumber: Number(pageNumber ?? 1),
  pageSize: Number(pageSize ?? defaultSize),
});

/** The attributes of a monitor, which may be asked for. */
const attributes: readonly string[] = [
  'id',
  'href',
  'sourceHref',
  'state',
  'request',
  'response',
  '@type',
  'errors',
  'correlationId',
] satisfies (keyof MonitorBody)[];

const always: readonly string[] = ['id', 'href', '@type'];

/** Leaves of monitors what a query asks for, and what names them. Throws REQUEST_INVALID for what no monitor has. */
export function monitorFields({ fields }: MonitorQuery): (monitor: MonitorBody) => Partial<MonitorBody> {
  if (fields === undefined) return (monitor) => monitor;
  const wanted = fields.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !attributes.includes(name));
  if (unknown.length > 0) {
    const problems = unknown.map((name) => ({ field: 'fields', problem: `${name} is unknown` }));
    throw new SimyardError('REQUEST_INVALID', { message: 'fields has what no monitor has.', details: { problems } });
  }
  const kept = new Set([...always, ...wanted]);
  return (monitor) => Object.fromEntries(Object.entries(monitor).filter(([name]) => kept.has(name)));
}
