import { startService } from '#libs/runtime';
import { buildMonitor } from './build.js';

await startService({ name: 'monitor', build: buildMonitor });
