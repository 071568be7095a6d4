import type { CommandData } from '#libs/contracts';

export interface InitialResource {
  type: string;
  value: string;
  /** where the request has it */
  field: { type: string; value: string };
}

/** The resources of a new subscriber: those listed, and the SIM's IMSI unless an IMSI is among them. */
export function initialResources({ sim, resources }: CommandData<'CreateSubscriber'>): InitialResource[] {
  const listed = (resources ?? []).map(({ type, value }, index) => ({
    type,
    value,
    field: { type: `resources.${index}.type`, value: `resources.${index}.value` },
  }));
  if (!sim?.imsi || listed.some(({ type }) => type === 'IMSI')) return listed;
  return [{ type: 'IMSI', value: sim.imsi, field: { type: 'sim.imsi', value: 'sim.imsi' } }, ...listed];
}
