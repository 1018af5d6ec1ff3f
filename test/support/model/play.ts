/** Plays steps in a world and holds the end against the model. In: steps. Out: what was done, and what is wrong. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeletesMode } from '../../../main/contract/models.ts';
import { openWorld, type World } from '../world/world.ts';
import { audit, auditRestores, type Finding } from './audit.ts';
import type { SyncPoint } from './ledger.ts';
import { Sessions } from './sessions.ts';
import type { Step } from './steps.ts';
import { Tree } from './tree.ts';

export interface Played {
  readonly findings: readonly Finding[];
  readonly operations: number;
  readonly syncs: number;
  readonly restarts: number;
  readonly kills: number;
  readonly versions: number;
  readonly markers: number;
}

/** @param seed names the contents that are written. */
export async function play(steps: readonly Step[], seed: string, deletes: DeletesMode = 'keep'): Promise<Played> {
  await using w = await openWorld({ deletes });
  return await playIn(w, steps, seed);
}

export async function playIn(w: World, steps: readonly Step[], seed: string): Promise<Played> {
  const tree = new Tree(w.disk, seed);
  await using sessions = new Sessions(w);
  const points: SyncPoint[] = [];
  let operations = 0;
  const syncPoint = async (): Promise<void> => {
    await sessions.sync();
    points.push({ at: new Date(), tree: tree.snapshot() });
    // What comes next is seen later than this moment, to the millisecond.
    await sleep(2);
  };

  for (const step of steps) {
    switch (step.kind) {
      case 'nothing':
        break;
      case 'pause':
        await sleep(step.ms);
        break;
      case 'sync':
        await syncPoint();
        break;
      case 'open':
        await sessions.open();
        break;
      case 'child':
        await sessions.child(step.command);
        await sleep(step.ms);
        break;
      case 'kill':
        await sessions.killed(step, () => {
          for (const one of step.meanwhile) if (tree.apply(one)) operations += 1;
        });
        break;
      case 'end':
        await sessions.end();
        break;
      default:
        if (tree.apply(step)) operations += 1;
    }
  }

  await sessions.end();
  await syncPoint();
  const findings: Finding[] = [];
  w.forgetRequests();
  const again = await sessions.sync();
  const requests = w.requests().map(({ operation, key }) => `${operation} ${key}`);
  if (requests.length > 0 || again.puts + again.gone + again.deletes + again.parked > 0) {
    findings.push({ kind: 'not-at-rest', text: `again: ${JSON.stringify(again)}, ${requests.join(', ')}` });
  }
  findings.push(...(await audit(w, { ever: tree.ever, vanished: tree.vanished, points })));
  findings.push(...(await auditRestores(w, points)));
  for (const line of sessions.logged) findings.push({ kind: 'not-at-rest', text: `logged: ${line}` });
  const { kills, restarts } = sessions;
  const receipts = w.receipts();
  const markers = receipts.filter(({ operation }) => operation === 'delete').length;
  return { findings, operations, syncs: points.length, restarts, kills, versions: receipts.length, markers };
}

export function describeFindings(findings: readonly Finding[]): string {
  return findings.map(({ kind, text }) => `${kind}: ${text}`).join('\n');
}
