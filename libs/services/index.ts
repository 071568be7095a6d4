export { serviceStateOf, serviceStates, subscriberStateOf, type ServiceState } from './service-states.js';
export { serviceHref, serviceMonitorHref, servicePrefix } from './links.js';
export { changedService, changedStart, type ChangedService } from './changed-service.js';
export type { ServiceMonitor, ServiceRequest } from './service-monitor.js';
export {
  listServiceMonitors,
  readServiceMonitor,
  readServiceMonitors,
  stageServiceMonitor,
  type NewServiceMonitor,
  type ServiceMonitorPage,
} from './service-monitor.sql.js';
export {
  changedServiceBody,
  serviceMonitorBody,
  serviceMonitorStates,
  statusesOfMonitors,
  type ChangedServiceBody,
  type ServiceMonitorBody,
  type ServiceMonitorState,
} from './service-monitor-body.js';
