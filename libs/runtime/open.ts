import { SetMetadata } from '@nestjs/common';

/** Metadata key that guards look for on a route or its controller. */
export const OPEN_ROUTE = 'simyard:open';

/** A route that needs no credentials. Every other one does. */
export const Open = (): ClassDecorator & MethodDecorator => SetMetadata(OPEN_ROUTE, true);
