import type { SimStatus } from '#libs/contracts';
import { stateOfSim } from '#libs/inventory';
import type { Database } from '#libs/postgres';
import type { ReportedItem } from './bulk.js';
import { transactionProblems, versionProblems } from './judge-changes.js';
import { outcomeProblems } from './judge-outcomes.js';
import { latestProblems, warehouseProblems } from './judge-stored.js';
import type { Ledger } from './ledger.js';
import { readPublished, type PublishedAll } from './published.js';
import type { Reader } from './reader.js';
import { readLatest, readOperations, readWarehouse } from './state.js';

/** An item of a job that changes SIMs' status; its key names it in the report. */
export interface StatusItem {
  key: string;
  data: { subscriber: { externalId: string }; status: SimStatus };
}

export interface JudgedJob {
  jobId: string;
  items: StatusItem[];
  /** the report */
  reported: ReportedItem[];
  /** external ids of the subscribers that there are */
  subscribers: ReadonlySet<string>;
  /** of all commands that were sent, the items' too */
  ledger: Ledger;
  reader: Reader;
  database: Database;
}

/** Everything that can be said against what became of a job and all that was sent before it. */
export async function judgeJob(job: JudgedJob): Promise<{ published: PublishedAll; problems: string[] }> {
  const { jobId, ledger, reader, database, reported } = job;
  const published = readPublished(reader);
  const { changes } = published;
  const ofOthers = published.outcomes.filter(({ value }) => value.commandId !== jobId);
  const operations = (await readOperations(database)).filter(({ operationId }) => operationId !== jobId);
  const problems = [
    ...published.problems,
    ...reportProblems(job),
    ...sumProblems(expectedSims(job), await readSims(database)),
    ...outcomeProblems(ledger.ids, ofOthers, operations),
    ...agreementProblems(reported, published),
    ...jobProblems(jobId, published),
    ...versionProblems(changes),
    ...transactionProblems(changes, ofOthers, new Set()),
    ...warehouseProblems(changes, await readWarehouse(database)),
    ...latestProblems(changes, await readLatest(database)),
  ];
  return { published, problems: problems.slice(0, 20) };
}

/** An item that its entity's lock kept from being sent: there is no operation of it. */
export const wasSent = ({ error }: ReportedItem): boolean => error?.code !== 'LOCKED';

/** Each item once, in its place, with an end; only nobody's fail, or those whose subscriber the item before still held. */
function reportProblems({ items, reported, subscribers }: JudgedJob): string[] {
  const wanted = items.map(({ key }, index) => `${index + 1} ${key}`);
  const found = reported.map(({ ordinal, key }) => `${ordinal} ${key}`);
  const problems = found.length === wanted.length ? [] : [`${found.length} items are reported of ${wanted.length}`];
  for (const [index, item] of reported.entries()) {
    if (found[index] !== wanted[index]) problems.push(`${found[index]} is reported in the place of ${wanted[index]}`);
    const isKnown = subscribers.has(items[index]?.data.subscriber.externalId ?? '');
    const end = item.status === 'FAILED' ? (item.error?.code ?? 'no code') : item.status;
    const allowed = isKnown ? ['COMPLETED', 'LOCKED'] : ['SUBSCRIBER_NOT_FOUND'];
    if (!allowed.includes(end)) problems.push(`${found[index]} ended ${end}`);
  }
  return problems;
}

interface StoredSim {
  externalId: string;
  status: SimStatus;
  state: string;
  version: number;
  subscriberVersion: number;
}

const readSims = (database: Database): Promise<StoredSim[]> =>
  database.query(
    `select external_id as "externalId", status, state, sim.version, subscriber.version as "subscriberVersion"
     from inventory.sim join inventory.subscriber using (subscriber_id)`,
  );

/** The sum of the completed items: what each SIM must be, as text. */
function expectedSims({ items, reported, subscribers }: JudgedJob): Map<string, string> {
  const sims = new Map<string, { status: SimStatus; version: number }>();
  for (const id of subscribers) sims.set(id, { status: 'ACTIVE', version: 1 });
  for (const { ordinal, status } of reported) {
    const { data } = items[ordinal - 1] ?? {};
    const sim = sims.get(data?.subscriber.externalId ?? '');
    if (status === 'COMPLETED' && data && sim) Object.assign(sim, { status: data.status, version: sim.version + 1 });
  }
  return new Map(
    Array.from(sims, ([id, { status, version }]) => [
      id,
      textOf({ status, state: stateOfSim[status], version, subscriberVersion: version }),
    ]),
  );
}

const textOf = ({ status, state, version, subscriberVersion }: Omit<StoredSim, 'externalId'>): string =>
  `${status} ${version}, ${state} ${subscriberVersion}`;

function sumProblems(expected: ReadonlyMap<string, string>, stored: StoredSim[]): string[] {
  const missing = expected.size === stored.length ? [] : [`${stored.length} SIMs are stored of ${expected.size}`];
  return [
    ...missing,
    ...stored
      .filter((sim) => textOf(sim) !== expected.get(sim.externalId))
      .map((sim) => `${sim.externalId} is ${textOf(sim)}, but the items make it ${expected.get(sim.externalId)}`),
  ];
}

/** What the report says of an item is what its outcome said. */
function agreementProblems(reported: ReportedItem[], { outcomes }: PublishedAll): string[] {
  const told = new Map(outcomes.map(({ value }) => [value.commandId, value.status]));
  return reported.filter(wasSent).flatMap(({ key, operationId, status }) => {
    const wanted = status === 'COMPLETED' ? 'COMPLETED' : 'REJECTED';
    const found = told.get(operationId);
    return found === wanted ? [] : [`${key} is reported ${status}, its outcome is ${found}`];
  });
}

/** The job itself told that it was accepted and how it ended, once each. */
function jobProblems(jobId: string, { outcomes }: PublishedAll): string[] {
  const told = outcomes.filter(({ value }) => value.commandId === jobId);
  const texts = told.map(({ value }) => `${value.status} ${value.error?.code ?? ''}`.trim());
  const isWanted = texts.join(', ') === 'ACCEPTED, FAILED BULK_ITEMS_FAILED';
  return isWanted ? [] : [`the outcomes of the job are ${texts.join(', ')}`];
}
