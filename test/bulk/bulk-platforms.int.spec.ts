import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { listItems, readJob, type Job } from '#libs/bulk';
import { readItemsInFlight } from './in-flight.js';
import { cancel, saveSubscribers, stageByGateway, suspendItems } from './jobs.js';
import { startBulkSystem, type BulkSystem } from './system.js';

/** Subscribers S-1 to S-100 are on JASPER, those after them on STC. */
let system: BulkSystem;
const window = 10;

beforeAll(async () => {
  system = await startBulkSystem();
  await saveSubscribers(system.database, 200);
  await system.database.execute(
    `update inventory.sim set platform = 'STC' from inventory.subscriber
     where subscriber.subscriber_id = sim.subscriber_id and substr(external_id, 3)::int > 100`,
  );
});

afterAll(() => system.stop());

beforeEach(async () => {
  await system.database.execute(
    `truncate bulk.job, bulk.item, bulk.in_flight, bulk.held, bulk.item_result, operations.operation, operations.lock,
       messaging.inbox, messaging.outbox`,
  );
  await system.database.execute(`update inventory.subscriber set state = 'Active'`);
  await system.database.execute(`update inventory.sim set status = 'ACTIVE'`);
});

async function start(items: { data: object }[]): Promise<string> {
  const { jobId, record } = await stageByGateway(system.database, 'ChangeSubscriberStatus', items);
  await system.handle([record]);
  // A user runs one job of an action at a time; here it is about several.
  await system.database.execute(`delete from operations.lock where level <> 'entity'`);
  return jobId;
}

/** Items that were sent to this platform go on there, and their commands are forgotten. */
async function takeUp(platform: string): Promise<void> {
  await system.database.execute(
    `update operations.operation set status = 'IN_PROGRESS' from bulk.in_flight
     where in_flight.operation_id = operation.operation_id and platform = $1`,
    [platform],
  );
  await system.database.execute(
    `delete from messaging.outbox using bulk.in_flight where operation_id = outbox.id and platform = $1`,
    [platform],
  );
}

/** The platform has carried out so many of what it has, the eldest first. */
const carryOut = (platform: string, items: number): Promise<number> =>
  system.database.execute(
    `with ended as (
       update operations.operation set status = 'COMPLETED'
       where operation_id in (
         select operation_id from bulk.in_flight join operations.operation using (operation_id)
         where platform = $1 and status = 'IN_PROGRESS' order by job_id, ordinal limit $2)
       returning operation_id)
     delete from operations.lock where operation_id in (select operation_id from ended)`,
    [platform, items],
  );

const job = async (jobId: string): Promise<Job> => (await readJob(system.database, null, jobId))!;

describe('items for a platform', () => {
  it('that is slow leave the window to those of others, also of the same job', async () => {
    const mixed = await start([...suspendItems(1, 60), ...suspendItems(101, 160)]);
    for (let passes = 0; passes < 30; passes += 1) {
      await system.pass({ window });
      await takeUp('JASPER');
      await system.deliver();
    }
    expect(await job(mixed)).toMatchObject({ completed: 60, inFlight: window, pending: 50 });
    expect((await readItemsInFlight(system.database)).map(({ ordinal }) => ordinal)).toEqual(
      Array.from({ length: window }, (_, n) => n + 1),
    );
    const pending = await listItems(system.database, null, mixed, { status: 'PENDING', after: 0, limit: 100 });
    expect(pending.map(({ ordinal }) => ordinal)).toEqual(Array.from({ length: 50 }, (_, n) => n + 11));
  });

  it('go on in their order when it is back, each once', async () => {
    const mixed = await start([...suspendItems(1, 60), ...suspendItems(101, 120), ...suspendItems(61, 80)]);
    const order: number[] = [];
    for (let passes = 0; passes < 60; passes += 1) {
      await system.pass({ window });
      const sent = (await readItemsInFlight(system.database)).filter(({ platform }) => platform === 'JASPER');
      order.push(...sent.map(({ ordinal }) => ordinal).filter((ordinal) => !order.includes(ordinal)));
      await takeUp('JASPER');
      await system.deliver();
      if (passes > 10) await carryOut('JASPER', 3);
    }
    expect(order).toEqual([
      ...Array.from({ length: 60 }, (_, n) => n + 1),
      ...Array.from({ length: 20 }, (_, n) => n + 81),
    ]);
    expect(await job(mixed)).toMatchObject({ state: 'ENDED', status: 'COMPLETED', completed: 100 });
    expect(await system.database.query('select from bulk.held')).toEqual([]);
  });

  it('are shared out between jobs when it takes more', async () => {
    const [first, second] = [await start(suspendItems(1, 40)), await start(suspendItems(41, 80))];
    for (let passes = 0; passes < 10; passes += 1) {
      await system.pass({ window });
      await takeUp('JASPER');
    }
    expect([(await job(first)).inFlight, (await job(second)).inFlight]).toEqual([5, 5]);
    await carryOut('JASPER', 6);
    await system.pass({ window });
    expect([(await job(first)).inFlight, (await job(second)).inFlight]).toEqual([5, 5]);
    expect((await job(first)).completed + (await job(second)).completed).toBe(6);
  });

  it('that wait are CANCELLED with their job', async () => {
    const jobId = await start(suspendItems(1, 60));
    for (let passes = 0; passes < 3; passes += 1) {
      await system.pass({ window });
      await takeUp('JASPER');
    }
    await system.handle([cancel(jobId)]);
    await system.pass({ window });
    expect(await job(jobId)).toMatchObject({ cancelled: 50, inFlight: 10, pending: 0, state: 'CANCELLING' });
    await carryOut('JASPER', 10);
    await system.pass({ window });
    expect(await job(jobId)).toMatchObject({ state: 'ENDED', status: 'CANCELLED', completed: 10, cancelled: 50 });
    expect(await system.database.query('select from bulk.held')).toEqual([]);
  });
});
