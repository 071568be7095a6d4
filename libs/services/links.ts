/** What every path of the TMF640 facade begins with. */
export const servicePrefix = '/tmf-api/ServiceActivationAndConfiguration/v4';

/** URLs of the facade. `url` is where it is for who calls, with the prefix, without a slash at the end. */
export const serviceHref = (url: string, id: string): string => `${url}/service/${id}`;
export const serviceMonitorHref = (url: string, operationId: string): string => `${url}/monitor/${operationId}`;
