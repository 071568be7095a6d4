import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import type { Observable } from 'rxjs';

/** Lets a message handler's error reach the transport unchanged; Nest's own filter puts a fixed text in its place. */
@Catch()
export class RethrowFilter implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    throw exception;
  }
}
