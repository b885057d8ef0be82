import { type Command, script } from '../../core/command.ts';
import type { Outcome } from '../../core/outcome.ts';
import { moveFile } from '../files/file-moves.ts';
import { readScript } from '../files/file-scripts.ts';
import { type FileState, fileIn, isFileBack, kept, refuseLoss, sameFile, sizeLimit } from '../files/file-state.ts';
import {
  type Asking,
  asMeant,
  movePrograms,
  type Programs,
  questions,
  restoredPrograms,
} from './supervisor-programs.ts';
import { installedScript, updateScript } from './supervisor-scripts.ts';
import { patience } from './supervisor-settings.ts';
import { knownPrograms, unreadable } from './supervisor-status.ts';

/**
 * A program with the file that defines it. `loaded`: supervisord runs by this file (`yes`), by an older one or one that
 * is gone (`changed`), does not know the program (`no`), or cannot read its configuration at all (`broken`).
 */
export type Installed = {
  readonly file: FileState | null;
  readonly loaded: 'yes' | 'no' | 'changed' | 'broken';
  readonly programs: Programs;
};

export interface Installing extends Asking {
  readonly conf: { readonly path: string; readonly content?: string | undefined };
}

const groupOf = (program: string): string => program.split(':')[0] ?? program;

export function probeInstalled(args: Installing): Command {
  return script(installedScript, [...questions(args), readScript, args.conf.path, String(sizeLimit)]);
}

/** Throws Failure `unreadable`, `missing`, and what `fileIn` throws. */
export function installedIn(outcome: Outcome, { program, conf }: Installing): Installed {
  const [about = '', rest] = outcome.stdout.split('== reread\n');
  const file = fileIn({ ...outcome, exit: rest === undefined ? outcome.exit : 0, stdout: about }, conf.path);
  const [said = '', status = ''] = (rest ?? '').split('== status\n');
  const group = groupOf(program);
  if (said.includes('CANT_REREAD')) return { file, loaded: 'broken', programs: [] };
  const news = said.split('\n').find((line) => line.startsWith(`${group}: `));
  const change = /: (available|changed|disappeared)$/.exec(news ?? '')?.[1];
  const strange = said
    .split('\n')
    .find((line) => line !== '' && !/^\S+: (available|changed|disappeared)$|^No config/.test(line));
  if (strange !== undefined) throw unreadable(program, strange);
  const programs = change === 'available' ? [] : knownPrograms({ ...outcome, stdout: status }, program);
  if (programs.length === 0) return { file, loaded: 'no', programs };
  return { file, loaded: change === undefined ? 'yes' : 'changed', programs };
}

/** With its file and known by it, running where it was meant to; or without its file and not known. */
export function wantInstalled({ conf }: Installing, state: 'present' | 'absent', now: Installed): Installed {
  if (state === 'absent') {
    refuseLoss(conf.path, now.file, null);
    return { file: null, loaded: 'no', programs: [] };
  }
  const { mode = '0644', owner, group, context } = now.file ?? {};
  const access = { mode, ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
  const file = { ...kept(Buffer.from(conf.content ?? '')), ...access, ...(context === undefined ? {} : { context }) };
  refuseLoss(conf.path, now.file, file);
  return { file, loaded: 'yes', programs: asMeant(now.programs) };
}

/**
 * The file first, then `update` of this group alone (a bare one would stop and start every group that somebody has
 * changed), then what supervisor did not do by itself: it starts a group again only with `autostart`.
 */
export function moveInstalled(from: Installed, to: Installed, args: Installing): readonly Command[] {
  const isFileSame = sameFile(from.file, to.file);
  const isLoaded =
    to.loaded === 'yes' ? isFileSame && from.loaded === 'yes' : to.loaded !== 'no' || from.loaded === 'no';
  const seconds = patience('stop', from.programs) + patience('start', to.programs);
  const update = script(updateScript, [args.config ?? '', groupOf(args.program)], { timeoutMs: seconds * 1000 });
  // After an update nothing is known of what runs: each process is asked for.
  const unsure = to.programs.map((each) => ({ ...each, state: 'UNKNOWN' }));
  return [
    ...(isFileSame ? [] : moveFile(args.conf.path, from.file, to.file)),
    ...(isLoaded ? [] : [update]),
    ...movePrograms(isLoaded ? from.programs : unsure, to.programs, args),
  ];
}

/** An older configuration that supervisord ran by, when its file had been changed, is nowhere to be had. */
export function restoredInstalled(before: Installed, now: Installed): boolean {
  const aged = before.loaded === 'changed' && before.file !== null && now.loaded === 'yes';
  return isFileBack(before.file, now.file) && sameInstalled(aged ? { ...before, loaded: 'yes' } : before, now);
}

/** `a` may be what is wanted or what was; processes that it does not name are not judged. */
export function sameInstalled(a: Installed, b: Installed): boolean {
  if (!sameFile(a.file, b.file) || a.loaded !== b.loaded) return false;
  return a.programs.length === 0 || b.programs.length === 0 || restoredPrograms(a.programs, b.programs);
}

export function restateInstalled({ file, loaded, programs }: Installed, { program, config, conf }: Installing) {
  const common = { program, ...(config === undefined ? {} : { config }) };
  if (file === null) return loaded === 'no' ? { ...common, state: 'absent', conf: { path: conf.path } } : null;
  const isPlain = loaded === 'yes' && programs.length > 0 && 'content' in file && file.encoding === undefined;
  return isPlain ? { ...common, state: 'present', conf: { path: conf.path, content: file.content } } : null;
}
