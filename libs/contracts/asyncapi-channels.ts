import { commands, type CommandName } from './commands.js';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  commandTopic,
  interactivePlatformRequestsTopic,
  interactiveTopic,
  laneOfTopic,
  platformRequestsTopic,
  topics,
  type TopicDefinition,
} from './topics.js';

export interface AsyncApiChannel {
  address: string;
  description: string;
  messages: Record<string, { $ref: string }>;
  bindings: { kafka: Record<string, unknown> };
}

/** A channel for every topic, by the topic's name. */
export function asyncApiChannels(): Record<string, AsyncApiChannel> {
  return Object.fromEntries(topics.map((topic) => [topic.name, channelOf(topic)]));
}

function channelOf(topic: TopicDefinition): AsyncApiChannel {
  const content = contentOf(topic.name);
  return {
    address: topic.name,
    description: content.description,
    messages: Object.fromEntries(content.messages.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
    bindings: { kafka: kafkaBinding(topic) },
  };
}

function contentOf(topic: string): { description: string; messages: string[] } {
  if (topic.endsWith('.dead-letter')) {
    return { description: 'Records that could not be handled.', messages: ['DeadLetter'] };
  }
  if (topic === businessTransactionsTopic) {
    return { description: 'Entity changes, kept for ever.', messages: ['EntityChanged'] };
  }
  if (topic === commandOutcomesTopic) return { description: 'Outcomes of commands.', messages: ['CommandOutcome'] };
  if (topic === platformRequestsTopic || topic === interactivePlatformRequestsTopic) {
    return { description: 'What to ask of platforms.', messages: ['PlatformRequest'] };
  }
  return {
    description:
      laneOfTopic(topic) === 'interactive' ? "The gateway's single commands; nobody else writes here." : 'Commands.',
    messages: commandsOn(topic),
  };
}

function commandsOn(topic: string): CommandName[] {
  const names = Object.keys(commands) as CommandName[];
  return names.filter((name) =>
    [commandTopic, interactiveTopic].some((lane) => lane(commands[name].service) === topic),
  );
}

function kafkaBinding(topic: TopicDefinition): Record<string, unknown> {
  return {
    topic: topic.name,
    partitions: topic.partitions,
    topicConfiguration: {
      'cleanup.policy': ['delete'],
      'retention.ms': topic.retentionMs,
      'max.message.bytes': topic.maxMessageBytes,
    },
    bindingVersion: '0.5.0',
  };
}
