import type { SimStatus, SubscriberState } from '#libs/contracts';

/** The states a subscriber may go to from each; Deactivated is final. Shown in docs/states.md. */
const transitions: Record<SubscriberState, readonly SubscriberState[]> = {
  Active: ['Suspended', 'Inactive', 'Deactivated'],
  Suspended: ['Active', 'Inactive', 'Deactivated'],
  Inactive: ['Active', 'Suspended', 'Deactivated'],
  Deactivated: [],
};

/** Going to the state one is in already is no transition. */
export const mayGo = (from: SubscriberState, to: SubscriberState): boolean => transitions[from].includes(to);

/** The status of a subscriber's SIM in each state of the subscriber. */
export const simStatusOf: Record<SubscriberState, SimStatus> = {
  Active: 'ACTIVE',
  Suspended: 'SUSPENDED',
  Inactive: 'INACTIVE',
  Deactivated: 'TERMINATED',
};

/** The state of the subscriber whose SIM is given a status. */
export const stateOfSim: Record<SimStatus, SubscriberState> = {
  ACTIVE: 'Active',
  SUSPENDED: 'Suspended',
  INACTIVE: 'Inactive',
  TERMINATED: 'Deactivated',
};
