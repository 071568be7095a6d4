import fc from 'fast-check';
import type { ErrorCode } from '#libs/errors';

export interface ParamStep {
  kind: 'create' | 'modify' | 'delete';
  account: string;
  name: string;
  value: string;
  /** which of the parameters created so far; not looked at by create */
  instance: number;
}

/** Few accounts and few names, so that commands meet. */
export const paramSteps: fc.Arbitrary<ParamStep[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('create', 'modify', 'modify', 'delete'),
    account: fc.constantFrom('ACME', 'ACME-TT', 'GLOBEX'),
    name: fc.constantFrom('a', 'b', 'c'),
    value: fc.constantFrom('', '1'),
    instance: fc.nat(12),
  }),
  { minLength: 1, maxLength: 40 },
);

/** The whole of the rules, without time, versions, batches and rows. */
export class ParamModel {
  /** by their number in the order of creation */
  readonly params = new Map<number, { account: string; name: string; value: string }>();
  private created = 0;

  /** The code with which the step is refused, or undefined when it is done. */
  apply({ kind, instance, ...param }: ParamStep): ErrorCode | undefined {
    const number = kind === 'create' ? this.created : instance;
    if (kind !== 'create' && this.params.get(number)?.account !== param.account) return 'EXTERNAL_PARAM_NOT_FOUND';
    if (kind === 'delete') {
      this.params.delete(number);
      return undefined;
    }
    const hasName = ([other, { account, name }]: [number, { account: string; name: string }]): boolean =>
      other !== number && account === param.account && name === param.name;
    if ([...this.params].some(hasName)) return 'EXTERNAL_PARAM_EXISTS';
    this.params.set(number, param);
    if (kind === 'create') this.created += 1;
    return undefined;
  }
}
