import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { SimyardError } from '#libs/errors';
import { startBatchConsumer, type BatchConsumer, type BatchConsumerOptions } from './batch-consumer.js';
import type { KafkaRecord } from './record.js';

/** Calls the Nest message handler of a pattern with a batch and its context; undefined when there is none. */
export type CallHandler = (pattern: string) => ((data: unknown, context: unknown) => Promise<unknown>) | undefined;

export interface HandleCommands {
  handle: (records: KafkaRecord[], handlers: CallHandler) => Promise<void>;
  deadLetter: (record: KafkaRecord, error: SimyardError, attempts: number) => Promise<void>;
}

export type BatchServerOptions = Omit<BatchConsumerOptions, 'handle' | 'deadLetter'> & HandleCommands;

/**
 * Kafka as a Nest transport that hands over batches: message handlers are registered by command type as for any
 * transport, and are called with all commands of a type at once, inside one transaction.
 */
export class BatchServer extends Server implements CustomTransportStrategy {
  private consumer: BatchConsumer | undefined;

  constructor(private readonly options: BatchServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  /** May be called twice: the service closes its consumers before Nest closes everything. */
  async close(): Promise<void> {
    const { consumer } = this;
    this.consumer = undefined;
    await consumer?.stop();
  }

  on(): never {
    throw new Error('A batch server has no events of its own; see its metrics and health.');
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as Nest declares it
  unwrap<T>(): T {
    return this.consumer as T;
  }

  private async start(): Promise<void> {
    const { handle, health, groupId } = this.options;
    // First: until Kafka lets the consumer start, the service is not ready.
    health.ready(`consumer ${groupId}`, () => this.consumer?.ready() ?? false);
    this.consumer = await startBatchConsumer({
      ...this.options,
      handle: (records) => handle(records, (pattern) => this.handlerOf(pattern)),
    });
  }

  private handlerOf(pattern: string): ((data: unknown, context: unknown) => Promise<unknown>) | undefined {
    const handler: MessageHandler<unknown, unknown, unknown> | undefined = this.messageHandlers.get(pattern);
    if (handler === undefined) return undefined;
    // Not handleEvent, which does not subscribe to what the handler returns and so would lose its errors.
    return async (data, context) => {
      const result: unknown = await handler(data, context);
      return isObservable(result) ? lastValueFrom(result) : result;
    };
  }
}
