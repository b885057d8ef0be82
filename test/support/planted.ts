import { execFileSync } from 'node:child_process';

/** A secret with everything in it that spellings differ in. */
export const hardSecret = `p'L"a\\n ted/$<&>+%ü=key?`;

const python = `
import base64, html, json, shlex, sys, urllib.parse, csv, io
s = sys.argv[1]
b = s.encode()
out = {'plain': s}
out['json'] = json.dumps(s)
out['json, not only ASCII'] = json.dumps(s, ensure_ascii=False)
out['json in json'] = json.dumps(json.dumps({'a': s}, ensure_ascii=False), ensure_ascii=False)
out['url'] = urllib.parse.quote(s)
out['url, all of it'] = urllib.parse.quote(s, safe='')
out['url, small hex'] = urllib.parse.quote(s, safe='').replace('%2F', '%2f').replace('%3C', '%3c').replace('%3E', '%3e').replace('%2B', '%2b').replace('%5C', '%5c').replace('%C3%BC', '%c3%bc').replace('%3D', '%3d').replace('%3F', '%3f')
out['form'] = urllib.parse.urlencode({'a': s})
out['each byte in percent'] = ''.join('%%%02x' % c for c in b)
out['shell'] = shlex.quote(s)
out['html'] = html.escape(s)
out['hex'] = b.hex()
out['HEX'] = b.hex().upper()
out['hex dump'] = b.hex(' ')
for n in range(3):
    out['base64 after %d' % n] = base64.b64encode(b'x' * n + b).decode()
    out['base64 between, after %d' % n] = base64.b64encode(b'user:'[n:] + b + b' and more').decode()
    out['base64 for urls, after %d' % n] = base64.urlsafe_b64encode(b'x' * n + b + b'z').decode()
for n in range(0, 76, 5):
    out['base64 in lines, after %d' % n] = base64.encodebytes(b'-' * n + b + b'~' * 60).decode()
w = io.StringIO(); csv.writer(w).writerow([s]); out['csv'] = w.getvalue()
json.dump(out, sys.stdout)
`;

const known = new Map<string, Record<string, string>>();

/** A secret in the spellings of other programs: Python's libraries, and shells. Name -> text. */
export function spelledByOthers(secret: string): Record<string, string> {
  const spelled = known.get(secret) ?? spell(secret);
  known.set(secret, spelled);
  return spelled;
}

function spell(secret: string): Record<string, string> {
  const spelled = JSON.parse(execFileSync('python3', ['-c', python, secret], { encoding: 'utf8' })) as Record<
    string,
    string
  >;
  const bash = (format: string) =>
    execFileSync('bash', ['-c', `printf ${format} "$1"`, 'bash', secret], { encoding: 'utf8' });
  const quoted = secret.replaceAll("'", "'\\''");
  return { ...spelled, "'\\''": `'${quoted}'`, 'printf %q': bash('%q'), 'node json': JSON.stringify(secret) };
}
