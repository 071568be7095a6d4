import { SimyardError } from '#libs/errors';
import { isOrderType, orderTypes, type OrderType } from './order-types.js';

/** What is asked for a SIM. */
export interface Order {
  iccid: string;
  orderType: OrderType;
}

/** Seed 004's sentence; what is wrong, and where, follows it. */
export const mandatoryParameters = 'Please Verify the Mandatory Parameters';

/** No ICCID is longer; one that is shorter, or no number, is nobody's. */
const maxIccidLength = 32;

/**
 * The orders of a body: a list of patch operations, each with its ICCIDs and its OrderType. An ICCID that a list has twice
 * counts once. Throws REQUEST_INVALID, whose message says where and what.
 */
export function readOrders(body: unknown, maxIccids: number): Order[] {
  if (body === undefined || body === null) throw invalid();
  if (!Array.isArray(body) || body.length === 0) throw invalid('the body', 'must be a list of patch operations');
  const orders = new Map<string, Order>();
  for (const [index, operation] of body.entries()) {
    const { orderType, iccids } = readOperation(operation, `/${index}`);
    for (const iccid of iccids) {
      const other = orders.get(iccid)?.orderType ?? orderType;
      if (other !== orderType)
        throw invalid(`/${index}/value`, `asks for ${orderType} of an ICCID that is to ${other}`);
      orders.set(iccid, { iccid, orderType });
    }
    if (orders.size > maxIccids) throw invalid('the body', `must not have more than ${maxIccids} ICCIDs`);
  }
  return [...orders.values()];
}

function readOperation(operation: unknown, at: string): { orderType: OrderType; iccids: string[] } {
  const { op, path, value } = membersOf(operation, ['op', 'path', 'value'], at);
  if (op !== 'add' && op !== 'replace') throw invalid(`${at}/op`, 'must be add or replace');
  if (path !== 'characteristics' && path !== '/characteristics') throw invalid(`${at}/path`, 'must be characteristics');
  if (!Array.isArray(value)) throw invalid(`${at}/value`, 'must be a list of characteristics');
  const characteristics = readCharacteristics(value, `${at}/value`);
  const orderType = readOrderType(characteristics.get('OrderType'), `${at}/value`);
  const meant = orderTypes[orderType].op;
  if (op !== meant) throw invalid(`${at}/op`, `must be ${meant} for ${orderType}`);
  return { orderType, iccids: readIccids(characteristics.get('ICCIDs'), `${at}/value`) };
}

interface Characteristic {
  value: unknown;
  at: string;
}

const characteristicNames = ['ICCIDs', 'OrderType'];

function readCharacteristics(list: unknown[], at: string): Map<string, Characteristic> {
  const characteristics = new Map<string, Characteristic>();
  for (const [index, one] of list.entries()) {
    const place = `${at}/${index}`;
    const { name, value, valueType } = membersOf(one, ['name', 'value', 'valueType'], place);
    if (typeof name !== 'string' || !characteristicNames.includes(name)) {
      throw invalid(`${place}/name`, `must be ${characteristicNames.join(' or ')}`);
    }
    if (valueType !== undefined && typeof valueType !== 'string') throw invalid(`${place}/valueType`, 'must be a text');
    if (characteristics.has(name)) throw invalid(`${place}/name`, `is ${name} for the second time`);
    characteristics.set(name, { value, at: `${place}/value` });
  }
  return characteristics;
}

function readOrderType(characteristic: Characteristic | undefined, at: string): OrderType {
  if (!characteristic) throw invalid(at, 'must have the characteristic OrderType');
  const { value } = characteristic;
  if (!isOrderType(value)) throw invalid(characteristic.at, `must be one of ${Object.keys(orderTypes).join(', ')}`);
  return value;
}

function readIccids(characteristic: Characteristic | undefined, at: string): string[] {
  if (!characteristic) throw invalid(at, 'must have the characteristic ICCIDs');
  const { value } = characteristic;
  if (!Array.isArray(value) || value.length === 0) throw invalid(characteristic.at, 'must be a list of ICCIDs');
  return value.map((iccid: unknown, index) => {
    if (typeof iccid === 'string' && iccid !== '' && iccid.length <= maxIccidLength) return iccid;
    throw invalid(`${characteristic.at}/${index}`, `must be a text of 1 to ${maxIccidLength} characters`);
  });
}

/** The members of an object that has these and no others. */
function membersOf(value: unknown, names: string[], at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(at, 'must be an object');
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid(`${at}/${unknown.slice(0, maxIccidLength)}`, 'is not known');
  return { ...value };
}

function invalid(at?: string, problem?: string): SimyardError {
  const where = at === undefined ? '' : `: ${at} ${problem}`;
  return new SimyardError('REQUEST_INVALID', { message: mandatoryParameters + where });
}
