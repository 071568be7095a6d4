import type { Migration } from '#libs/postgres';
import { CreatePlatforms1795200040000 } from './create-platforms.js';

/** In the order in which they run. */
export const platformsMigrations: Migration[] = [CreatePlatforms1795200040000];
