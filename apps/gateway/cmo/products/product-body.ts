import type { CustomProperty, Plain, SimStatus } from '#libs/contracts';
import type { ProductRow } from '#libs/inventory';
import { productHref, simCardId } from '#libs/monitors';

/** A product as JSON; the order of the attributes is that of the seed. */
export interface ProductBody extends ProductAttributes {
  id: string;
  href: string;
  isBundle: boolean;
  /** of a connection: its SIM card */
  product?: ProductBody[];
  '@type': 'IoTConnection' | 'SimCard';
}

/** What a connection and its SIM card have alike. */
interface ProductAttributes {
  /** first activation, RFC 3339; absent before it */
  startDate?: string;
  status: SimStatus;
  customProperty: Plain<CustomProperty>[];
  productCharacteristic: Characteristic[];
  /** the account that has the SIM */
  relatedParty: { id: string; role: 'account' }[];
}

interface Characteristic {
  name: string;
  value: string;
}

/** A connection, which is a SIM on an operator's platform, with its SIM card. `baseUrl` ends with the facade's version. */
export function productBody(row: ProductRow, baseUrl: string, tenantId: string): ProductBody {
  const id = `${row.platform}-${row.iccid}`;
  return {
    id,
    href: productHref(baseUrl, tenantId, id),
    isBundle: true,
    ...attributesOf(row),
    product: [simCardBody(row, baseUrl, tenantId)],
    '@type': 'IoTConnection',
  };
}

/** The SIM card as a product of its own. */
export function simCardBody(row: ProductRow, baseUrl: string, tenantId: string): ProductBody {
  const id = simCardId(row);
  return {
    id,
    href: productHref(baseUrl, tenantId, id),
    isBundle: false,
    ...attributesOf(row),
    '@type': 'SimCard',
  };
}

function attributesOf(row: ProductRow): ProductAttributes {
  const { firstActivatedAt, status, customProperties, accountId } = row;
  return {
    ...(firstActivatedAt && { startDate: firstActivatedAt.toISOString() }),
    status,
    customProperty: customProperties.map(({ name, value }) => ({ name, value })),
    productCharacteristic: characteristicsOf(row),
    relatedParty: [{ id: accountId, role: 'account' }],
  };
}

/** The card's ICCID and own IMSI, then what its subscriber is known by. */
function characteristicsOf({ iccid, imsi, identifiers }: ProductRow): Characteristic[] {
  const others = identifiers.filter(({ type, value }) => type !== 'IMSI' || value !== imsi);
  return [
    { name: 'iccid', value: iccid },
    ...(imsi === null ? [] : [{ name: 'imsi', value: imsi }]),
    ...others.map(({ type, value }) => ({ name: type.toLowerCase(), value })),
  ];
}
