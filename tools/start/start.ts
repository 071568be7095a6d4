import { createKafka, createProducer, type Producer } from '#libs/kafka';
import { openDatabase, type Database } from '#libs/postgres';
import { createLogger } from '#libs/runtime';
import type { CreatedClient } from '#libs/access';
import { startInfrastructure, type Infrastructure } from '../infra/index.js';
import { claimDataDir, releaseDataDir } from '../infra/data-dir.js';
import { connectPlatforms, platformNames, prepare, simulatorAt, type StackAddresses } from '../stack/index.js';
import { apiOf } from './api.js';
import type { StartOptions } from './arguments.js';
import { readSims } from './fleet.sql.js';
import { homeIn, type Home } from './home.js';
import { keepServers } from './keep-servers.js';
import { loadAccountsAndOffers, loadFleet, readDemoFleet, type DemoSubscriber } from './load-fleet.js';
import { runBulkDemo } from './bulk-demo.js';
import { runMainJob } from './main-job.js';
import { runPlatformDemo } from './platform-demo.js';
import { createPublication, publicClient, type Publication } from './publish.js';
import { clientNamed, ensureClients, readSecrets, type Secrets } from './secrets.js';
import { chooseUrls, startServices, untilReady, type ServiceUrls } from './services.js';
import type { Shutdown } from './shutdown.js';
import type { Terminal } from './terminal.js';
import { showNextSteps } from './try-next.js';

/** What the steps of a run share. */
export interface Run {
  options: StartOptions;
  terminal: Terminal;
  shutdown: Shutdown;
  env: NodeJS.ProcessEnv;
  /** aborted with the reason why the run must end */
  signal: AbortSignal;
  /** ends the run: a part of it has failed for good */
  fail: (error: Error) => void;
}

/** Brings everything up, shows the main job, and says what to try next. What it starts is in `run.shutdown`. */
export async function start(run: Run): Promise<void> {
  const { options, terminal, shutdown, signal } = run;
  const home = homeIn(options.home);
  const publication = createPublication(home);
  await claim(home, shutdown);
  // A run that was killed could not.
  publication.remove();
  const infrastructure = await bringUpServers(run, home);
  const secrets = await readSecrets(home.secrets);
  const addresses = addressesOf(infrastructure, secrets, run.env);
  await terminal.step(
    'Topics and migrations',
    () => prepare(addresses),
    () => 'ready',
  );
  shutdown.add({ end: () => publication.remove(), kill: () => publication.remove() });
  signal.throwIfAborted();
  const { database, producer } = await openClients(addresses, shutdown);
  const { urls, clients } = await bringUpServices(run, { home, addresses, publication, database, secrets });
  const fleet = await loadDemo(run, database, producer, clients);
  // The simulator forgets when it ends; what Simyard has is what was so.
  await simulatorAt(urls['platform-simulator']).giveSims(await readSims(database, platformNames));
  publication.publish(endpointsOf(addresses, urls, clients), addresses);
  terminal.line(`\nUp after ${(performance.now() / 1000).toFixed(1)} s.`);
  const client = clientNamed(clients, 'acme-crm');
  const gateway = apiOf(urls.gateway, client);
  const swap = await runMainJob({
    gateway,
    warehouse: apiOf(urls['dwh-sink'], client),
    producer,
    client,
    fleet,
    terminal,
    signal,
  });
  await runBulkDemo({ gateway, fleet: fleet.filter(({ tenantId }) => tenantId === client.tenantId), terminal, signal });
  await runPlatformDemo({
    ...{ gateway, tenant: client.tenantId, terminal, signal },
    fleet: fleet.filter(({ tenantId }) => tenantId === client.tenantId),
    simulator: simulatorAt(urls['platform-simulator']),
  });
  if (!options.exit) showNextSteps({ terminal, home, urls, client, swap });
}

/** One run per home: the second is told which process has it. */
async function claim(home: Home, shutdown: Shutdown): Promise<void> {
  await claimDataDir(home.run).catch((error: unknown) => {
    throw new Error('Simyard is running here already', { cause: error });
  });
  shutdown.add({ end: () => releaseDataDir(home.run, true) });
}

async function bringUpServers({ terminal, shutdown, signal, fail }: Run, home: Home): Promise<Infrastructure> {
  const infrastructure = await terminal.step(
    'Kafka and Postgres',
    (log) => startInfrastructure({ dataDir: home.servers, persistent: true, log }),
    ({ kind, kafkaBrokers, databaseUrl }) => `${kind}: ${kafkaBrokers.join(', ')} and ${new URL(databaseUrl).host}`,
  );
  shutdown.add(keepServers(infrastructure, (line) => terminal.line(line), fail));
  signal.throwIfAborted();
  return infrastructure;
}

function addressesOf(infrastructure: Infrastructure, secrets: Secrets, env: NodeJS.ProcessEnv): StackAddresses {
  const { kafkaBrokers, databaseUrl, dwhDatabaseUrl } = infrastructure;
  const topicPrefix = env['SIMYARD_TOPIC_PREFIX'] ?? '';
  return { kafkaBrokers, databaseUrl, dwhDatabaseUrl, secretPepper: secrets.pepper, topicPrefix };
}

/** This program's own connections, for what is not done over HTTP. */
async function openClients(
  addresses: StackAddresses,
  shutdown: Shutdown,
): Promise<{ database: Database; producer: Producer }> {
  const database = await openDatabase({
    url: addresses.databaseUrl,
    applicationName: 'simyard-start',
    poolSize: 2,
  });
  const { kafkaBrokers, topicPrefix = '' } = addresses;
  const kafka = createKafka({ kafkaBrokers, topicPrefix }, 'simyard-start', createLogger('start', 'silent'));
  const producer = createProducer(kafka);
  shutdown.add({
    end: async () => {
      await producer.close();
      await database.close();
    },
  });
  return { database, producer };
}

interface ServicesNeed {
  home: Home;
  addresses: StackAddresses;
  publication: Publication;
  database: Database;
  secrets: Secrets;
}

/** Accounts and clients are made while the services start. */
function bringUpServices(
  { terminal, shutdown, signal, fail, env }: Run,
  { home, addresses, publication, database, secrets }: ServicesNeed,
): Promise<{ urls: ServiceUrls; clients: CreatedClient[] }> {
  const work = async () => {
    const urls = await chooseUrls(home, env);
    await connectPlatforms(database, secrets.pepper, urls['platform-simulator']);
    shutdown.add(
      await startServices({
        home,
        addresses,
        settings: settingsOf(env),
        urls,
        onPid: (service, pid) => publication.pid(service, pid),
        say: (line) => terminal.line(line),
        onGivenUp: fail,
      }),
    );
    await loadAccountsAndOffers(database);
    const clients = await ensureClients(database, home.secrets, secrets);
    await untilReady(urls, home, signal);
    return { urls, clients };
  };
  return terminal.step('Services', work, ({ urls }) => Object.keys(urls).join(', '));
}

/** The user's own settings reach the services. */
function settingsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[0].startsWith('SIMYARD_')),
  );
}

function loadDemo(
  { terminal, signal }: Run,
  database: Database,
  producer: Producer,
  clients: CreatedClient[],
): Promise<DemoSubscriber[]> {
  const actorOf = (tenantId: string): string =>
    clients.find((client) => client.accountId === tenantId)?.username ?? tenantId;
  let created = 0;
  return terminal.step(
    'Demo fleet',
    async (progress) => {
      const fleet = await readDemoFleet();
      created = await loadFleet(fleet, { database, producer, actorOf, progress, signal });
      return fleet;
    },
    (fleet) =>
      `${count(fleet.length)} subscribers, ${created === 0 ? 'all there already' : `${count(created)} created over Kafka`}`,
  );
}

const count = (number: number): string => number.toLocaleString('en');

function endpointsOf(addresses: StackAddresses, urls: ServiceUrls, clients: CreatedClient[]) {
  const { kafkaBrokers, databaseUrl, dwhDatabaseUrl } = addresses;
  return {
    gatewayUrl: urls.gateway,
    dwhUrl: urls['dwh-sink'],
    simulatorUrl: urls['platform-simulator'],
    kafkaBrokers,
    databaseUrl,
    dwhDatabaseUrl,
    clients: clients.map(publicClient),
  };
}
