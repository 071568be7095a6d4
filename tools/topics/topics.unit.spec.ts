import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { deadLetterTopic, topics } from '#libs/contracts';
import { readJson } from '#tools/docs/write-json';
import { projectDir } from '#tools/infra/project-dir';
import { createTopicsScript } from './create-topics-script.js';
import { topicSettings, type TopicSettings } from './topic-settings.js';

const script = join(projectDir, 'deploy/kafka/create-topics.sh');

describe('deploy/kafka', () => {
  it('has every topic of the code, and no other; `npm run docs:topics` writes it', async () => {
    const deployed = (await readJson('deploy/kafka/topics.json')) as TopicSettings[];
    expect(deployed.map(({ name }) => name).sort()).toEqual(topics.map(({ name }) => name).sort());
    expect(deployed).toEqual(topicSettings());
  });

  it('has a script that creates them, and that bash can read', () => {
    expect(readFileSync(script, 'utf8')).toBe(createTopicsScript(topicSettings()));
    execFileSync('bash', ['-n', script]);
  });
});

describe('docs/kafka.md', () => {
  const rows = readFileSync(join(projectDir, 'docs/kafka.md'), 'utf8').matchAll(
    /^\| `(simyard\.\S+)`\s*\| (\d+)\s*\| (.*?)\s*\| (\d+) MiB\s*\|$/gm,
  );
  const hours: Record<string, number> = { '72 h': 72, '7 d': 168 };

  it('lists every topic as it is created', () => {
    const documented = [...rows].map(([, name, partitions, retention, mebibytes]) => ({
      name,
      partitions: Number(partitions),
      retentionMs: retention === 'for ever' ? -1 : (hours[retention!] ?? NaN) * 3_600_000,
      maxMessageBytes: Number(mebibytes) * 1024 * 1024,
    }));
    expect(documented).toEqual(topics.filter(({ name }) => !name.endsWith('.dead-letter')));
  });

  it('says of dead-letter topics what holds for all of them', () => {
    for (const { name, ...settings } of topics.filter((topic) => topic.name.endsWith('.dead-letter'))) {
      const source = topics.find((topic) => deadLetterTopic(topic.name) === name);
      expect(settings).toEqual({
        partitions: source?.partitions,
        retentionMs: 30 * 24 * 3_600_000,
        maxMessageBytes: 2 * 1024 * 1024,
      });
    }
  });
});

describe('createTopicsScript', () => {
  const settings = { name: 'a.b.v1', partitions: 3, config: { 'retention.ms': -1 } };

  it('calls the tool with the prefix, the replication and the settings', () => {
    const calls = run(createTopicsScript([settings]), {
      BOOTSTRAP_SERVER: 'b:1',
      TOPIC_PREFIX: 'p.',
      REPLICATION_FACTOR: '2',
      MIN_INSYNC_REPLICAS: '1',
    });
    expect(calls).toBe(
      '--bootstrap-server b:1 --create --if-not-exists --topic p.a.b.v1 --partitions 3 ' +
        '--replication-factor 2 --config min.insync.replicas=1 --config retention.ms=-1\n',
    );
  });

  it('refuses settings with which no write could succeed', () => {
    expect(() => run(createTopicsScript([settings]), { BOOTSTRAP_SERVER: 'b:1', REPLICATION_FACTOR: '1' })).toThrow(
      /no write could succeed/,
    );
  });

  function run(text: string, env: Record<string, string>): string {
    const options = { env: { PATH: process.env['PATH'] ?? '', KAFKA_TOPICS: 'echo', ...env }, stdio: 'pipe' as const };
    return execFileSync('bash', ['-c', text], options).toString();
  }
});
