import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectDir } from '#tools/infra/project-dir';
import { writeJson } from '#tools/docs/write-json';
import { createTopicsScript } from './create-topics-script.js';
import { topicSettings } from './topic-settings.js';

/** Writes deploy/kafka/topics.json and deploy/kafka/create-topics.sh from the definitions in libs/contracts. */
const settings = topicSettings();
const script = join(projectDir, 'deploy/kafka/create-topics.sh');
await writeJson('deploy/kafka/topics.json', settings);
await writeFile(script, createTopicsScript(settings));
await chmod(script, 0o755);
