import fc from 'fast-check';
import type { CommandData } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import { acme, globex } from '#libs/testing';

/** Few subscribers and few offers, so that commands meet. X is another tenant's, and so is the offer TRACK. */
export const names = ['A', 'B', 'X'] as const;
export const actorOf = (name: string) => (name === 'X' ? globex : acme);
export const accountOf = (name: string) => (name === 'X' ? 'GLOBEX' : 'ACME-TT');

export interface OfferStep {
  kind: 'attach' | 'detach' | 'deactivate';
  name: string;
  offerId: string;
}

export const offerSteps: fc.Arbitrary<OfferStep[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('attach', 'attach', 'attach', 'detach', 'detach', 'deactivate'),
    name: fc.constantFrom(...names),
    offerId: fc.constantFrom('IOT-10MB', 'IOT-1GB', 'TRACK'),
  }),
  { minLength: 1, maxLength: 40 },
);

export const offerData = ({ name, offerId }: OfferStep): CommandData<'AttachOffer'> => ({
  subscriber: { externalId: name },
  offerId,
});

/** The whole of the rules, without time, versions, batches and rows. */
export class OfferModel {
  /** as `subscriber offer` */
  readonly attached = new Set<string>();
  private readonly deactivated = new Set<string>();

  /** The code with which the step is refused, or undefined when it is done. */
  apply({ kind, name, offerId }: OfferStep): ErrorCode | undefined {
    if (this.deactivated.has(name)) {
      return kind === 'deactivate' ? 'SUBSCRIBER_STATE_TRANSITION' : 'SUBSCRIBER_DEACTIVATED';
    }
    if (kind === 'deactivate') {
      this.deactivated.add(name);
      return undefined;
    }
    if ((offerId === 'TRACK') !== (name === 'X')) return 'OFFER_NOT_FOUND';
    const key = `${name} ${offerId}`;
    if (kind === 'detach') return this.attached.delete(key) ? undefined : 'OFFER_NOT_ATTACHED';
    if (this.attached.has(key)) return 'OFFER_ATTACHED';
    this.attached.add(key);
    return undefined;
  }
}
