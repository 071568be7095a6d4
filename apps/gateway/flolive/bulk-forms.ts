import { validateData, type BulkAction } from '#libs/contracts';
import { isEmpty } from '../http/read-request.js';
import { OfferRequest, SimStatusRequest } from './requests.js';
import { simStatusWords } from './sim-status-words.js';

/** One of floLIVE's bulks: what its nodes do, and how the content of a node becomes attributes of the command. */
export interface BulkForm {
  action: BulkAction;
  /** nothing when the content is not valid */
  attributesOf(content: unknown): Record<string, unknown> | undefined;
}

export const resetForm: BulkForm = {
  action: 'ResetActivationTime',
  attributesOf: (content) => (isEmpty(content) ? {} : undefined),
};

export const simStatusForm: BulkForm = {
  action: 'ChangeSimStatus',
  attributesOf: (content) => {
    const valid = validContent(SimStatusRequest, content);
    return valid && { status: simStatusWords[valid.status] };
  },
};

export const offerForm = (action: 'AttachOffer' | 'DetachOffer'): BulkForm => ({
  action,
  attributesOf: (content) => {
    const valid = validContent(OfferRequest, content);
    return valid && { offerId: valid.offerId };
  },
});

const validContent = <T extends object>(contentClass: new () => T, content: unknown): T | undefined =>
  validateData(contentClass, content, { unknownProperties: 'refuse' }).data;
