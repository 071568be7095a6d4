import type { Migration } from '#libs/postgres';
import { CreatePlatforms1795200040000 } from './create-platforms.js';
import { CreateThrottle1795200042000 } from './create-throttle.js';

/** In the order in which they run. */
export const platformsMigrations: Migration[] = [CreatePlatforms1795200040000, CreateThrottle1795200042000];
