import { IsIn, IsOptional } from 'class-validator';
import { monitorStates, type MonitorBody, type MonitorFilter, type MonitorState } from '#libs/monitors';
import { selectFields, type FieldsQuery } from '../../http/fields.js';
import { PageQuery, pageOf } from '../page-query.js';

/** Query of GET …/monitor. */
export class MonitorsQuery extends PageQuery {
  @IsOptional()
  @IsIn(monitorStates)
  state?: MonitorState;
}

export const toMonitorFilter = (query: MonitorsQuery): MonitorFilter => ({
  ...(query.state && { state: query.state }),
  ...pageOf(query),
});

/** The attributes of a monitor, which may be asked for. */
const attributes = [
  'sourceHref',
  'state',
  'request',
  'response',
  'errors',
  'correlationId',
] as const satisfies (keyof MonitorBody)[];

export const fieldsOf = (query: FieldsQuery): ((monitor: MonitorBody) => Partial<MonitorBody>) =>
  selectFields(query, attributes, 'monitor');
