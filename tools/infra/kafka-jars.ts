import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDir } from './project-dir.js';

const run = promisify(execFile);
const minimumJava = 17;

/**
 * The directory with the jars of the broker that deploy/kafka/pom.xml names. Maven fetches them once per version and checkout.
 * @throws Error in one line when Java or Maven is missing.
 */
export async function kafkaJars(log: (line: string) => void): Promise<string> {
  await requireJava();
  const pom = join(projectDir, 'deploy/kafka/pom.xml');
  const version = /<kafka\.version>([^<]+)</.exec(await readFile(pom, 'utf8'))?.[1];
  if (!version) throw new Error(`${pom} names no kafka.version`);
  const jars = join(projectDir, '.simyard/kafka', version);
  if (!existsSync(jars)) {
    log(`fetching the jars of Kafka ${version} with Maven (about 45 MB, once)`);
    await copyJars(pom, jars);
  }
  return jars;
}

/** Copies aside and renames, so that neither an interrupted run nor two at once leave half a directory. */
async function copyJars(pom: string, jars: string): Promise<void> {
  const partial = `${jars}.${process.pid}`;
  await mkdir(partial, { recursive: true });
  const args = ['-B', '-ntp', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`];
  try {
    await run('mvn', args, { maxBuffer: 16 * 1024 * 1024 });
    await rename(partial, jars);
  } catch (cause) {
    if (!existsSync(jars)) throw mavenError(cause);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function mavenError(cause: unknown): Error {
  if (isMissing(cause)) return new Error(noDocker('Maven (mvn) is not installed'), { cause });
  const said = cause instanceof Error && 'stdout' in cause ? String(cause.stdout).trim() : '';
  return new Error(`Maven could not fetch Kafka's jars: ${said || String(cause)}`, { cause });
}

async function requireJava(): Promise<void> {
  const { stderr } = await run('java', ['-version']).catch((cause: unknown) => {
    throw new Error(noDocker(isMissing(cause) ? 'Java is not installed' : 'Java does not run'), { cause });
  });
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version < minimumJava) throw new Error(noDocker(`Java ${version} is too old`));
}

const isMissing = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';

const noDocker = (problem: string): string =>
  `${problem}, and no Docker engine answers. Install Java ${minimumJava} and Maven, or start Docker, or set KAFKA_BROKERS and DATABASE_URL`;
