import fc from 'fast-check';
import type { CommandData } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import { acme, command, globex } from '#libs/testing';

/** Few subscribers and few numbers, so that commands meet. X and Y are another tenant's. */
export const subscribers = ['A', 'B', 'C', 'X', 'Y'] as const;
export const numbers = ['18685550101', '18685550102', '18685550103', '18685550104', '18685550105'] as const;

export const actorOf = (subscriber: string) => (subscriber === 'X' || subscriber === 'Y' ? globex : acme);

export type Step =
  | { kind: 'swap'; subscriber: string; old: string; fresh: string }
  | { kind: 'create' | 'delete'; subscriber: string; number: string }
  | { kind: 'deactivate'; subscriber: string };

const subscriber = fc.constantFrom(...subscribers);
const number = fc.constantFrom(...numbers);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('swap' as const), subscriber, old: number, fresh: number }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), subscriber, number }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), subscriber, number }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('deactivate' as const), subscriber }) },
  ),
  { minLength: 1, maxLength: 60 },
);

/** The whole of the rules, without time, versions, batches or rows: who has which number, and who had it before. */
export class ResourceModel {
  readonly holders = new Map<string, string>();
  /** past holdings as `subscriber number`, in the order in which they ended */
  readonly ended: string[] = [];
  private readonly deactivated = new Set<string>();

  /** The code with which the step is refused, or undefined when it is done. */
  apply(step: Step): ErrorCode | undefined {
    if (step.kind === 'deactivate') {
      this.deactivated.add(step.subscriber);
      return undefined;
    }
    if (this.deactivated.has(step.subscriber)) return 'SUBSCRIBER_DEACTIVATED';
    if (step.kind === 'swap') return this.swap(step.subscriber, step.old, step.fresh);
    return step.kind === 'create' ? this.create(step.subscriber, step.number) : this.delete(step);
  }

  private swap(subscriber: string, old: string, fresh: string): ErrorCode | undefined {
    if (this.holders.get(old) !== subscriber) return 'SWAP_RESOURCE_NOT_FOUND';
    if (old === fresh) return 'RESOURCE_UNCHANGED';
    const refusal = this.create(subscriber, fresh);
    if (refusal === undefined) this.end(old);
    return refusal;
  }

  private create(subscriber: string, number: string): ErrorCode | undefined {
    const holder = this.holders.get(number);
    if (holder === subscriber) return 'RESOURCE_EXISTS';
    if (holder !== undefined && !this.deactivated.has(holder)) return 'RESOURCE_IN_USE';
    if (holder !== undefined) this.end(number);
    this.holders.set(number, subscriber);
    return undefined;
  }

  private delete({ subscriber, number }: { subscriber: string; number: string }): ErrorCode | undefined {
    if (this.holders.get(number) !== subscriber) return 'RESOURCE_NOT_FOUND';
    this.end(number);
    return undefined;
  }

  private end(number: string): void {
    this.ended.push(`${this.holders.get(number) ?? ''} ${number}`);
    this.holders.delete(number);
  }
}

const resourceType = 'MSISDN';
const requestId = 'r';

export const swapCommand = (step: { subscriber: string; old: string; fresh: string }) =>
  command(
    'SwapSubscriberResource',
    {
      ...{ requestId, resourceType, subscriber: { externalId: step.subscriber } },
      ...{ swapResource: step.old, resource: step.fresh },
    },
    actorOf(step.subscriber),
  );

/** Data of CreateSubscriberResource and DeleteSubscriberResource alike. */
export const resourceData = (step: {
  subscriber: string;
  number: string;
}): CommandData<'CreateSubscriberResource'> => ({
  ...{ requestId, resourceType, subscriber: { externalId: step.subscriber } },
  resource: step.number,
});
