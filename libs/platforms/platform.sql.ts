import type { Tx } from '#libs/postgres';
import type { PlatformConfig } from './platform.js';

/** A platform as its row has it: its secrets sealed. */
export interface StoredPlatform extends Omit<PlatformConfig, 'credential' | 'callbackSecret'> {
  sealedCredential: string | null;
  sealedCallbackSecret: string | null;
  changedAt: Date;
}

const columns = `name, changes, results, idempotent, credentials,
  case when rate_requests is not null
    then json_build_object('requests', rate_requests, 'perMs', rate_per_ms) end as "rateLimit",
  base_url as "baseUrl", sealed_credential as "sealedCredential", sealed_callback_secret as "sealedCallbackSecret",
  request_timeout_ms as "requestTimeoutMs", poll_ms as "pollMs", callback_grace_ms as "callbackGraceMs",
  give_up_ms as "giveUpMs", attempts, concurrency, queue_limit as "queueLimit", changed_at as "changedAt"`;

/** All platforms by name. */
export const selectPlatforms = (tx: Tx): Promise<StoredPlatform[]> =>
  tx.query<StoredPlatform>(`select ${columns} from platforms.platform order by name`);

/** The platform, locked against another change of it; undefined when there is none. */
export async function lockPlatform(tx: Tx, name: string): Promise<StoredPlatform | undefined> {
  const [row] = await tx.query<StoredPlatform>(`select ${columns} from platforms.platform where name = $1 for update`, [
    name,
  ]);
  return row;
}

/** Inserts the platform, or gives it all these settings. */
export const upsertPlatform = (tx: Tx, platform: Omit<StoredPlatform, 'changedAt'>): Promise<number> =>
  tx.execute(
    `insert into platforms.platform
       (name, changes, results, idempotent, credentials, rate_requests, rate_per_ms, base_url, sealed_credential,
        sealed_callback_secret, request_timeout_ms, poll_ms, callback_grace_ms, give_up_ms, attempts, concurrency, queue_limit)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (name) do update set
       changes = excluded.changes, results = excluded.results, idempotent = excluded.idempotent,
       credentials = excluded.credentials, rate_requests = excluded.rate_requests, rate_per_ms = excluded.rate_per_ms,
       base_url = excluded.base_url, sealed_credential = excluded.sealed_credential,
       sealed_callback_secret = excluded.sealed_callback_secret, request_timeout_ms = excluded.request_timeout_ms,
       poll_ms = excluded.poll_ms, callback_grace_ms = excluded.callback_grace_ms, give_up_ms = excluded.give_up_ms,
       attempts = excluded.attempts, concurrency = excluded.concurrency, queue_limit = excluded.queue_limit,
       changed_at = excluded.changed_at`,
    [
      platform.name,
      JSON.stringify(platform.changes),
      platform.results,
      platform.idempotent,
      platform.credentials,
      platform.rateLimit?.requests ?? null,
      platform.rateLimit?.perMs ?? null,
      platform.baseUrl,
      platform.sealedCredential,
      platform.sealedCallbackSecret,
      platform.requestTimeoutMs,
      platform.pollMs,
      platform.callbackGraceMs,
      platform.giveUpMs,
      platform.attempts,
      platform.concurrency,
      platform.queueLimit,
    ],
  );
