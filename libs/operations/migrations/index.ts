import type { Migration } from '#libs/postgres';
import { CreateOperations1795200002000 } from './create-operations.js';

/** In the order in which they run. */
export const operationsMigrations: Migration[] = [CreateOperations1795200002000];
