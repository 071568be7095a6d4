import { platformsOf, viewTime } from '#libs/testing';
import type { Routing } from '../platform/ask-platform.js';

/** Ten minutes after the view's time. */
export const deadline = new Date(viewTime.getTime() + 600_000);

/** The ten platforms, of which those named are connected. */
export const routingOf = (...connected: string[]): Routing => ({ platforms: platformsOf(...connected), deadline });
