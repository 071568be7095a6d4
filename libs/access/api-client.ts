/** Who calls: an API client, and what it may act on. Its username is the User ID of locks and requestIds. */
export interface ApiClient {
  clientId: string;
  username: string;
  tenantId: string;
  /** it may act on this account and those below it */
  accountId: string;
  businessIds: string[];
  scopes: string[];
}

/** What a new client is made of; its tenant is the account's. */
export interface NewClient {
  username: string;
  accountId: string;
  businessIds?: string[];
  scopes?: string[];
}

/** The user of a client as commands name it, and the account whose tree he may change. */
export interface Actor {
  username: string;
  tenantId: string;
  accountId: string;
}
