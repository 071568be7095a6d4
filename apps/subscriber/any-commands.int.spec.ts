import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { CommandOutcome, EntityChanged } from '#libs/contracts';
import { insertOffers } from '#libs/inventory';
import { openDatabase, type Database } from '#libs/postgres';
import {
  offers,
  saveAccounts,
  saveInventory,
  subscriberRow,
  testDatabase,
  VersionLedger,
  type TestDatabase,
} from '#libs/testing';
import { accountOf, names, offerData, OfferModel, offerSteps, type OfferStep } from './testing/offer-model.js';
import { ParamModel, paramSteps, type ParamStep } from './testing/param-model.js';
import { subscriberService, type Sent, type SubscriberService } from './testing/run-commands.js';

const codes = (outcomes: CommandOutcome[]) => outcomes.map(({ error }) => error?.code);
const batchesOf = <Step>(steps: fc.Arbitrary<Step[]>) => fc.array(steps, { minLength: 1, maxLength: 4 });

/** What breaks the promise of gapless versions among published changes of a type. */
function versionProblems(changes: EntityChanged[], entityType: string): string[] {
  const ledger = new VersionLedger();
  return changes
    .filter((change) => change.entityType === entityType)
    .flatMap(({ businessTransaction: { tenant: tenantId, accountId, occurredAt }, ...change }) =>
      ledger.add({
        status: 'COMPLETED',
        occurredAt: new Date(occurredAt),
        changes: [{ ...change, aggregateId: change.entityId, tenantId, accountId }],
      }),
    );
}

describe('any commands in any batches on Postgres', () => {
  let testDb: TestDatabase;
  let database: Database;
  let service: SubscriberService;

  beforeAll(async () => {
    testDb = await testDatabase();
    database = await openDatabase({ url: testDb.url, applicationName: 'spec', poolSize: 2 });
    await saveAccounts(database);
    await insertOffers(database, offers);
    service = await subscriberService(database);
  });

  afterAll(async () => {
    await database.close();
    await testDb.drop();
  });

  const empty = () =>
    database.execute(
      `truncate inventory.subscriber, inventory.subscriber_offer, inventory.external_param, messaging.outbox`,
    );

  const offerCommand = (step: OfferStep): Sent => {
    const tenant = step.name === 'X' ? 'GLOBEX' : 'ACME';
    if (step.kind === 'attach') return ['AttachOffer', offerData(step), tenant];
    if (step.kind === 'detach') return ['DetachOffer', offerData(step), tenant];
    const subscriber = { externalId: step.name };
    return ['ChangeSubscriberStatus', { requestId: randomUUID(), subscriber, state: 'Deactivated' }, tenant];
  };

  it('on offers are answered and stored as the model does', async () => {
    const property = fc.asyncProperty(batchesOf(offerSteps), async (batches) => {
      await empty();
      await saveInventory(database, {
        subscribers: names.map((name) => subscriberRow(name, { accountId: accountOf(name) })),
      });
      const model = new OfferModel();
      for (const batch of batches) {
        const expected = batch.map((step) => model.apply(step));
        expect(codes(await service.run(...batch.map(offerCommand)))).toEqual(expected);
        const rows = await database.query<{ attached: string }>(
          `select external_id || ' ' || offer_id as attached
           from inventory.subscriber_offer join inventory.subscriber using (subscriber_id)`,
        );
        expect(rows.map(({ attached }) => attached).sort()).toEqual([...model.attached].sort());
      }
      expect(versionProblems(await service.changes(), 'SubscriberOffer')).toEqual([]);
    });
    await fc.assert(property, { numRuns: 20 });
  });

  /** Parameters of earlier batches are known by their instance; others are not, as a caller could not name them. */
  const paramCommand = ({ kind, account, name, value, instance }: ParamStep, instances: string[]): Sent => {
    const tenant = account === 'GLOBEX' ? 'GLOBEX' : 'ACME';
    const named = { accountId: account, instanceId: instances[instance] ?? randomUUID() };
    if (kind === 'create') return ['CreateExternalParam', { accountId: account, name, value }, tenant];
    if (kind === 'modify') return ['ModifyExternalParam', { ...named, name, value }, tenant];
    return ['DeleteExternalParam', named, tenant];
  };

  it('on external parameters are answered and stored as the model does', async () => {
    const property = fc.asyncProperty(batchesOf(paramSteps), async (batches) => {
      await empty();
      const model = new ParamModel();
      let instances: string[] = [];
      for (const batch of batches) {
        const expected = batch.map((step) =>
          step.kind === 'create' || step.instance < instances.length ? model.apply(step) : 'EXTERNAL_PARAM_NOT_FOUND',
        );
        expect(codes(await service.run(...batch.map((step) => paramCommand(step, instances))))).toEqual(expected);
        const created = (await service.changes()).filter(({ operation }) => operation === 'CREATED');
        instances = created.map(({ entityId }) => entityId);
        const rows = await database.query<{ instanceId: string; account: string; name: string; value: string }>(
          `select instance_id as "instanceId", account_id as account, name, value from inventory.external_param`,
        );
        const stored = new Map(rows.map(({ instanceId, ...row }) => [instances.indexOf(instanceId), row]));
        expect(stored).toEqual(model.params);
      }
      expect(versionProblems(await service.changes(), 'ExternalParam')).toEqual([]);
    });
    await fc.assert(property, { numRuns: 20 });
  });
});
