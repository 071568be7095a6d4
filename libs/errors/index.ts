export { errorCodes, isErrorCode, type Disposition, type ErrorCode } from './error-codes.js';
export { SimyardError, asSimyardError, type ErrorDetails } from './simyard-error.js';
