export { createAlarm, type Alarm } from './alarm.js';
export { inBatches, type BatchLimits } from './batches.js';
export { failpoint, setFailpoints } from './failpoint.js';
export { createLogger, redact, type Logger } from './logger.js';
export { startLoop, type Loop, type LoopOptions } from './loop.js';
export { metricsRegistry, Counter, Gauge, Histogram } from './metrics.js';
export { Health, type HealthReport } from './health.js';
export { Open, OPEN_ROUTE } from './open.js';
export {
  startService,
  startServiceWith,
  type RunningService,
  type ServiceContext,
  type ServiceOptions,
  type ServiceParts,
} from './service.js';
export { newId } from './new-id.js';
export { CONFIG, HEALTH, LOGGER } from './tokens.js';
