import type { AsyncApiChannel } from './asyncapi-channels.js';
import { commands } from './commands.js';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  commandTopic,
  deadLetterTopic,
  interactivePlatformRequestsTopic,
  interactiveTopic,
  platformRequestsTopic,
} from './topics.js';

export interface AsyncApiOperation {
  action: 'send' | 'receive';
  title: string;
  tags: { name: string }[];
  channel: { $ref: string };
  messages: { $ref: string }[];
}

interface Traffic {
  service: string;
  sends: string[];
  receives: string[];
}

/** Services that have commands of their own, in this release. */
const handlingServices = [...new Set(Object.values(commands).map(({ service }) => service))];

const requestsTopics = [platformRequestsTopic, interactivePlatformRequestsTopic];

const traffic: Traffic[] = [
  { service: 'gateway', sends: handlingServices.map(interactiveTopic), receives: [] },
  ...handlingServices.map((service) => {
    const receives = [commandTopic(service), interactiveTopic(service)];
    const asks = service === 'subscriber' ? requestsTopics : [];
    const sends = [businessTransactionsTopic, commandOutcomesTopic, ...asks, ...receives.map(deadLetterTopic)];
    return { service, sends, receives };
  }),
  {
    service: 'platform-connector',
    sends: [commandTopic('monitor'), interactiveTopic('monitor'), ...requestsTopics.map(deadLetterTopic)],
    receives: requestsTopics,
  },
  { service: 'dwh-sink', sends: [deadLetterTopic(businessTransactionsTopic)], receives: [businessTransactionsTopic] },
];

/** One operation per service, direction and channel, e.g. `resource-swap.receive.simyard.resource-swap.commands.v1`. */
export function asyncApiOperations(channels: Record<string, AsyncApiChannel>): Record<string, AsyncApiOperation> {
  const operations = traffic.flatMap(({ service, sends, receives }) => [
    ...receives.map((topic) => operation(service, 'receive', topic, channels)),
    ...sends.map((topic) => operation(service, 'send', topic, channels)),
  ]);
  return Object.fromEntries(operations);
}

function operation(
  service: string,
  action: AsyncApiOperation['action'],
  topic: string,
  channels: Record<string, AsyncApiChannel>,
): [string, AsyncApiOperation] {
  const channel = `#/channels/${topic}`;
  return [
    `${service}.${action}.${topic}`,
    {
      action,
      title: `${service} ${action}s ${topic}`,
      tags: [{ name: service }],
      channel: { $ref: channel },
      messages: Object.keys(channels[topic]?.messages ?? {}).map((name) => ({ $ref: `${channel}/messages/${name}` })),
    },
  ];
}
