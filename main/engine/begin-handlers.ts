/** Calls that look at a folder and its place before it is kept. Each look has a name, by which a person can end it. */
import { foldersHere } from '../contract/attached.ts';
import type { EngineCallName } from '../contract/calls.ts';
import { EMPTY_POLICY, parsePolicy, parsePolicyText, type Policy } from '../contract/policy.ts';
import type { Handlers } from '../contract/registrar.ts';
import { success, type Result } from '../contract/result.ts';
import { readPrices } from './cost.ts';
import type { Engine } from './engine.ts';
import { lookFolder } from './look-around.ts';
import { lookAt } from './look-at.ts';
import { measureFolder } from './measure.ts';

type BeginCalls = Extract<
  EngineCallName,
  'folder.look' | 'folder.endLook' | 'folder.measure' | 'doctor.lookAt' | 'policy.parse'
>;

/** @param ending aborts when nobody will be answered any more. */
export function beginHandlers(engine: Engine, ending: AbortSignal): Handlers<BeginCalls> {
  const { home, clients } = engine;
  const looks = new Map<string, AbortController>();
  const under = async <T>(look: string, work: (signal: AbortSignal) => Promise<Result<T>>): Promise<Result<T>> => {
    const abort = new AbortController();
    looks.set(look, abort);
    try {
      return await work(AbortSignal.any([abort.signal, ending]));
    } finally {
      if (looks.get(look) === abort) looks.delete(look);
    }
  };
  return {
    'folder.look': ({ look, ...place }) =>
      under(look, (signal) => lookFolder(clients, place, engine.forbidden, signal, engine.ring)),
    'folder.measure': async ({ path, look, policies }) => {
      const parsed: Policy[] = [];
      for (const policy of policies) {
        const one = parsePolicy(policy, new Date());
        if (!one.ok) return one;
        parsed.push(one.value);
      }
      const prices = await readPrices(home.path);
      const folders = foldersHere(home.settings.folders);
      const wanted = {
        folders,
        forbidden: engine.forbidden,
        policies: parsed,
        prices: prices.ok ? prices.value : null,
      };
      return under(look, (signal) => measureFolder(path, { ...wanted, signal }));
    },
    'doctor.lookAt': async ({ look, policy: given, ...place }) => {
      const policy = given === undefined ? success(EMPTY_POLICY) : parsePolicy(given, new Date());
      if (!policy.ok) return policy;
      return under(look, (signal) => lookAt(home, clients, { ...place, policy: policy.value }, signal));
    },
    'policy.parse': ({ text }) => parsePolicyText(text, new Date()),
    'folder.endLook': ({ look }) => {
      looks.get(look)?.abort();
      return success(null);
    },
  };
}
