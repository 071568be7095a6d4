import { asSimyardError, type SimyardError } from '#libs/errors';
import { deadLetterMessage, type KafkaRecord, type Producer } from '#libs/kafka';

/** A record that is given up, and why. */
export interface Rejected {
  record: KafkaRecord;
  error: SimyardError;
  attempts: number;
}

export interface DeadLetters {
  /** Resolves when the dead-letter topic has them all; throws BROKER_UNAVAILABLE. */
  send(rejected: Rejected[]): Promise<void>;
}

/** Writes dead letters, one send at a time: partitions share the producer. */
export function createDeadLetters(producer: Producer): DeadLetters {
  let last: Promise<unknown> = Promise.resolve();
  return {
    send(rejected) {
      const sent = last.then(async () => {
        for (const one of rejected) await sendOne(producer, one);
      });
      last = sent.catch(() => undefined);
      return sent;
    },
  };
}

/**
 * A value that came compressed may be too large for the dead-letter topic: then the letter goes without it, since the
 * source topic keeps it for ever at the position that the letter names.
 */
async function sendOne(producer: Producer, { record, error, attempts }: Rejected): Promise<void> {
  const message = deadLetterMessage(record, error, attempts);
  try {
    await producer.send([message]);
  } catch (thrown) {
    if (asSimyardError(thrown).code !== 'MESSAGE_TOO_LARGE') throw thrown;
    const cause = Object.fromEntries(Object.entries(message.headers).filter(([name]) => name.startsWith('dlt_')));
    await producer.send([{ ...message, key: null, value: null, headers: { ...cause, dlt_value_omitted: 'true' } }]);
  }
}
