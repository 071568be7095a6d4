import { setTimeout as delay } from 'node:timers/promises';
import { createSubscriber, swap, type TestCommand } from './commands.js';
import type { LedgerProducer } from './ledger.js';
import { emptyWorld, fold, type Expected, type World } from './model.js';
import type { Random } from './random.js';

/** Commands whose ends are known beforehand: each touches one subscriber and numbers that nobody else wants. */
export interface Script {
  readonly world: World;
  /** how each command must end, by its id */
  readonly expected: Map<string, Expected>;
  readonly externalIds: string[];
  creations(): TestCommand[];
  /** A swap of some subscriber; now and then one that must be refused. */
  next(): TestCommand;
  /** A swap of this subscriber, to a number of its own. */
  swapOf(externalId: string): TestCommand;
  /** A swap of this subscriber to a number that somebody may have. */
  swapTo(externalId: string, number: string): TestCommand;
  /** The number that the subscriber has by now. */
  numberOf(externalId: string): string;
  /** A number that nobody has had. */
  freshNumber(): string;
  /** Takes over how swaps have ended whose order was free; those of one subscriber must be given in their order. */
  adopt(swaps: TestCommand[], ends: ReadonlyMap<string, string>): void;
}

export function createScript(subscribers: number, random: Random): Script {
  const world = emptyWorld();
  const expected = new Map<string, Expected>();
  const externalIds = Array.from({ length: subscribers }, (_, index) => `SUB-${index}`);
  let lastNumber = 10_000_000_000;
  const freshNumber = (): string => String((lastNumber += 1));
  const scripted = (command: TestCommand): TestCommand => {
    expected.set(command.id, fold(world, command));
    return command;
  };
  const numberOf = (externalId: string): string => world.numbers.get(externalId) ?? '';
  const swapTo = (externalId: string, number: string): TestCommand =>
    scripted(swap(externalId, numberOf(externalId), number));
  const swapOf = (externalId: string): TestCommand => swapTo(externalId, freshNumber());
  return {
    world,
    expected,
    externalIds,
    swapOf,
    swapTo,
    numberOf,
    freshNumber,
    adopt: (swaps, ends) => {
      const completed = swaps.filter(({ id }) => ends.get(id) === 'COMPLETED');
      for (const { key, data } of completed) world.numbers.set(key, String(data['resource']));
      world.holders = new Map([...world.numbers].map(([externalId, number]) => [number, externalId]));
    },
    creations: () => externalIds.map((externalId) => scripted(createSubscriber(externalId, freshNumber()))),
    next: () => {
      const externalId = random.pick(externalIds);
      if (random.chance(0.03)) return scripted(swap(externalId, freshNumber(), freshNumber()));
      if (random.chance(0.02)) return scripted(swap(`NOBODY-${externalId}`, freshNumber(), freshNumber()));
      return swapOf(externalId);
    },
  };
}

export interface Load {
  /** Ends with the send under way. */
  stop(): Promise<void>;
}

/** Sends `perSend` commands every `everyMs`, one send at a time; a send may wait for a broker that is away. */
export function startLoad(
  producer: LedgerProducer,
  script: Script,
  { perSend, everyMs }: { perSend: number; everyMs: number },
): Load {
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      await producer.send(Array.from({ length: perSend }, () => script.next()));
      await delay(everyMs);
    }
  };
  const running = run();
  // Reported by stop(); until then it must not end the process.
  running.catch(() => undefined);
  return {
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
