import type { CommandData, CommandName } from './commands.js';

/**
 * Mandatory attributes with an error code of their own, in the order in which their absence is reported: requestId, then
 * the order of seed 003. They are optional in the classes, so that a missing one is a business answer and no schema error.
 */
const mandatory = {
  CreateSubscriber: [['requestId', 'REQUEST_ID_REQUIRED']],
  ChangeSubscriberStatus: [
    ['requestId', 'REQUEST_ID_REQUIRED'],
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['state', 'SUBSCRIBER_STATE_REQUIRED'],
  ],
  CreateSubscriberResource: [
    ['requestId', 'REQUEST_ID_REQUIRED'],
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['resource', 'RESOURCE_REQUIRED'],
    ['resourceType', 'RESOURCE_TYPE_REQUIRED'],
  ],
  DeleteSubscriberResource: [
    ['requestId', 'REQUEST_ID_REQUIRED'],
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['resource', 'RESOURCE_REQUIRED'],
    ['resourceType', 'RESOURCE_TYPE_REQUIRED'],
  ],
  SwapSubscriberResource: [
    ['requestId', 'REQUEST_ID_REQUIRED'],
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['swapResource', 'SWAP_RESOURCE_REQUIRED'],
    ['resource', 'RESOURCE_REQUIRED'],
    ['resourceType', 'RESOURCE_TYPE_REQUIRED'],
  ],
  AttachOffer: [
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['offerId', 'OFFER_REQUIRED'],
  ],
  DetachOffer: [
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['offerId', 'OFFER_REQUIRED'],
  ],
  ChangeSimStatus: [
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['status', 'SIM_STATUS_REQUIRED'],
  ],
  ResetActivationTime: [['subscriber', 'SUBSCRIBER_REQUIRED']],
  AssignCustomProperties: [['subscriber', 'SUBSCRIBER_REQUIRED']],
  TransferSim: [
    ['subscriber', 'SUBSCRIBER_REQUIRED'],
    ['accountId', 'ACCOUNT_REQUIRED'],
  ],
  CreateExternalParam: [],
  ModifyExternalParam: [],
  DeleteExternalParam: [],
  SubmitBulkJob: [],
  CancelBulkJob: [],
  RetryFailedItems: [],
  RecordPlatformResponse: [],
  RecordSimState: [],
} as const satisfies { [N in CommandName]: readonly (readonly [keyof CommandData<N>, string])[] };

type Mandatory<N extends CommandName> = (typeof mandatory)[N][number];

/** A command's data with its mandatory attributes present. */
export type CompleteData<N extends CommandName> = CommandData<N> & {
  [Field in Mandatory<N>[0] & keyof CommandData<N>]-?: NonNullable<CommandData<N>[Field]>;
};

export interface MissingField {
  field: string;
  code: Mandatory<CommandName>[1];
}

/** The data with every mandatory attribute present, or the first one that is missing. Empty text counts as missing. */
export function checkMandatory<N extends CommandName>(
  name: N,
  data: CommandData<N>,
): { data: CompleteData<N>; missing?: undefined } | { data?: undefined; missing: MissingField } {
  for (const [field, code] of mandatory[name]) {
    if (isMissing(Reflect.get(data, field))) return { missing: { field, code } };
  }
  // Every attribute that CompleteData adds was seen just now.
  return { data: data as CompleteData<N> };
}

/** Names of the mandatory attributes of a command, in the order in which they are checked. */
export const mandatoryFields = (name: CommandName): string[] => mandatory[name].map(([field]) => field);

/** A subscriber reference that names nothing is missing too. */
function isMissing(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every((part) => isMissing(part));
}
