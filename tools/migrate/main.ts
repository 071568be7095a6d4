import { loadConfig } from '#libs/config';
import { createLogger } from '#libs/runtime';
import { bringUpToDate } from './bring-up-to-date.js';

const config = loadConfig();
const log = createLogger('migrate', config.logLevel);
log.info(await bringUpToDate(config, log), 'databases and topics are ready');
