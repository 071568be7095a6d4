export { accessMigrations } from './migrations/index.js';
export type { Actor, ApiClient, NewClient } from './api-client.js';
export type { ListedClient } from './api-client.sql.js';
export { createClient, listClients, revokeClient, type CreatedClient } from './clients.js';
export { createAuthenticator, type Authenticator, type RequestHeaders } from './authenticator.js';
export { accessProviders, AUTHENTICATOR, ClientGuard, CurrentClient } from './client.guard.js';
export { actorKey, createActorDirectory, type ActorDirectory, type ActorName } from './actor-directory.js';
export { tokenLifetimeS } from './token.js';
