import type { Migration } from '#libs/postgres';
import { CreateMessaging1795200003000 } from './create-messaging.js';
import { OrderInboxKey1795200056000 } from './order-inbox-key.js';

/** In the order in which they run. */
export const messagingMigrations: Migration[] = [CreateMessaging1795200003000, OrderInboxKey1795200056000];
