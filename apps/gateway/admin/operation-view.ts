import type { Operation, OperationSummary } from '#libs/operations';

/** An operation in a list, as JSON; what it does not have is left out. */
export function summaryView(row: OperationSummary): Record<string, unknown> {
  const { tenantId, sourceTopic, sourcePartition, sourceOffset, ...rest } = row;
  const source = sourceTopic === null ? null : { topic: sourceTopic, partition: sourcePartition, offset: sourceOffset };
  const view = { ...rest, tenant: tenantId, source };
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));
}

/** The operation alone also shows its request and its response. */
export function operationView({ request, response, ...summary }: Operation): Record<string, unknown> {
  return {
    ...summaryView(summary),
    ...(request !== null && { request }),
    ...(response !== null && { response }),
  };
}
