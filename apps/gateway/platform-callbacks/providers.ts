import type { Provider } from '@nestjs/common';
import { platformSource } from '#libs/platforms';
import type { Database } from '#libs/postgres';
import type { ServiceContext } from '#libs/runtime';
import type { CallersBell } from '#libs/transactions';
import { createReceiveCallback, RECEIVE_CALLBACK } from './receive-callback.js';
import { createRecordCallback } from './record-callbacks.js';

/** What the route of platforms' callbacks needs. */
export function platformCallbackProviders(
  database: Database,
  bell: Pick<CallersBell, 'written'>,
  { config, log }: Pick<ServiceContext, 'config' | 'log'>,
): Provider[] {
  const record = createRecordCallback(database, bell, log);
  const receive = createReceiveCallback(database, platformSource(config.secretPepper), record);
  return [{ provide: RECEIVE_CALLBACK, useValue: receive }];
}
