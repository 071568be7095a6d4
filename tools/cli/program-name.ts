/** As people type it. */
export const programName = 'npm run cli --';
