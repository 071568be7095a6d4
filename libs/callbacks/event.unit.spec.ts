import { describe, expect, it } from '@jest/globals';
import { monitorEvent, problemOfQuery } from './event.js';

describe('a TMF filter', () => {
  it.each(['eventType=MonitorStateChangeEvent', 'eventType=MonitorStateChangeEvent,MonitorStateChangeEvent'])(
    'may be %s',
    (query) => expect(problemOfQuery(query)).toBeUndefined(),
  );

  it.each([
    '',
    'eventType=',
    'eventType=ProductCreateEvent',
    'eventType=MonitorStateChangeEvent,',
    'eventType=MonitorStateChangeEvent&state=DONE',
    'state=DONE',
    ' eventType=MonitorStateChangeEvent',
  ])('is refused when it is %p', (query) => expect(problemOfQuery(query)).toContain('MonitorStateChangeEvent'));
});

describe('monitorEvent', () => {
  it('is a TMF event around the monitor', () => {
    const event = { eventId: 'e', eventTime: new Date('2026-03-01T12:00:00Z'), correlationId: 'c' };
    expect(monitorEvent(event, { id: 'm' })).toBe(
      '{"eventId":"e","eventTime":"2026-03-01T12:00:00.000Z","eventType":"MonitorStateChangeEvent","correlationId":"c","event":{"monitor":{"id":"m"}}}',
    );
  });
});
