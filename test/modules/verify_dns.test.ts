import { verifyDns } from '../../src/modules/verify_dns.ts';
import { answers } from '../support/laws.ts';

const one = { name: 'one.test', server: '198.18.7.2', netns: 'rbrec' };
const two = { ...one, name: 'two.test' };
const unknown = { ...one, name: 'none.test' };

answers(verifyDns, [
  ...['dig', 'nslookup'].flatMap((by) => [
    { name: `${by}: an address`, args: one, host: `${by}-one`, ok: true, because: 'one.test is 198.18.7.2' },
    {
      name: `${by}: exactly these, in any order`,
      args: { ...two, answers: ['198.18.7.4', '198.18.7.3'] },
      host: `${by}-two`,
      ok: true,
      because: 'two.test is 198.18.7.3, 198.18.7.4',
    },
    {
      name: `${by}: one more than expected`,
      args: { ...two, answers: ['198.18.7.4'] },
      host: `${by}-two`,
      ok: false,
      because: 'two.test is 198.18.7.3, 198.18.7.4; expected 198.18.7.4',
    },
    {
      name: `${by}: by an alias`,
      args: { ...one, answers: ['198.18.7.2'] },
      host: `${by}-alias`,
      ok: true,
      because: /198/,
    },
    {
      name: `${by}: IPv6`,
      args: { ...one, type: 'AAAA' },
      host: `${by}-six`,
      ok: true,
      because: 'one.test is 2001:db8::2',
    },
    {
      name: `${by}: a text`,
      args: { ...one, type: 'TXT' },
      host: `${by}-text`,
      ok: true,
      because: 'one.test is "hello"',
    },
    {
      name: `${by}: a name of an address`,
      args: { ...one, name: '198.18.7.2', type: 'PTR', answers: ['one.test'] },
      host: `${by}-reverse`,
      ok: true,
      because: '198.18.7.2 is one.test',
    },
    { name: `${by}: not known`, args: unknown, host: `${by}-unknown`, ok: false, because: 'none.test is not known' },
    {
      name: `${by}: not known, as is wanted`,
      args: { ...unknown, state: 'absent' },
      host: `${by}-unknown`,
      ok: true,
      because: /not known/,
    },
    {
      name: `${by}: known where it must not be`,
      args: { ...one, state: 'absent' },
      host: `${by}-one`,
      ok: false,
      because: /198/,
    },
    {
      name: `${by}: known, but no record of this kind`,
      args: { ...two, type: 'AAAA' },
      host: `${by}-no-such-type`,
      ok: false,
      because: 'two.test is not known',
    },
    {
      name: `${by}: a server that does not answer is not taken for a name that is not known`,
      args: { ...one, state: 'absent' },
      host: `${by}-nobody`,
      ok: false,
      because: /^no answer: /,
    },
  ]),
  {
    name: 'getent: known',
    args: { name: 'localhost' },
    host: 'getent-known',
    ok: true,
    because: /^localhost is 127\.0\.0\.1/,
  },
  {
    name: 'getent: not known',
    args: { name: 'no-such-host.invalid' },
    host: 'getent-unknown',
    ok: false,
    because: /not known/,
  },
  {
    name: 'getent: a look-up that timed out is no answer',
    args: { name: 'x', state: 'absent' },
    host: { stdout: '== getent\nexit 124\n' },
    ok: false,
    because: /^no answer/,
  },
  {
    name: 'nothing to ask with',
    args: one,
    host: 'no-tool',
    ok: false,
    because: /^no answer: .*neither getent, dig nor nslookup/,
  },
]);
