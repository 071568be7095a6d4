import type { FieldProblem } from '#libs/contracts';

/** Problems as one text that names each field. */
export const wordProblems = (problems: FieldProblem[]): string =>
  problems.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`)).join('; ');
