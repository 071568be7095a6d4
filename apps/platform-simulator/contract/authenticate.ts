import { platformHeaders } from '#libs/platforms';
import type { IncomingHttpHeaders } from 'node:http';
import type { PlatformSettings } from '../world/settings.js';

/** Whether the request carries the platform's credential, in the way that the platform wants it. */
export function isAuthentic(
  { credentials, credential }: Pick<PlatformSettings, 'credentials' | 'credential'>,
  headers: IncomingHttpHeaders,
): boolean {
  if (credentials === 'api-key') return headers[platformHeaders.apiKey] === credential;
  return headers.authorization === `Bearer ${credential}`;
}
