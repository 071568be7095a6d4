import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaSecurity, SaslMechanism } from '#libs/config';
import { createLogger } from '#libs/runtime';
import { selfSigned } from '#libs/testing';
import { prepareKafka } from '#tools/infra/embedded-kafka';
import type { BrokerControl } from '#tools/infra/index';
import { kafkaJars } from '#tools/infra/kafka-jars';
import { findFreePorts } from '#tools/infra/ports';
import { createKafka } from './client.js';

const log = createLogger('spec', 'silent');
const username = 'svc';
const password = 'a-secret';

/** A broker with one more listener: TLS, and who connects must name himself. */
describe('a broker behind TLS and SASL', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'simyard-secured-'));
  const ca = join(dataDir, 'ca.pem');
  let broker: BrokerControl;
  let securedPort = 0;

  beforeAll(async () => {
    const [port = 0, controllerPort = 0, secured = 0] = await findFreePorts(dataDir, 3);
    securedPort = secured;
    const { key, certificate } = selfSigned();
    writeFileSync(ca, certificate);
    writeFileSync(join(dataDir, 'server.pem'), key + certificate);
    broker = await prepareKafka({
      ...{ jars: await kafkaJars(() => undefined), dataDir: join(dataDir, 'kafka'), port, controllerPort },
      properties: securedProperties(port, controllerPort, secured),
      formatArgs: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${username},password=${password}]`,
      ]),
    });
    await broker.start();
  });
  afterAll(async () => {
    await broker.stop('immediate');
    rmSync(dataDir, { recursive: true });
  });

  function securedProperties(port: number, controllerPort: number, secured: number): string {
    const login = 'org.apache.kafka.common.security';
    return `
listeners=PLAINTEXT://127.0.0.1:${port},SECURED://127.0.0.1:${secured},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},SECURED://127.0.0.1:${secured}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.location=${join(dataDir, 'server.pem')}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secured.plain.sasl.jaas.config=${login}.plain.PlainLoginModule required user_${username}="${password}";
listener.name.secured.scram-sha-256.sasl.jaas.config=${login}.scram.ScramLoginModule required;
listener.name.secured.scram-sha-512.sasl.jaas.config=${login}.scram.ScramLoginModule required;
`.trim();
  }

  async function brokers(kafkaSecurity: KafkaSecurity): Promise<number> {
    const { brief } = createKafka(
      { kafkaBrokers: [`127.0.0.1:${securedPort}`], topicPrefix: '', kafkaSecurity },
      'spec',
      log,
    );
    const admin = brief.admin();
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length;
    } finally {
      await admin.disconnect();
    }
  }
  const sasl = (mechanism: SaslMechanism) => ({ mechanism, username, password });

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'lets in who knows the password, by %s',
    async (mechanism) => {
      expect(await brokers({ ssl: true, sslCaFile: ca, sasl: sasl(mechanism) })).toBe(1);
    },
  );

  it('is not trusted without its authority, and trusts nobody without the password', async () => {
    await expect(brokers({ ssl: true, sslCaFile: '', sasl: sasl('plain') })).rejects.toThrow(/self.signed/i);
    const wrong = { ...sasl('scram-sha-512'), password: 'another' };
    await expect(brokers({ ssl: true, sslCaFile: ca, sasl: wrong })).rejects.toThrow(/authentication/i);
  });

  it('is not looked for when the authority cannot be read', () => {
    const kafkaSecurity = { ssl: true, sslCaFile: join(dataDir, 'none.pem'), sasl: undefined };
    expect(() => createKafka({ kafkaBrokers: [''], topicPrefix: '', kafkaSecurity }, 'spec', log)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION_INVALID' }),
    );
  });
});
