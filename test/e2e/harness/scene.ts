import type { ServiceName, ServiceProcess } from '#tools/stack/index';
import { judge, untilSettled, type Case, type Verdict } from './judge.js';
import { endOf } from './judge-outcomes.js';
import { createLedgerProducer, type LedgerProducer } from './ledger.js';
import { createScript, type Script } from './load.js';
import { readPublished } from './published.js';
import type { Random } from './random.js';
import { startReader, type Reader } from './reader.js';
import { createStack, type Stack, type StackOptions } from './stack.js';

export interface SceneOptions extends StackOptions {
  /** instances of each service to start with; `subscriber` and `dwh-sink` must be among them */
  instances: Partial<Record<ServiceName, number>>;
  subscribers: number;
  random: Random;
}

/** A stack with a producer that keeps a ledger, a reader of all that is published, and subscribers to swap. */
export interface Scene {
  readonly stack: Stack;
  readonly services: Service[];
  readonly producer: LedgerProducer;
  readonly reader: Reader;
  readonly script: Script;
  /** Commands that repeat another's request and must get its answer. */
  readonly answered: Set<string>;
  /** How each command has ended, by its id, as published so far. */
  ends(): Map<string, string>;
  /** Waits until all has come to its end, and judges it. */
  verdict(timeoutMs?: number): Promise<{ verdict: Verdict; problems: string[] }>;
  stop(): Promise<void>;
}

type Service = ServiceProcess & { url: string };

export async function openScene(options: SceneOptions): Promise<Scene> {
  const stack = await createStack(options);
  try {
    const [services, producer, reader] = await Promise.all([
      startAll(stack, options.instances),
      createLedgerProducer(stack.kafka),
      startReader(stack.kafka),
    ]);
    const script = createScript(options.subscribers, options.random);
    const answered = new Set<string>();
    const { ledger } = producer;
    const { database } = stack;
    const judged: Case = { ledger, reader, database, expected: script.expected, answered };
    await producer.send(script.creations());
    await untilSettled(judged);
    return {
      stack,
      services,
      producer,
      reader,
      script,
      answered,
      ends: () => new Map(readPublished(reader).outcomes.map(({ value }) => [value.commandId, endOf(value)])),
      verdict: async (timeoutMs) => {
        await untilSettled(judged, timeoutMs);
        return judge(judged);
      },
      stop: async () => {
        await Promise.all([producer.close(), reader.stop()]);
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function startAll(stack: Stack, instances: SceneOptions['instances']): Promise<Service[]> {
  const names = Object.entries(instances).flatMap(([name, count]) =>
    Array<ServiceName>(count).fill(name as ServiceName),
  );
  return Promise.all(names.map((name) => stack.start(name)));
}
