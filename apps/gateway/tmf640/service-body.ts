import type { Service } from '#libs/inventory';
import { serviceHref, serviceStateOf, type ServiceState } from '#libs/services';

/** A service as TMF640 v4 has it; attributes that only its caller knows come as he gave them. */
export interface ServiceBody {
  id: string;
  href: string;
  '@type': 'Service';
  state: ServiceState;
  serviceDate: string;
  startDate?: string;
  serviceSpecification: unknown;
  serviceCharacteristic: Characteristic[];
  relatedParty: { id: string; role: 'customer'; '@referredType': 'Organization' }[];
  supportingResource?: { id: string; name: string; '@referredType': 'Resource' }[];
  [described: string]: unknown;
}

export interface Characteristic {
  name: string;
  valueType: 'string';
  value: string;
}

/** Of services that were not made by this facade. */
export const ownSpecification = { id: 'sim-connectivity', name: 'SIM connectivity' };

/** Pure. `url` is where the facade is for who calls, without a slash at the end. */
export function serviceBody(service: Service, url: string): ServiceBody {
  const { subscriberId, accountId, state, createdAt, firstActivatedAt, iccid, attributes } = service;
  return {
    serviceSpecification: ownSpecification,
    ...attributes,
    id: subscriberId,
    href: serviceHref(url, subscriberId),
    '@type': 'Service',
    state: serviceStateOf[state],
    serviceDate: createdAt.toISOString(),
    ...(firstActivatedAt && { startDate: firstActivatedAt.toISOString() }),
    serviceCharacteristic: characteristicsOf(service),
    relatedParty: [{ id: accountId, role: 'customer', '@referredType': 'Organization' }],
    ...(iccid !== null && { supportingResource: [{ id: iccid, name: 'SIM', '@referredType': 'Resource' }] }),
  };
}

function characteristicsOf({ iccid, imsi, platform, resources }: Service): Characteristic[] {
  const identifiers = resources.filter(({ type }) => type !== 'IMSI' || imsi === null);
  return [
    { name: 'ICCID', value: iccid },
    { name: 'IMSI', value: imsi },
    { name: 'PLATFORM', value: platform },
    ...identifiers.map(({ type, value }) => ({ name: type, value })),
  ].flatMap(({ name, value }) => (value === null ? [] : [{ name, valueType: 'string' as const, value }]));
}
