/** URLs of the CMO facade. `baseUrl` ends with its version, as in `https://…/connection-management-orchestrator/v5`. */
export const monitorHref = (baseUrl: string, tenantId: string, monitorId: string): string =>
  `${baseUrl}/${encodeURIComponent(tenantId)}/monitor/${encodeURIComponent(monitorId)}`;

export const productHref = (baseUrl: string, tenantId: string, productId: string): string =>
  `${baseUrl}/${encodeURIComponent(tenantId)}/product/${encodeURIComponent(productId)}`;

/** Header `Link` of an answer that tells of a monitor, as in the seed; `productId` is the first one of a batch. */
export function monitorLink(baseUrl: string, tenantId: string, monitorId: string, productId: string): string {
  const product = productHref(baseUrl, tenantId, productId);
  const monitor = monitorHref(baseUrl, tenantId, monitorId);
  return `<${monitor}>; rel="related"; title="monitor", <${product}>; rel="self", <${product}>; rel="canonical"`;
}
