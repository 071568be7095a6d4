import { HttpStatus } from '@nestjs/common';
import { IsOptional, Matches } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendAnswer } from '../http/answer.js';
import { originOf } from '../http/public-url.js';

/** Query of a list: which part of it. */
export class PageQuery {
  @IsOptional()
  @Matches(/^\d{1,7}$/, { message: 'offset must be a whole number from 0' })
  offset?: string;

  @IsOptional()
  @Matches(/^([1-9]\d?|100)$/, { message: 'limit must be a whole number from 1 to 100' })
  limit?: string;
}

const defaultLimit = 20;

export const pageOf = ({ offset, limit }: Pick<PageQuery, 'offset' | 'limit'>): { offset: number; limit: number } => ({
  offset: Number(offset ?? 0),
  limit: Number(limit ?? defaultLimit),
});

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
