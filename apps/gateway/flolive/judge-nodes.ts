import type { ErrorCode } from '#libs/errors';
import type { FoundSubscriber, ResourceTypes } from '#libs/inventory';
import { hasFormat } from './identifiers.js';
import type { ReadNode } from './read-nodes.js';

/** A node that may be carried out: on which subscriber. */
export interface ReadyNode extends ReadNode {
  subscriberId: string;
  attributes: Record<string, unknown>;
}

/** A node that refuses its bulk, and why. */
export interface FailedNode extends ReadNode {
  code: ErrorCode;
}

export interface Judged {
  ready: ReadyNode[];
  failed: FailedNode[];
}

/**
 * Pure: which nodes may be carried out, by the subscribers found at their indexes. A subscriber may be named once in a
 * bulk, by whatever identifier: the nodes that name it again are not valid.
 */
export function judgeNodes(
  nodes: ReadNode[],
  found: (FoundSubscriber | undefined)[],
  types: ResourceTypes,
  tenantId: string,
): Judged {
  const judged: Judged = { ready: [], failed: [] };
  const named = new Set<string>();
  for (const [index, node] of nodes.entries()) {
    const subscriberId = found[index]?.subscriberId;
    const { attributes } = node;
    if (!attributes || !hasFormat(types, tenantId, node.subscriberIdentifiers)) {
      judged.failed.push({ ...node, code: 'REQUEST_INVALID' });
    } else if (subscriberId === undefined) {
      judged.failed.push({ ...node, code: 'SUBSCRIBER_NOT_FOUND' });
    } else if (named.has(subscriberId)) {
      judged.failed.push({ ...node, code: 'REQUEST_INVALID' });
    } else {
      named.add(subscriberId);
      judged.ready.push({ ...node, attributes, subscriberId });
    }
  }
  return judged;
}
