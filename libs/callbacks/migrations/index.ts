import type { Migration } from '#libs/postgres';
import { AddFacades1795200053000 } from './add-facades.js';
import { AddFacadeUrl1795200048000 } from './add-facade-url.js';
import { CreateCallbacks1795200047000 } from './create-callbacks.js';

/** In the order in which they run. */
export const callbacksMigrations: Migration[] = [
  CreateCallbacks1795200047000,
  AddFacadeUrl1795200048000,
  AddFacades1795200053000,
];
