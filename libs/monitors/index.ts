export { monitorHref, monitorLink, productHref } from './links.js';
export type { Monitor, MonitorItem, PlatformAnswer } from './monitor.js';
export {
  monitorBody,
  monitorStateOf,
  monitorStates,
  type MonitorBody,
  type MonitorError,
  type MonitorResponse,
  type MonitorState,
} from './monitor-body.js';
export { monitorRequest, toldOf, type MonitorHeader, type MonitorRequest } from './monitor-request.js';
export { refusalStatus, refusalStatuses } from './refusal-status.js';
export { stageMonitor, type NewMonitor } from './stage-monitor.sql.js';
export { readProductId, simCardId } from './product-id.js';
export { listMonitors, readMonitor, readMonitors, type MonitorFilter, type MonitorList } from './read-monitors.js';
