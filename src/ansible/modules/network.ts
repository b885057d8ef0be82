import type { Json } from '../../core/json.ts';
import { type Args, type Converted, flagOf, given } from '../arguments.ts';
import { LeaveOut } from '../findings.ts';

export function uri(args: Args): Converted {
  args.only('method', 'GET');
  args.only('force', false);
  args.only('validate_certs', true);
  args.only('follow_redirects', 'no', 'none', false, 'safe');
  args.drop('return_content', 'use_proxy', 'http_agent');
  const codes = args.list('status_code') ?? ['200'];
  const status = Number(codes[0]);
  if (codes.length !== 1 || !Number.isInteger(status))
    throw new LeaveOut(
      '"status_code" is one number here',
      args.node,
      'Write a task for each, or a `command` with curl.',
    );
  args.note('redirects are not followed, and proxies are not used');
  return {
    module: 'verify_http',
    args: given({
      url: args.needed('url'),
      status: status === 200 ? undefined : status,
      timeout: args.seconds('timeout', 30),
    }),
    fields: { content: '$.stdout', json: 'json($.stdout)' },
    status,
  };
}

export function waitFor(args: Args): Converted {
  const state = args.text('state') ?? 'started';
  if (state === 'drained') throw new LeaveOut('"state: drained" of wait_for has no equal here', args.node);
  const port = args.take('port');
  const path = args.text('path');
  if (port === undefined && path === undefined)
    throw new LeaveOut('only to wait has no equal here', args.node, 'Wait for what it is that takes so long.');
  const delay = args.nodeOf('delay');
  if ((flagOf(args.take('delay')) ?? true) && delay !== args.node)
    args.note('it is asked at once, without a "delay" before', 'Say with "steady" for how long it must stay so.', {
      node: delay,
    });
  args.drop('msg');
  return {
    module: 'wait_for',
    args: given({
      port: typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port,
      target: port === undefined ? undefined : args.text('host'),
      path,
      contains: literal(args),
      state: state === 'absent' || state === 'stopped' ? 'absent' : undefined,
      deadline: args.seconds('timeout', 300),
      interval: args.seconds('sleep'),
      try: args.seconds('connect_timeout'),
    }),
  };
}

/** An expression that is no more than text. */
function literal(args: Args): string | undefined {
  const node = args.nodeOf('search_regex');
  const text = args.text('search_regex');
  if (text === undefined || !/[\\^$.|?*+()[\]]/.test(text)) return text;
  throw new LeaveOut(
    '"search_regex" is looked for word for word here',
    node,
    'Use `verify_log`, or "command" with grep.',
  );
}

export function sysctl(args: Args): Converted {
  args.only('ignoreerrors', false);
  const name = args.needed('name', 'key');
  const file = args.text('sysctl_file') ?? '/etc/sysctl.conf';
  const [set, reload] = [flagOf(args.take('sysctl_set')) ?? false, flagOf(args.take('reload')) ?? true];
  const value = args.take('value', 'val');
  const state = args.text('state') ?? 'present';
  if (state === 'absent') return { module: 'sysctl', args: { name, state, file } };
  if (state !== 'present') throw new LeaveOut(`"state: ${state}" of sysctl has no equal here`, args.node);
  if (value === undefined) throw new LeaveOut('sysctl needs "value"', args.node);
  const runtime = set || reload ? undefined : false;
  return { module: 'sysctl', args: given({ name, value: parameter(value), file, runtime }) };
}

/** Truth values are 1 and 0. */
function parameter(value: Json): Json {
  if (typeof value === 'number') return value;
  const flag = typeof value === 'boolean' || /^(?:yes|no|true|false)$/i.test(String(value)) ? flagOf(value) : undefined;
  return flag === undefined ? String(value) : Number(flag);
}
