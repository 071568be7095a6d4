import {
  changeExamples,
  commandExamples,
  envelopeExamples,
  outcomeExamples,
  platformRequestExamples,
} from './asyncapi-examples.js';
import { commandOutcomeType, entityChangedType } from './change.js';
import { commands, commandType, type CommandName } from './commands.js';
import { contentTypeBinary, toHeaders, type Envelope } from './envelope.js';
import { platformRequestType } from './platform-messages.js';
import { mandatoryFields } from './required.js';

export interface AsyncApiMessage {
  name: string;
  title: string;
  summary: string;
  contentType: string;
  headers: { $ref: string };
  payload: { $ref: string } | { description: string };
  correlationId?: { $ref: string };
  bindings: { kafka: { key: { type: readonly string[]; description: string }; bindingVersion: string } };
  examples?: { name: string; headers: Record<string, string>; payload: unknown }[];
}

interface MessageText {
  summary: string;
  key: string;
}

const commandSummaries: Record<CommandName, string> = {
  CreateSubscriber:
    'Creates a subscriber, with a SIM and resources if given. Wait for its outcome before the next command.',
  ChangeSubscriberStatus: 'Gives a subscriber another state.',
  CreateSubscriberResource: 'Adds a resource to a subscriber.',
  DeleteSubscriberResource: 'Ends a resource of a subscriber.',
  SwapSubscriberResource: 'Replaces the resource swapResource of a subscriber by resource.',
  AttachOffer: 'Gives a subscriber an offer of its tenant.',
  DetachOffer: 'Takes an offer from a subscriber.',
  ChangeSimStatus: "Gives a subscriber's SIM another status, and the subscriber the state that belongs to it.",
  ResetActivationTime: "Forgets when a subscriber's SIM was first activated.",
  AssignCustomProperties: "Gives a subscriber's SIM custom properties, and takes others from it.",
  TransferSim: 'Gives a subscriber and his SIM to another account of the tenant.',
  CreateExternalParam: 'Gives an account a name and value of the caller.',
  ModifyExternalParam: 'Changes the value, and the name if given, of an external parameter.',
  DeleteExternalParam: 'Ends an external parameter of an account.',
  SubmitBulkJob: 'Starts a bulk job: one command of the action for each item.',
  CancelBulkJob: 'Cancels the items of a bulk job that have not been sent yet.',
  RetryFailedItems: 'Starts a new bulk job of the failed items of one that has ended.',
  RecordPlatformResponse:
    "How a platform's change ended: ends the operation with this id. For the platform-connector alone.",
  RecordSimState: 'What a platform has of a SIM, where an operation left that open. For the platform-connector alone.',
};

const commandKey =
  'the subscriber (or account, or bulk job), always written in the same way: commands of one key are handled in order within one topic';

/** Messages of the document by name. */
export function asyncApiMessages(): Record<string, AsyncApiMessage> {
  const names = Object.keys(commands) as CommandName[];
  return {
    ...Object.fromEntries(names.map((name) => [name, commandMessage(name)])),
    CommandOutcome: eventMessage('CommandOutcome', commandOutcomeType, outcomeExamples, {
      summary:
        'What became of a command. ACCEPTED says that a bulk job has begun; its end follows as a second outcome.',
      key: 'id of the command',
    }),
    PlatformRequest: eventMessage('PlatformRequest', platformRequestType, platformRequestExamples, {
      summary: 'A change of a SIM that its platform is to carry out; ce_id is the id of the operation.',
      key: 'platform and ICCID',
    }),
    EntityChanged: eventMessage('EntityChanged', entityChangedType, changeExamples, {
      summary: 'One entity changed within a business transaction. A repeat has the same ce_id.',
      key: 'id of the aggregate (subscriber, SIM or account) that the entity belongs to, the same for its life',
    }),
    DeadLetter: deadLetter,
  };
}

function commandMessage(name: CommandName): AsyncApiMessage {
  const texts = {
    summary: [commandSummaries[name], rejection(name)].join(' ').trimEnd(),
    key: commandKey,
  };
  const envelope: Envelope = { ...envelopeExamples.upstream, type: commandType(name) };
  return message(name, commandType(name), 'CommandHeaders', texts, commandExamples[name], envelope);
}

function rejection(name: CommandName): string {
  const fields = mandatoryFields(name).join(', ');
  return fields === '' ? '' : `A command without ${fields} is REJECTED.`;
}

function eventMessage(name: string, type: string, payloads: unknown[], texts: MessageText): AsyncApiMessage {
  return message(name, type, 'EventHeaders', texts, payloads, { ...envelopeExamples.event, type });
}

function message(
  name: string,
  type: string,
  headers: string,
  texts: MessageText,
  payloads: unknown[],
  envelope: Envelope,
): AsyncApiMessage {
  return {
    name: type,
    title: name,
    summary: texts.summary,
    contentType: contentTypeBinary,
    headers: { $ref: `#/components/schemas/${headers}` },
    payload: { $ref: `#/components/schemas/${name}` },
    correlationId: { $ref: '#/components/correlationIds/correlation' },
    bindings: keyBinding(['string'], texts.key),
    examples: payloads.map((payload, index) => ({
      name: `${name} ${index + 1}`,
      headers: toHeaders(envelope),
      payload,
    })),
  };
}

const deadLetter: AsyncApiMessage = {
  name: 'DeadLetter',
  title: 'DeadLetter',
  summary: 'A record that could not be handled, as it came, with the cause in its headers.',
  contentType: 'application/octet-stream',
  headers: { $ref: '#/components/schemas/DeadLetterHeaders' },
  payload: { description: 'the value byte for byte; it may be empty, or no JSON at all' },
  bindings: keyBinding(['string', 'null'], 'the key of the record, byte for byte'),
};

function keyBinding(type: readonly string[], description: string): AsyncApiMessage['bindings'] {
  return { kafka: { key: { type, description }, bindingVersion: '0.5.0' } };
}
