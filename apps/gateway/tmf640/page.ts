import { HttpStatus } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendAnswer } from '../http/answer.js';
import { originOf } from '../http/public-url.js';

/** Some of a list, as TMF630 pages it. */
export interface Page {
  bodies: object[];
  offset: number;
  limit: number;
  /** of all pages */
  total: number;
}

/** Sends a page, with how many there are and where the next begins. */
export async function sendPage(reply: FastifyReply, request: FastifyRequest, page: Page): Promise<void> {
  const { bodies, offset, limit, total } = page;
  const headers = { 'x-total-count': String(total), 'x-result-count': String(bodies.length) };
  const next =
    offset + bodies.length < total && bodies.length > 0 ? nextUrl(request, offset + limit, limit) : undefined;
  const link = next === undefined ? {} : { link: `<${next}>; rel="next"` };
  await sendAnswer(reply, { status: HttpStatus.OK, headers: { ...headers, ...link }, body: bodies });
}

/** The same request for what follows. */
function nextUrl(request: FastifyRequest, offset: number, limit: number): string {
  const url = new URL(request.originalUrl, originOf(request));
  url.searchParams.set('offset', String(offset));
  url.searchParams.set('limit', String(limit));
  return url.href;
}
