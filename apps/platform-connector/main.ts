import { startService } from '#libs/runtime';
import { buildPlatformConnector } from './build.js';

await startService({ name: 'platform-connector', build: buildPlatformConnector });
