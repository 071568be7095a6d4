import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { subscriberStates } from '#libs/contracts';
import { compileResourceTypes } from '#libs/inventory';
import { platformProfiles } from '#libs/platforms';
import { standardTypeDefinitions } from '#libs/testing';
import { demoAccounts } from './accounts.js';
import {
  accountsCsv,
  accountsFile,
  fleetCsv,
  fleetFile,
  offersCsv,
  offersFile,
  readAccounts,
  readFleet,
  readOffers,
} from './examples.js';
import { generateFleet } from './generate-fleet.js';
import { isLuhn, luhnDigit } from './luhn.js';
import { demoOffers } from './offers.js';

const fleet = generateFleet();

describe('the demo fleet', () => {
  it('is what the generator writes, at every run', async () => {
    expect(fleetCsv(generateFleet())).toBe(fleetCsv(fleet));
    expect(await readFile(fleetFile, 'utf8')).toBe(fleetCsv(fleet));
    expect(await readFile(accountsFile, 'utf8')).toBe(accountsCsv(demoAccounts));
    expect(await readFile(offersFile, 'utf8')).toBe(offersCsv(demoOffers));
    expect(await readFleet()).toEqual(fleet);
    expect(await readOffers()).toEqual(demoOffers);
    expect(await readAccounts()).toEqual(demoAccounts);
  });

  it('has 1,000 subscribers over the ten platforms, in all states', () => {
    expect(fleet).toHaveLength(1000);
    expect(new Set(fleet.map((row) => row.platform))).toEqual(new Set(Object.keys(platformProfiles)));
    expect(new Set(fleet.map((row) => row.state))).toEqual(new Set(subscriberStates));
  });

  it('has two account trees with sub-accounts, and subscribers in known accounts only', () => {
    expect(demoAccounts.filter((account) => account.parentId === undefined)).toHaveLength(2);
    const known = new Set(demoAccounts.map((account) => account.accountId));
    for (const { parentId } of demoAccounts) if (parentId !== undefined) expect(known).toContain(parentId);
    for (const { accountId } of fleet) expect(known).toContain(accountId);
  });

  it('has offers for each tenant', () => {
    const tenants = demoAccounts.filter((account) => account.parentId === undefined);
    const offered = demoOffers.map(({ tenantId, offerId }) => `${tenantId} ${offerId}`);
    for (const { accountId } of tenants) expect(offered).toContain(`${accountId} IOT-100MB`);
  });

  it('has ICCIDs of 19 digits that begin with 89 and end with their Luhn digit', () => {
    for (const { iccid } of fleet) {
      expect(iccid).toMatch(/^89\d{17}$/);
      expect([iccid, isLuhn(iccid)]).toEqual([iccid, true]);
    }
  });

  it.each(['externalId', 'iccid', 'imsi', 'msisdn', 'email', 'username'] as const)('gives each %s once', (column) => {
    const values = fleet.map((row) => row[column]).filter((value) => value !== '');
    expect(values.length).toBeGreaterThan(100);
    expect(new Set(values).size).toBe(values.length);
  });

  it('has values in the normal form of their types', () => {
    const types = compileResourceTypes(standardTypeDefinitions);
    for (const row of fleet) {
      for (const column of ['imsi', 'msisdn', 'email', 'username'] as const) {
        if (row[column] !== '') expect(types.get(column.toUpperCase())?.normalize(row[column])).toBe(row[column]);
      }
    }
  });
});

describe('the Luhn digit', () => {
  it('is that of the published example', () => {
    expect(luhnDigit('7992739871')).toBe('3');
    expect(isLuhn('79927398713')).toBe(true);
    expect(isLuhn('79927398710')).toBe(false);
    expect(isLuhn('')).toBe(false);
  });

  it('finds every single wrong digit', () => {
    const iccid = fleet[0]!.iccid;
    for (const [index, digit] of Array.from(iccid).entries()) {
      const wrong = String((Number(digit) + 1) % 10);
      expect(isLuhn(iccid.slice(0, index) + wrong + iccid.slice(index + 1))).toBe(false);
    }
  });
});
