import { simStatuses, type CustomProperty, type Plain } from '#libs/contracts';
import type { ProductRow } from '#libs/inventory';

/** A published change, as far as it is read here. */
interface Changed {
  entityType?: unknown;
  entityId?: unknown;
  after?: { status?: unknown; firstActivatedAt?: unknown; customProperties?: unknown } | null;
}

/**
 * Pure: a product as the change has made it whose operation was answered with `response`: that of a repeat is the same, whatever
 * came later. As it was read, where the answer says nothing of the SIM.
 */
export function productAfter(product: ProductRow, response: unknown): ProductRow {
  const after = changesOf(response).find(
    ({ entityType, entityId }) => entityType === 'SIM' && entityId === product.iccid,
  )?.after;
  if (!after) return product;
  const { status, firstActivatedAt, customProperties } = after;
  return {
    ...product,
    status: simStatuses.find((one) => one === status) ?? product.status,
    firstActivatedAt: typeof firstActivatedAt === 'string' ? new Date(firstActivatedAt) : null,
    // Written by us, and validated before.
    customProperties: (customProperties as Plain<CustomProperty>[] | undefined) ?? product.customProperties,
  };
}

/** An operation's answer is a business transaction, or null where nothing was changed. */
function changesOf(response: unknown): Changed[] {
  const { businessTransaction } = (response ?? {}) as { businessTransaction?: { entities?: Changed[] } };
  return businessTransaction?.entities ?? [];
}
