import { randomUUID } from 'node:crypto';
import { createActorDirectory, createClient } from '#libs/access';
import {
  businessTransactionsTopic,
  commandOutcomesTopic,
  commandType,
  type CommandName,
  type CommandOutcome,
  type EntityChanged,
} from '#libs/contracts';
import type { CallHandler } from '#libs/kafka';
import type { Database } from '#libs/postgres';
import { commandRecord } from '#libs/testing';
import { createCommandRunner, type Command, type Decision, type HandlerContext } from '#libs/transactions';
import { SubscriberController } from '../subscriber.controller.js';

/** A command's name and data, and the tenant whose `acme-crm` or `globex-crm` sends it; ACME unless told. */
export type Sent = [name: CommandName, data: object, tenant?: 'ACME' | 'GLOBEX'];

export interface SubscriberService {
  /** Handles commands as one batch; gives their outcomes in the same order. */
  run: (...sent: Sent[]) => Promise<CommandOutcome[]>;
  /** All changes that are to be published, in order. */
  changes: () => Promise<EntityChanged[]>;
}

/** What connected platforms' secrets are sealed with. */
export const secretPepper = 'p'.repeat(32);

/** The service's handlers behind the runner, without broker: on the database as it is in production. */
export async function subscriberService(database: Database): Promise<SubscriberService> {
  for (const tenant of ['ACME', 'GLOBEX']) {
    await createClient(database, secretPepper, { username: userOf(tenant), accountId: tenant });
  }
  const runner = createCommandRunner({
    database,
    actors: createActorDirectory(database),
    source: '/simyard/subscriber',
  });
  const handlers = subscriberHandlers();
  const published = async <Value>(topic: string): Promise<Value[]> => {
    const rows = await database.query<{ payload: string }>(
      'select payload from messaging.outbox where topic = $1 order by position',
      [topic],
    );
    return rows.map(({ payload }) => JSON.parse(payload) as Value);
  };
  return {
    run: async (...sent) => {
      const commands = sent.map(([name, data, tenant = 'ACME']) => {
        const envelope = { id: randomUUID(), tenant, actor: userOf(tenant) };
        return { id: envelope.id, record: commandRecord(name, data, { envelope }) };
      });
      await runner.handle(
        commands.map(({ record }) => record),
        handlers,
      );
      const outcomes = await published<CommandOutcome>(commandOutcomesTopic);
      return commands.flatMap(({ id }) => outcomes.filter(({ commandId }) => commandId === id));
    },
    changes: () => published<EntityChanged>(businessTransactionsTopic),
  };
}

const userOf = (tenant: string): string => `${tenant.toLowerCase()}-crm`;

type Handle = (commands: Command<never>[], context: HandlerContext) => Promise<Decision[]>;

/** The service's handlers by command type, as its strategy finds them. */
export function subscriberHandlers(): CallHandler {
  const controller = new SubscriberController({ operationDeadlineMs: 600_000, secretPepper });
  const handlerOf: Partial<Record<CommandName, Handle>> = {
    CreateSubscriber: (commands, context) => controller.create(commands, context),
    ChangeSubscriberStatus: (commands, context) => controller.changeStatus(commands, context),
    AttachOffer: (commands, context) => controller.attachOffer(commands, context),
    DetachOffer: (commands, context) => controller.detachOffer(commands, context),
    ChangeSimStatus: (commands, context) => controller.changeSimStatus(commands, context),
    AssignCustomProperties: (commands, context) => controller.assignCustomProperties(commands, context),
    TransferSim: (commands, context) => controller.transferSim(commands, context),
    ResetActivationTime: (commands, context) => controller.resetActivationTime(commands, context),
    CreateExternalParam: (commands, context) => controller.createExternalParam(commands, context),
    ModifyExternalParam: (commands, context) => controller.modifyExternalParam(commands, context),
    DeleteExternalParam: (commands, context) => controller.deleteExternalParam(commands, context),
  };
  const byType = new Map(Object.entries(handlerOf).map(([name, handle]) => [commandType(name as CommandName), handle]));
  return (type) => {
    const handle = byType.get(type);
    return handle && ((data, context) => handle(data as Command<never>[], context as HandlerContext));
  };
}
