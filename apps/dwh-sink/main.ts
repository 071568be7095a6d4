import { startService } from '#libs/runtime';
import { buildDwhSink } from './build.js';

await startService({ name: 'dwh-sink', build: buildDwhSink });
