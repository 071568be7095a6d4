import { IsIn, IsOptional, Matches } from 'class-validator';
import { serviceMonitorStates, type ServiceMonitorState } from '#libs/services';

/** Query of GET /monitor. */
export class MonitorsQuery {
  @IsOptional()
  @Matches(/^\d{1,7}$/, { message: 'offset must be a whole number from 0' })
  offset?: string;

  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'limit must be a whole number from 1 to 100' })
  limit?: string;

  @IsOptional()
  @IsIn(serviceMonitorStates)
  state?: ServiceMonitorState;
}
