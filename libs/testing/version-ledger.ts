import type { ErrorCode } from '#libs/errors';
import type { Decision } from '#libs/transactions';

/** The code with which a decision refuses its command, or undefined. */
export const codeOf = (decision: Decision): ErrorCode | undefined =>
  decision.status === 'REJECTED' ? decision.error.code : undefined;

/** Checks what every consumer relies on: versions from 1 without gaps, and each change starting where the last ended. */
export class VersionLedger {
  private readonly last = new Map<string, { version: number; after: unknown; occurredAt: Date }>();

  add(decision: Decision): string[] {
    if (decision.status !== 'COMPLETED') return [];
    return decision.changes.flatMap((change) => {
      const last = this.last.get(change.entityId);
      const { version, after, before } = change;
      this.last.set(change.entityId, { version, after, occurredAt: decision.occurredAt });
      if (version !== (last?.version ?? 0) + 1) return [`${change.entityId}: version ${version} is not next`];
      if (JSON.stringify(before) !== JSON.stringify(last?.after ?? null)) return [`${change.entityId}: other before`];
      return last && last.occurredAt > decision.occurredAt ? [`${change.entityId}: earlier than before`] : [];
    });
  }
}
