import { JSONPathEnvironment, type JSONPathNode } from 'json-p3';
import type { Operation } from './patch-operations.js';
import { patchProblem, type Document } from './patch-problem.js';

const queries = new JSONPathEnvironment();
// They run a caller's regular expression, which may take for ever.
queries.functionRegister.delete('match');
queries.functionRegister.delete('search');

/** More places than any product has. */
const maxPlaces = 1000;

/**
 * The operations by JSON Pointer that one by JSONPath stands for, in an order in which none moves the place of another. An
 * element is added to the end of a list that the path names; what is nowhere can be neither changed nor tested.
 */
export function byPointers({ op, path, value }: Operation, document: Document, index: number): Operation[] {
  if (op === 'move' || op === 'copy') throw patchProblem(index, `${op} is not possible by JSONPath.`);
  const places = new Map(findPlaces(path, document, index).map((node) => [node.toPointer().toString(), node]));
  if (places.size === 0) throw patchProblem(index, 'the path names nothing that the product has.');
  const sorted = [...places].sort(([, a], [, b]) => lastFirst(a, b));
  return sorted.map(([pointer, node]) => ({
    op,
    path: op === 'add' && Array.isArray(node.value) ? `${pointer}/-` : pointer,
    ...(value !== undefined && { value: structuredClone(value) }),
  }));
}

function findPlaces(path: string, document: Document, index: number): JSONPathNode[] {
  if (isCostly(path))
    throw patchProblem(index, `the path may have $ at its beginning alone, no \`..\`, and up to ${maxCommas} commas.`);
  const places: JSONPathNode[] = [];
  try {
    for (const node of queries.lazyQuery(path, document)) {
      places.push(node);
      if (places.length > maxPlaces) break;
    }
  } catch (error) {
    throw patchProblem(index, `the path is no JSONPath that can be used here (${textOf(error)}).`, error);
  }
  if (places.length > maxPlaces) throw patchProblem(index, 'the path names too many places.');
  return places;
}

const quoted = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs;

/** Lists of selectors multiply one another: the same places are looked at over and over. */
const maxCommas = 4;

/** Whether a query may look at the whole product again and again, once for each part of it. */
function isCostly(path: string): boolean {
  const bare = path.replace(quoted, '');
  return bare.includes('..') || bare.lastIndexOf('$') > 0 || bare.split(',').length > maxCommas + 1;
}

/** All places of a query without `..` are equally deep. */
function lastFirst(a: JSONPathNode, b: JSONPathNode): number {
  const at = a.location.findIndex((step, depth) => step !== b.location[depth]);
  const [one, other] = [a.location[at], b.location[at]];
  return typeof one === 'number' && typeof other === 'number' ? other - one : 0;
}

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
