import type { CommandName } from '#libs/contracts';

/** How commands come in; of `bulk` are the items of bulk jobs. */
export const facades = ['flolive', 'ocs', 'cmo', 'hybris', 'tmf640', 'admin', 'kafka', 'bulk'] as const;
export type Facade = (typeof facades)[number];

/** What an operation holds from its admission to its end. */
export interface LockLevels {
  /** `single`: one action of a type per user at a time; `bulk`: one bulk of a type per user, beside single actions */
  userAction: 'single' | 'bulk' | 'none';
  entity: 'Subscriber' | 'Account' | 'none';
}

const levels = (userAction: LockLevels['userAction'], entity: LockLevels['entity']): LockLevels => ({
  userAction,
  entity,
});
const nothing = levels('none', 'none');
const itsSubscriber = levels('none', 'Subscriber');
const oneBulk = levels('bulk', 'none');

/**
 * Which locks a write takes, by facade and command; a write that is not here is not offered. A command that holds no
 * lock of its entity still respects those of others: its handler checks them.
 */
export const lockPolicy: { [F in Facade]: Partial<Record<CommandName, LockLevels>> } = {
  flolive: {
    AttachOffer: levels('single', 'Subscriber'),
    DetachOffer: levels('single', 'Subscriber'),
    ChangeSimStatus: levels('single', 'Subscriber'),
    ResetActivationTime: levels('single', 'none'),
    CreateExternalParam: levels('single', 'Account'),
    ModifyExternalParam: levels('single', 'Account'),
    DeleteExternalParam: levels('single', 'Account'),
    SubmitBulkJob: oneBulk,
  },
  ocs: {
    CreateSubscriber: nothing,
    ChangeSubscriberStatus: itsSubscriber,
    CreateSubscriberResource: itsSubscriber,
    DeleteSubscriberResource: itsSubscriber,
    SwapSubscriberResource: itsSubscriber,
  },
  cmo: {
    ChangeSimStatus: itsSubscriber,
    AssignCustomProperties: itsSubscriber,
    TransferSim: itsSubscriber,
    SubmitBulkJob: nothing,
  },
  hybris: { SubmitBulkJob: nothing },
  tmf640: { CreateSubscriber: nothing, ChangeSubscriberStatus: itsSubscriber },
  admin: { SubmitBulkJob: oneBulk, RetryFailedItems: oneBulk, CancelBulkJob: nothing },
  kafka: {
    CreateSubscriber: nothing,
    ChangeSubscriberStatus: itsSubscriber,
    CreateSubscriberResource: nothing,
    DeleteSubscriberResource: nothing,
    SwapSubscriberResource: nothing,
    AttachOffer: nothing,
    DetachOffer: nothing,
    ChangeSimStatus: itsSubscriber,
    ResetActivationTime: nothing,
    AssignCustomProperties: itsSubscriber,
    TransferSim: itsSubscriber,
    CreateExternalParam: nothing,
    ModifyExternalParam: nothing,
    DeleteExternalParam: nothing,
    SubmitBulkJob: oneBulk,
    RetryFailedItems: oneBulk,
    CancelBulkJob: nothing,
    RecordPlatformResponse: nothing,
    RecordSimState: nothing,
  },
  bulk: {
    AttachOffer: itsSubscriber,
    DetachOffer: itsSubscriber,
    ChangeSimStatus: itsSubscriber,
    ResetActivationTime: nothing,
    AssignCustomProperties: itsSubscriber,
    TransferSim: itsSubscriber,
    ChangeSubscriberStatus: itsSubscriber,
    CreateSubscriberResource: itsSubscriber,
    DeleteSubscriberResource: itsSubscriber,
    SwapSubscriberResource: itsSubscriber,
  },
};
