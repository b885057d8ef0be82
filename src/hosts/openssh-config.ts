import { join } from 'node:path';
import type { Connection } from '../core/fleet.ts';
import type { SshTarget } from './ssh-target.ts';

/**
 * What holds for the host and for every jump host, whatever the operator's configuration says (ssh takes the first word it finds): keys are
 * checked, nobody is asked, nothing is forwarded and nothing stays behind. Then that configuration.
 */
export function sshSettings({ jumps }: SshTarget, home: string): string {
  const jumpsAreNew = jumps.length > 0 && jumps.every(({ acceptNew }) => acceptNew === true);
  return [
    'Host *',
    `  StrictHostKeyChecking ${jumpsAreNew ? 'accept-new' : 'yes'}`,
    ...['BatchMode yes', 'NoHostAuthenticationForLocalhost no', 'VerifyHostKeyDNS no', 'UpdateHostKeys no'].map(
      indented,
    ),
    ...['ControlMaster no', 'ControlPath none', 'ControlPersist no', 'ClearAllForwardings yes'].map(indented),
    ...['ForwardAgent no', 'ForwardX11 no', 'PermitLocalCommand no', 'RequestTTY no', 'Tunnel no'].map(indented),
    ...['RemoteCommand none', 'ForkAfterAuthentication no', 'EscapeChar none'].map(indented),
    ...['ServerAliveInterval 5', 'ServerAliveCountMax 3'].map(indented),
    `Include ${quoted(join(home, '.ssh', 'config'))}`,
    'Match all',
    'Include /etc/ssh/ssh_config',
    '',
  ].join('\n');
}

const indented = (line: string) => `  ${line}`;

/** For the ssh that holds the connection: what the inventory says, else its configuration. */
export function masterArguments(target: SshTarget, connection: Connection, folder: string): string[] {
  const { port, user, identityFile, certificateFile, proxyCommand, proxyJump } = connection;
  const option = (name: string, value: string | undefined) => (value === undefined ? [] : ['-o', `${name}=${value}`]);
  const file = (name: string, path: string | undefined) => option(name, path === undefined ? undefined : quoted(path));
  return [
    ...['-F', join(folder, 'config'), '-v', '-M', '-N', '-T', '-S', join(folder, 'master')],
    ...option('StrictHostKeyChecking', target.acceptNew === true ? 'accept-new' : 'yes'),
    ...option('UserKnownHostsFile', target.knownHostsFiles.map(quoted).join(' ') || 'none'),
    ...option('GlobalKnownHostsFile', 'none'),
    ...option('ConnectTimeout', String(Math.max(1, Math.ceil(target.connectTimeoutMs / 1000)))),
    ...option('Port', port === undefined ? undefined : String(port)),
    ...option('User', user),
    ...file('IdentityFile', identityFile),
    ...file('CertificateFile', certificateFile),
    ...option('ProxyCommand', proxyCommand),
    ...option('ProxyJump', proxyCommand === undefined ? proxyJump : undefined),
    '--',
    target.asked,
  ];
}

/** A path as ssh's configuration takes it: blanks and percent signs are themselves. */
function quoted(path: string): string {
  return `"${path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
