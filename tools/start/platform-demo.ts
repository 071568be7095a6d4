import type { SimStatus } from '#libs/contracts';
import type { SimulatorClient } from '../stack/index.js';
import { expectStatus, type Api } from './api.js';
import type { DemoSubscriber } from './load-fleet.js';
import { pickProduct, type PickedProduct } from './pick-product.js';
import { poll } from './poll.js';
import type { Terminal } from './terminal.js';

export interface PlatformDemo {
  gateway: Api;
  simulator: SimulatorClient;
  /** of the client's tenant */
  fleet: DemoSubscriber[];
  tenant: string;
  terminal: Terminal;
  signal: AbortSignal;
}

/** What the demo reads of a monitor. */
interface Monitor {
  id: string;
  state: 'IN_PROGRESS' | 'DONE' | 'FAILED';
  response: { platform: string; productId: string; statusCode: number; message?: string; state: Monitor['state'] }[];
}

const timeoutMs = 60_000;
const notActive: SimStatus[] = ['INACTIVE', 'SUSPENDED'];
const jsonPatch = 'application/json-patch+json';

const pathOf = ({ tenant }: PlatformDemo, path: string): string =>
  `/connection-management-orchestrator/v5/${tenant}/${path}`;
const statusPatch = (status: SimStatus) => [{ op: 'replace', path: '/status', value: status }];

/**
 * An activation at a platform that answers at once, one at a platform that takes its time, a batch over both, and one that
 * its platform refuses. The platforms are the simulator's.
 * @throws Error when one of them does not go as it must
 */
export async function runPlatformDemo(demo: PlatformDemo): Promise<void> {
  const product = (platform: string, statuses: SimStatus[]): Promise<PickedProduct> =>
    pickProduct(demo.gateway, pathOf(demo, 'product'), demo.fleet, platform, statuses);
  const [atOnce, later] = [await product('JASPER', notActive), await product('TMSP', notActive)];
  await activateAtOnce(demo, atOnce);
  await activateLater(demo, later);
  const others = [await product('TMUS', ['ACTIVE', 'INACTIVE']), await product('INTELSAT', ['ACTIVE', 'INACTIVE'])];
  await suspendAll(demo, [atOnce, later, ...others]);
  await refusedActivation(demo, later);
}

async function activateAtOnce(demo: PlatformDemo, product: PickedProduct): Promise<void> {
  const { gateway, terminal } = demo;
  terminal.heading(`7  An activation at ${product.platform}, which answers at once`);
  const path = showPatch(demo, product, 'ACTIVE');
  const startedAt = performance.now();
  const reply = await gateway.patch(path, jsonPatch, statusPatch('ACTIVE'));
  const { status } = expectStatus<{ status: string }>('The activation', reply, 200);
  terminal.field('answer', `200 after ${since(startedAt)}, the product is ${status}`);
  await expectAtPlatform(demo, product, 'ACTIVE');
}

async function activateLater(demo: PlatformDemo, product: PickedProduct): Promise<void> {
  const { gateway, terminal } = demo;
  terminal.heading(`8  An activation at ${product.platform}, which takes its time`);
  const path = showPatch(demo, product, 'ACTIVE');
  const startedAt = performance.now();
  const reply = await gateway.patch(path, jsonPatch, statusPatch('ACTIVE'));
  const monitor = expectStatus<Monitor>('The activation', reply, 202);
  terminal.field('answer', `202 after ${since(startedAt)}, monitor ${monitor.id} is ${monitor.state}`);
  await expectEnd(demo, monitor, 'DONE', startedAt);
  await expectAtPlatform(demo, product, 'ACTIVE');
}

async function suspendAll(demo: PlatformDemo, products: PickedProduct[]): Promise<void> {
  const { gateway, terminal } = demo;
  terminal.heading(`9  A batch over ${products.length} platforms`);
  const path = pathOf(demo, 'product');
  terminal.field('request', `PATCH ${path}`);
  terminal.field('', `/status SUSPENDED of ${products.map(({ id }) => id).join(', ')}`);
  const headers = [{ name: 'Content-Type', value: jsonPatch }];
  const request = { method: 'PATCH', body: statusPatch('SUSPENDED'), headers };
  const startedAt = performance.now();
  const reply = await gateway.patch(path, 'application/json', { productIdList: products.map(({ id }) => id), request });
  const monitor = expectStatus<Monitor>('The batch', reply, 202);
  terminal.field('answer', `202 after ${since(startedAt)}, monitor ${monitor.id} is ${monitor.state}`);
  await expectEnd(demo, monitor, 'DONE', startedAt);
  for (const product of products) await expectAtPlatform(demo, product, 'SUSPENDED');
}

async function refusedActivation(demo: PlatformDemo, product: PickedProduct): Promise<void> {
  const { gateway, simulator, terminal } = demo;
  const { platform, iccid } = product;
  terminal.heading(`10 An activation that ${platform} refuses`);
  const fault = { platform, iccid, kind: 'REFUSE', count: 1 } as const;
  terminal.field('fault', `POST /simulator/v1/faults ${JSON.stringify(fault)}`);
  const id = await simulator.addFault(fault);
  try {
    const path = showPatch(demo, product, 'ACTIVE');
    const startedAt = performance.now();
    const reply = await gateway.patch(path, jsonPatch, statusPatch('ACTIVE'));
    const monitor = expectStatus<Monitor>('The activation', reply, 202);
    terminal.field('answer', `202 after ${since(startedAt)}, monitor ${monitor.id} is ${monitor.state}`);
    await expectEnd(demo, monitor, 'FAILED', startedAt);
    await expectAtPlatform(demo, product, 'SUSPENDED');
  } finally {
    await simulator.endFaults(id);
  }
}

function showPatch(demo: PlatformDemo, { id }: PickedProduct, status: SimStatus): string {
  const path = pathOf(demo, `product/${id}`);
  demo.terminal.field('request', `PATCH ${path}`);
  demo.terminal.field('', JSON.stringify(statusPatch(status)));
  return path;
}

/** Follows a monitor, and shows its end with the answers of the platforms. */
async function expectEnd(
  demo: PlatformDemo,
  { id }: Monitor,
  wanted: Monitor['state'],
  startedAt: number,
): Promise<void> {
  const { gateway, terminal, signal } = demo;
  const path = pathOf(demo, `monitor/${id}`);
  const ask = async (): Promise<Monitor | undefined> => {
    const monitor = expectStatus<Monitor>('The monitor', await gateway.get(path), 200);
    return monitor.state === 'IN_PROGRESS' ? undefined : monitor;
  };
  const { state, response } = await poll(`the end of monitor ${id}`, ask, { signal, timeoutMs });
  terminal.field('monitor', `${state} after ${since(startedAt)}`);
  for (const { platform, productId, statusCode, message, state: its } of response) {
    terminal.field('', `${productId}: ${its}, ${platform} answered ${[statusCode, message].filter(Boolean).join(' ')}`);
  }
  if (state !== wanted) throw new Error(`The monitor ${id} ended as ${state}, not as ${wanted}`);
}

/** What the platform has of the SIM is what Simyard says. */
async function expectAtPlatform(
  { simulator, terminal }: PlatformDemo,
  { platform, iccid }: PickedProduct,
  wanted: SimStatus,
): Promise<void> {
  const { status } = await simulator.sim(platform, iccid);
  if (status !== wanted) throw new Error(`${platform} has the SIM ${iccid} as ${status}, not as ${wanted}`);
  terminal.field('platform', `${platform} has ${iccid} as ${status}`);
}

const since = (startedAt: number): string => `${Math.round(performance.now() - startedAt)} ms`;
