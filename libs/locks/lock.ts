import type { Facade, LockLevels } from './policy.js';

/** What is locked. A subscriber's SIM, resources and offers map to the subscriber; a SIM without one locks as itself. */
export interface LockEntity {
  type: 'Subscriber' | 'Account' | 'SIM';
  id: string;
}

export type LockLevel = 'user-action' | 'entity';

/** The operation that takes locks, and for how long at most. */
export interface LockingOperation {
  operationId: string;
  tenantId: string;
  /** account of the actor: who may see the locks */
  accountId: string;
  username: string;
  facade: Facade;
  /** the command; of a bulk, what its items do */
  action: string;
  /** the operation's deadline */
  expiresAt: Date;
}

export interface WantedLock extends LockingOperation {
  level: LockLevel;
  /** unique in its tenant and level */
  key: string;
  entity: LockEntity | null;
}

/** Who has a lock that somebody else wants. */
export interface Holder {
  operationId: string;
  /** its deadline had passed when the transaction began */
  expired: boolean;
  level: LockLevel;
  entity: LockEntity | null;
}

/** A lock's name among those of all tenants. */
export const keyOf = ({ tenantId, level, key }: Pick<WantedLock, 'tenantId' | 'level' | 'key'>): string =>
  `${tenantId}\0${level}\0${key}`;

export const entityText = ({ type, id }: LockEntity): string => `${type} ${id}`;

/** The locks that an operation takes by its policy; that of an entity only where there is one. */
export function wantedLocks(levels: LockLevels, operation: LockingOperation, entity?: LockEntity): WantedLock[] {
  const wanted: WantedLock[] = [];
  if (levels.userAction !== 'none') {
    const action = levels.userAction === 'bulk' ? `bulk:${operation.action}` : operation.action;
    wanted.push({ ...operation, level: 'user-action', key: `${action} ${operation.username}`, entity: null });
  }
  if (levels.entity !== 'none' && entity !== undefined) {
    wanted.push({ ...operation, level: 'entity', key: entityText(entity), entity });
  }
  return wanted;
}
