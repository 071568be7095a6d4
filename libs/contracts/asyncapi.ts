import { asyncApiChannels, type AsyncApiChannel } from './asyncapi-channels.js';
import { headerSchemas } from './asyncapi-headers.js';
import { asyncApiMessages, type AsyncApiMessage } from './asyncapi-messages.js';
import { asyncApiOperations, type AsyncApiOperation } from './asyncapi-operations.js';
import { contentTypeBinary } from './envelope.js';
import { namedSchemas, type JsonSchema } from './schema.js';

/** The parts of an AsyncAPI 3.0 document that Simyard's has. */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  id: string;
  info: Record<string, unknown>;
  defaultContentType: string;
  servers: Record<string, unknown>;
  channels: Record<string, AsyncApiChannel>;
  operations: Record<string, AsyncApiOperation>;
  components: {
    schemas: Record<string, JsonSchema>;
    messages: Record<string, AsyncApiMessage>;
    correlationIds: Record<string, unknown>;
  };
}

/** All topics as an AsyncAPI 3.0 document, from the definitions that create them and the classes that validate. */
export function buildAsyncApi(): AsyncApiDocument {
  const channels = asyncApiChannels();
  return {
    asyncapi: '3.0.0',
    id: 'urn:simyard:kafka',
    info,
    defaultContentType: contentTypeBinary,
    servers: { kafka: server },
    channels,
    operations: asyncApiOperations(channels),
    components: {
      schemas: { ...headerSchemas, ...namedSchemas() },
      messages: asyncApiMessages(),
      correlationIds: { correlation: { location: '$message.header#/ce_correlationid' } },
    },
  };
}

const info = {
  title: 'Simyard',
  version: '1.0.0',
  description:
    'Connectivity management for SIM fleets: commands in, outcomes and entity changes out. An installation may put a ' +
    'prefix before every topic. Within v1 additions are optional; readers ignore properties and values they do not know.',
  license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
};

const server = {
  host: '{host}',
  protocol: 'kafka',
  description: 'the bootstrap brokers of an installation',
  variables: { host: { default: 'localhost:9092', description: 'host:port' } },
};
