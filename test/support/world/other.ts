/** Another computer that reaches the same bucket. In: a world. Out: a home of its own, and an engine that answers its window. */
import { join } from 'node:path';
import type { CallInput, CallName, CallOutput } from '../../../main/contract/calls.ts';
import type { Result } from '../../../main/contract/result.ts';
import { Engine } from '../../../main/engine/engine.ts';
import { openHome } from '../../../main/engine/home.ts';
import { addConnection } from '../../../main/engine/manage.ts';
import { openPracticeServers } from '../../../main/engine/practice.ts';
import { serve } from '../../../main/engine/serve.ts';
import { CONNECTION, type World } from './world.ts';

/** What the place is called there. */
export const THERE = 'papers';

/** Another computer: a home of its own, and an engine that answers its window. */
export interface Other extends AsyncDisposable {
  readonly home: string;
  readonly engine: Engine;
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Result<CallOutput<Name>>>;
  took<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
}

/** A home that knows the store and has no folder. */
export function otherHome(w: World): string {
  const home = join(w.root, 'other-home');
  const opened = openHome(home);
  if (!opened.ok) throw new Error(opened.failure.message);
  const { endpoint } = w.gate;
  const credentials = { kind: 'default' } as const;
  addConnection(opened.value, { name: CONNECTION, endpoint, region: w.store.region, pathStyle: true, credentials });
  opened.value.close();
  return home;
}

export async function openOther(home: string): Promise<Other> {
  const opened = await Engine.open({ home, watch: false, log: () => undefined, quietMs: 0 });
  if (!opened.ok) throw new Error(opened.failure.message);
  const engine = opened.value;
  const served = await serve(engine, openPracticeServers(null), () => undefined);
  engine.start();
  const call: Other['call'] = async (name, input) => (await served.call(name, input)) as never;
  return {
    home,
    engine,
    call,
    took: async (name, input) => {
      const answer = await call(name, input);
      if (!answer.ok) throw new Error(`${name}: ${answer.failure.message}`);
      return answer.value;
    },
    async [Symbol.asyncDispose]() {
      await served.stop();
      await engine.stop();
    },
  };
}

export const attaching = (w: World) => ({
  connection: CONNECTION,
  bucket: w.bucket.name,
  prefix: w.prefix,
  name: THERE,
});
