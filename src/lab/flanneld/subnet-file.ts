import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { formatIp, formatNet, type Net, parseNet } from './address.ts';

/** What flanneld tells docker about its subnet. */
export interface SubnetFile {
  network: Net;
  subnet: Net;
  mtu: number;
  ipMasq: boolean;
}

/** The subnet that the file names; undefined when there is no such file or line. */
export function previousSubnet(path: string): Net | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const line = /^FLANNEL_SUBNET=(.*)$/m.exec(text)?.[1];
  return line === undefined ? undefined : parseNet(line.trim());
}

/** The file's text: the subnet is written with its first address, which docker0 takes. */
export function subnetFileText(file: SubnetFile): string {
  return [
    `FLANNEL_NETWORK=${formatNet(file.network)}`,
    `FLANNEL_SUBNET=${formatIp(file.subnet.ip + 1)}/${file.subnet.length}`,
    `FLANNEL_MTU=${file.mtu}`,
    `FLANNEL_IPMASQ=${file.ipMasq}`,
    '',
  ].join('\n');
}

/** Writes the file whole or not at all. */
export function writeSubnetFile(path: string, file: SubnetFile): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}`);
  writeFileSync(temporary, subnetFileText(file));
  renameSync(temporary, path);
}
