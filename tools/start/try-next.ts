import type { CreatedClient } from '#libs/access';
import { homeDir } from './arguments.js';
import type { Home } from './home.js';
import { swapData, type PossibleSwap } from './pick-swap.js';
import type { ServiceUrls } from './services.js';
import type { Terminal } from './terminal.js';

export interface NextSteps {
  terminal: Terminal;
  home: Home;
  urls: ServiceUrls;
  client: CreatedClient;
  swap: PossibleSwap;
}

/** What to do with a system that is up; every command can be copied as it stands. */
export function showNextSteps({ terminal, home, urls, client, swap }: NextSteps): void {
  const { gateway, 'dwh-sink': warehouse } = urls;
  const credentials = `-H 'client_id: ${client.clientId}' -H 'client_secret: ${client.clientSecret}'`;
  // Each run suggests another number, so the ids are new as well.
  const there = swapData(swap, `there-${swap.fresh}`);
  const back = swapData({ ...swap, present: swap.fresh, fresh: swap.present }, `back-${swap.fresh}`);
  const homeOption = home.dir === homeDir(undefined, {}) ? '' : ` --home ${home.dir}`;
  terminal.heading('Try next');
  terminal.field('API', `${gateway}/docs and ${gateway}/openapi.json`);
  terminal.field('addresses', `${home.endpoints}, with the demo's clients and their secrets`);
  terminal.field('logs', home.logs);
  terminal.heading(
    `Swap a number of ${swap.externalId} by REST, swap it back by Kafka, and look it up in the warehouse`,
  );
  terminal.line(`
curl -s ${gateway}/v1/casm/subscribers/resources/swap \\
  ${credentials} \\
  -H 'content-type: application/json' -d '${JSON.stringify(there)}'

npm run -s produce --${homeOption} SwapSubscriberResource '${JSON.stringify(back)}'

curl -s '${warehouse}/dwh/v1/entities?resourceType=MSISDN&resourceValue=${swap.fresh}' \\
  ${credentials}
`);
  terminal.line('Ctrl-C ends everything.');
}
