import { describe, expect, it } from '@jest/globals';
import { readNewService } from './read-new-service.js';

const mandatory = { state: 'reserved', serviceSpecification: { id: 'iot' } };
const characteristic = (name: string, value: string) => ({ name, value });

describe('readNewService', () => {
  it('makes a subscriber with a SIM, and keeps the rest', () => {
    const characteristics = [
      characteristic('ICCID', '8901260012345678902'),
      characteristic('IMSI', '310260123456789'),
      characteristic('PLATFORM', 'JASPER'),
      characteristic('MSISDN', '18685550101'),
    ];
    const body = { ...mandatory, name: 'A', serviceCharacteristic: characteristics, relatedParty: [{ id: 'ACME-TT' }] };
    expect(readNewService(body)).toEqual({
      subscriber: {
        ...{ state: 'Inactive', accountId: 'ACME-TT', platform: 'JASPER' },
        sim: { iccid: '8901260012345678902', imsi: '310260123456789' },
        resources: [{ type: 'MSISDN', value: '18685550101' }],
      },
      attributes: { name: 'A', serviceSpecification: { id: 'iot' } },
    });
  });

  it('takes null for what is not there', () => {
    const nothing = { serviceCharacteristic: null, relatedParty: null, '@type': null };
    expect(readNewService({ ...mandatory, ...nothing, state: 'active' }).subscriber).toEqual({ state: 'Active' });
  });

  it('makes an IMSI without a card a resource', () => {
    const serviceCharacteristic = [characteristic('IMSI', '310260123456789')];
    const { resources } = readNewService({ ...mandatory, serviceCharacteristic }).subscriber;
    expect(resources).toEqual([{ type: 'IMSI', value: '310260123456789' }]);
  });
});
