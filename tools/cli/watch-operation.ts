import { CliError, errorLine } from './cli-error.js';
import { findGateway, type GatewayOptions } from './gateway-address.js';
import { openGateway } from './gateway.js';
import { untilInterrupted } from './interrupt.js';
import { printJson } from './output.js';
import { durationText } from './pace.js';
import { pollUntilEnded } from './poll.js';
import { programName } from './program-name.js';
import { createProgress } from './progress.js';

/** As GET /admin/v1/operations/{operationId} shows it, and with fewer properties its list. */
export interface OperationView {
  operationId: string;
  status: string;
  action: string;
  facade: string;
  accountId: string;
  actor: string;
  requestId?: string;
  error?: { code: string; message: string; details?: Record<string, unknown> };
  createdAt: string;
}

export const operationsPath = '/admin/v1/operations';

const open = ['ACCEPTED', 'IN_PROGRESS'];

/** Prints the operation once it has ended; throws when it did not complete. Ctrl-C ends the watching alone. */
export async function watchOperation(operationId: string, options: GatewayOptions & { quiet?: true }): Promise<void> {
  const gateway = openGateway(findGateway(options));
  const progress = createProgress(options);
  const startedAt = performance.now();
  const operation = await untilInterrupted(async (signal) => {
    const read = () => gateway.call<OperationView>('GET', `${operationsPath}/${operationId}`, { signal });
    try {
      return await pollUntilEnded(read, {
        isEnded: ({ status }) => !open.includes(status),
        onValue: ({ status }) => progress.show({ text: `${status}, ${durationText(performance.now() - startedAt)}` }),
        onAway: (ms) => progress.show({ text: `the gateway has not answered for ${durationText(ms)}` }),
        signal,
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      const again = `${programName} operations watch ${operationId}`;
      throw new CliError('interrupted', `The operation goes on; watch it with: ${again}`, { cause: error });
    } finally {
      progress.end();
    }
  });
  printJson(operation);
  const { status, error = { code: status, message: 'The operation did not complete.' } } = operation;
  if (status !== 'COMPLETED') throw new CliError('incomplete', errorLine(error));
}
