import type { ProductName } from '#libs/inventory';

const suffix = '-simCard';
const form = /^(.{1,32})-(\d{18,20})(?:-simCard)?$/;

/** `{platform}-{iccid}-simCard`, as monitors call a product. */
export const simCardId = ({ platform, iccid }: ProductName): string => `${platform}-${iccid}${suffix}`;

/** What a product's id names, with or without `-simCard`; undefined when it has another form. */
export function readProductId(productId: string): ProductName | undefined {
  const [, platform, iccid] = form.exec(productId) ?? [];
  return platform === undefined || iccid === undefined ? undefined : { platform, iccid };
}
