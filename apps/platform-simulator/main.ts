import { loadProcessConfig } from '#libs/config';
import { startServiceWith } from '#libs/runtime';
import { platformSimulator } from './build.js';

await startServiceWith(loadProcessConfig(), platformSimulator);
