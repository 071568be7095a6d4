import { maxTextLength } from '#libs/contracts';
import { SimyardError } from '#libs/errors';
import type { EchoedNode } from './bodies.js';
import type { BulkForm } from './bulk-forms.js';
import { identifierTypes } from './identifiers.js';

/** A node as it was read; without attributes when it is not valid. */
export interface ReadNode extends EchoedNode {
  attributes?: Record<string, unknown>;
}

/**
 * The nodes of a bulk request. A body that is no `{"bulk": […]}` of 1 to `maxNodes` nodes is refused as a whole
 * (REQUEST_INVALID); a node that is not valid is told back as such, with what can be read of it.
 */
export function readNodes(body: unknown, form: BulkForm, maxNodes: number): ReadNode[] {
  const { bulk, ...unknown } = asRecord(body);
  if (!Array.isArray(bulk) || bulk.length < 1 || bulk.length > maxNodes || Object.keys(unknown).length > 0) {
    throw new SimyardError('REQUEST_INVALID');
  }
  return bulk.map((node) => readNode(node, form));
}

function readNode(node: unknown, form: BulkForm): ReadNode {
  const { subscriberIdentifiers, content, ...unknown } = asRecord(node);
  const { type, value, ...unknownIdentifiers } = asRecord(subscriberIdentifiers);
  const echoed = { subscriberIdentifiers: { type: asText(type), value: asText(value) }, content: asRecord(content) };
  const nothingUnknown = Object.keys({ ...unknown, ...unknownIdentifiers }).length === 0;
  const attributes = nothingUnknown && isIdentifier(type, value) ? form.attributesOf(content) : undefined;
  return { ...echoed, ...(attributes && { attributes }) };
}

function isIdentifier(type: unknown, value: unknown): boolean {
  return (
    identifierTypes.some((one) => one === type) &&
    typeof value === 'string' &&
    value !== '' &&
    value.length <= maxTextLength
  );
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

function asRecord(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? { ...value } : {};
}
