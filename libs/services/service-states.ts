import type { SubscriberState } from '#libs/contracts';

/** TMF640's states of a service by the subscriber's; docs/states.md shows them beside the others. */
export const serviceStateOf: Record<SubscriberState, ServiceState> = {
  Inactive: 'reserved',
  Active: 'active',
  Suspended: 'inactive',
  Deactivated: 'terminated',
};

export const serviceStates = ['reserved', 'active', 'inactive', 'terminated'] as const;
export type ServiceState = (typeof serviceStates)[number];

/** The subscriber's state; undefined for states that no service here has, e.g. `designed`. */
export const subscriberStateOf = (state: unknown): SubscriberState | undefined =>
  (Object.keys(serviceStateOf) as SubscriberState[]).find((one) => serviceStateOf[one] === state);
