import { v5 as uuidv5 } from 'uuid';
import { contentTypeStructured, envelopeHeaders, replaySource, toHeaders } from '#libs/contracts';
import type { ErrorCode } from '#libs/errors';
import { headerText, type KafkaRecord, type OutgoingMessage } from '#libs/kafka';
import { decode, isReadable, type Decoded, type Incoming } from './decode.js';

/** A record of a dead-letter topic, as an operator sees it. */
export interface DeadLetter {
  /** its position in the dead-letter topic, and when it came there */
  record: KafkaRecord;
  /** code of the error; empty when a foreign program wrote the record */
  cause: string;
  /** CloudEvents id and type, as far as they can be read */
  id?: string;
  type?: string;
  /** the command, to be replayed; or why this release could not handle it either */
  command: ReplayableCommand | ErrorCode;
}

export type ReplayableCommand = Incoming & { body: { data: unknown } };

export function readDeadLetter(record: KafkaRecord): DeadLetter {
  const decoded = decode(record);
  return {
    record,
    cause: headerText(record.headers, 'dlt_cause') ?? '',
    ...(isReadable(decoded) && { id: decoded.envelope.id, type: decoded.envelope.type }),
    command: commandOf(decoded),
  };
}

function commandOf(decoded: Decoded): DeadLetter['command'] {
  if (!isReadable(decoded)) return decoded.error.code;
  const { body } = decoded;
  return 'error' in body ? body.error.code : { ...decoded, body };
}

const namespace = '7b0c6d0e-54a5-4c0c-9a58-0e1f6f3f2c11';

/**
 * The command again, for the topic it came from: a new command, whose id follows from the old one and the replay's
 * number, so that a replay that is sent twice is handled once. `topic` is the contract's name of the source topic.
 */
export function replayMessage(topic: string, command: ReplayableCommand, number: number, now: Date): OutgoingMessage {
  const { envelope, record, fingerprint } = command;
  const replayed = [envelope.tenant, envelope.source, envelope.id, fingerprint, number].join('\n');
  return {
    topic,
    key: record.key,
    value: isStructured(record) ? JSON.stringify(command.body.data) : record.value,
    headers: {
      ...otherHeaders(record),
      ...toHeaders({
        ...envelope,
        id: uuidv5(replayed, namespace),
        source: replaySource,
        time: now.toISOString(),
        causationId: envelope.id,
        replayOf: envelope.id,
      }),
    },
  };
}

/** Its value holds the envelope, too; the replay is in binary mode. */
const isStructured = ({ headers }: KafkaRecord): boolean =>
  headerText(headers, 'content-type')?.startsWith(contentTypeStructured) ?? false;

/** What the sender wrote beside the envelope. */
function otherHeaders({ headers }: KafkaRecord): KafkaRecord['headers'] {
  const envelope = new Set<string>(Object.values(envelopeHeaders));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith('dlt_') && !envelope.has(name)),
  );
}
