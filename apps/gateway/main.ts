import { startService } from '#libs/runtime';
import { gateway } from './build.js';

await startService(gateway);
