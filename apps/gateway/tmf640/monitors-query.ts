import { IsIn, IsOptional } from 'class-validator';
import { serviceMonitorStates, type ServiceMonitorState } from '#libs/services';
import { PageQuery } from './page.js';

/** Query of GET /monitor. */
export class MonitorsQuery extends PageQuery {
  @IsOptional()
  @IsIn(serviceMonitorStates)
  state?: ServiceMonitorState;
}
