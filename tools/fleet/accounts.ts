import type { BusinessUnit, NewAccount } from '#libs/inventory';

/** Two tenants, each a root account with its markets below it; one market has a sub-account of its own. */
export const demoAccounts: NewAccount[] = [
  { accountId: 'ACME', name: 'Acme Mobile' },
  { accountId: 'ACME-TT', parentId: 'ACME', name: 'Acme Trinidad and Tobago' },
  { accountId: 'ACME-TT-IOT', parentId: 'ACME-TT', name: 'Acme Trinidad and Tobago, things' },
  { accountId: 'ACME-BB', parentId: 'ACME', name: 'Acme Barbados' },
  { accountId: 'ACME-JM', parentId: 'ACME', name: 'Acme Jamaica' },
  { accountId: 'GLOBEX', name: 'Globex Telematics' },
  { accountId: 'GLOBEX-PA', parentId: 'GLOBEX', name: 'Globex Panama' },
  { accountId: 'GLOBEX-PA-IOT', parentId: 'GLOBEX-PA', name: 'Globex Panama, things' },
  { accountId: 'GLOBEX-PR', parentId: 'GLOBEX', name: 'Globex Puerto Rico' },
];

/** Markets as the Hybris facade names them: an account with all that is below it. */
export const demoBusinessUnits: BusinessUnit[] = [
  { businessId: 'TT', accountIds: ['ACME-TT'] },
  { businessId: 'BB', accountIds: ['ACME-BB'] },
  { businessId: 'JM', accountIds: ['ACME-JM'] },
  { businessId: 'PA', accountIds: ['GLOBEX-PA'] },
  { businessId: 'PR', accountIds: ['GLOBEX-PR'] },
];

/** Where numbers of an account's subscribers begin: country and area code. */
export const numberPrefixes: Record<string, string> = {
  'ACME-TT': '1868',
  'ACME-TT-IOT': '1868',
  'ACME-BB': '1246',
  'ACME-JM': '1876',
  'GLOBEX-PA': '5076',
  'GLOBEX-PA-IOT': '5076',
  'GLOBEX-PR': '1787',
};
