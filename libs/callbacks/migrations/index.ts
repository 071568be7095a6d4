import type { Migration } from '#libs/postgres';
import { CreateCallbacks1795200047000 } from './create-callbacks.js';

/** In the order in which they run. */
export const callbacksMigrations: Migration[] = [CreateCallbacks1795200047000];
