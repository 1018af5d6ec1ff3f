/** The engine's side of the calls about policies and kept versions. In: parsed input. Out: a Result. */
import { failure } from '../contract/errors.ts';
import type { Folder } from '../contract/models.ts';
import type { CostLine, KeepChange, PolicyCost, PolicyStep } from '../contract/policy-answers.ts';
import type { policyCalls } from '../contract/policy-calls.ts';
import { checkPolicyText, parsePolicy, type Policy, type PolicyCheck, type PolicyFault } from '../contract/policy.ts';
import { reason } from '../contract/reasons.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { BUILT_IN_PRICES } from '../policy/prices.ts';
import { totalOf, type ClassCost } from '../policy/cost.ts';
import { requestLines } from '../policy/lines.ts';
import { canonicalJson } from '../store/canonical.ts';
import { planPolicy } from './apply.ts';
import { applyServed } from './apply-served.ts';
import { applyCost, folderCost, goingCost, readPrices, type FolderCost } from './cost.ts';
import type { Patient } from './doctor.ts';
import type { Engine } from './engine.ts';
import { explainFile } from './explain.ts';
import { planKeep, readKeep, setKeep, type KeepPlan } from './keep.ts';
import { findConnection, findFolder, findFolderHere, setPolicy } from './manage.ts';
import { policyLimits } from './policy-limits.ts';
import { keyRefFaults, type Ring } from './ring.ts';
import { checkStoreTakes } from './store-limits.ts';
import type { Tasks } from './tasks.ts';

type Served = keyof typeof policyCalls;
/** So many steps of a plan are told; the rest are counted. */
const NAMED = 100;

export function policyHandlers(
  engine: Engine,
  tasks: Tasks,
  patientOf: (name: string) => Promise<Result<Patient>>,
  ending: AbortSignal,
): Handlers<Served> {
  const { home } = engine;
  /** The folder with the policy that is asked about; without one, with its own. */
  const folderUnder = (name: string, policy: unknown): Result<Folder> => {
    const found = findFolderHere(home.settings.folders, name);
    if (!found.ok || policy === undefined) return found;
    const parsed = parsePolicy(policy, new Date());
    if (!parsed.ok) return parsed;
    return success({ ...found.value, policy: parsed.value, policyVersion: found.value.policyVersion + 1 });
  };

  return {
    'folder.policy': ({ folder, policy }) => {
      const parsed = parsePolicy(policy, new Date());
      if (!parsed.ok) return parsed;
      const changed = setPolicy(home, folder, parsed.value, engine.ring);
      if (!changed.ok) return changed;
      engine.emit('folders', {});
      engine.changed();
      return changed;
    },
    'policy.check': ({ folder, text }) => {
      const found = findFolder(home.settings.folders, folder);
      if (!found.ok) return found;
      const connection = findConnection(home.settings.connections, found.value.connection);
      if (!connection.ok) return connection;
      const checked = checkPolicyText(text, new Date());
      if (checked.policy === null) return success(checked);
      return success(
        heldAgainst(checked, checked.policy, checkStoreTakes(checked.policy, connection.value), engine.ring),
      );
    },
    'policy.limits': async ({ folder }) => {
      const patient = await patientOf(folder);
      return patient.ok ? success(await policyLimits(patient.value, home.tables)) : patient;
    },
    'policy.explain': async ({ folder, path, size, policy }) => {
      const found = folderUnder(folder, policy);
      if (!found.ok) return found;
      const explained = await explainFile(found.value, home.tables, path, size ?? null, engine.ring);
      if (!explained.ok) return explained;
      return success({ ...explained.value, lines: requestLines(explained.value) });
    },
    'policy.cost': async ({ folder, policy, days, newest, months }) => {
      const found = findFolderHere(home.settings.folders, folder);
      if (!found.ok) return found;
      const other = policy === undefined ? success(null) : parsePolicy(policy, new Date());
      if (!other.ok) return other;
      const prices = await readPrices(home.path);
      if (!prices.ok) return prices;
      const keptNewer = newest === undefined ? null : newest - 1;
      const terms = { monthsAhead: months, keptDays: days ?? null, keptNewer };
      return success(plainCost(folderCost(found.value, home.tables, other.value, prices.value, terms)));
    },
    'policy.plan': async ({ folder, policy }) => {
      const found = folderUnder(folder, policy);
      if (!found.ok) return found;
      const prices = await readPrices(home.path);
      if (!prices.ok) return prices;
      const steps: PolicyStep[] = [];
      const summary = planPolicy(found.value, home.tables, (step) => steps.push(step));
      return success({ summary, cost: applyCost(steps, prices.value), steps: steps.slice(0, NAMED) });
    },
    'policy.apply': ({ folder, policyVersion, task }) =>
      tasks.run(task, async (tools) => {
        const found = findFolderHere(home.settings.folders, folder);
        if (!found.ok) return found;
        if (found.value.policyVersion !== policyVersion) {
          const problem = reason('other-policy');
          return failed(failure('bad-input', { field: 'policyVersion', problem }));
        }
        return applyServed(engine, found.value, tools, ending);
      }),

    'folder.keep': async ({ folder }) => {
      const patient = await patientOf(folder);
      return patient.ok ? readKeep(patient.value) : patient;
    },
    'folder.planKeep': async ({ folder, keep }) => {
      const patient = await patientOf(folder);
      if (!patient.ok) return patient;
      const prices = await readPrices(home.path);
      if (!prices.ok) return prices;
      const planned = await planKeep(patient.value, keep, home.tables);
      if (!planned.ok) return planned;
      const { going, ...plan } = planned.value;
      const change: KeepChange = {
        ...plan,
        request: plainRequest(planned.value),
        going: { versions: going.count, bytes: going.bytes, aMonth: goingCost(going, prices.value) },
        currency: prices.value.currency,
        asOf: prices.value.asOf,
      };
      return success(change);
    },
    'folder.setKeep': async ({ folder, keep, shown }) => {
      const patient = await patientOf(folder);
      if (!patient.ok) return patient;
      return setKeep(patient.value, keep, home.tables, (plan) => {
        if (canonicalJson(plainRequest(plan)) === canonicalJson(shown ?? null)) return null;
        const problem = reason('bucket-changed');
        return failure('bad-input', { field: 'versions', problem });
      });
    },
  };
}

/** What could be read, but not be sent with these keys or to this store. */
function heldAgainst(checked: PolicyCheck, policy: Policy, taken: Result<null>, ring: Ring): PolicyCheck {
  const faults: PolicyFault[] = [...keyRefFaults(policy, ring)];
  if (!taken.ok) {
    const field = taken.failure.facts['field'];
    faults.push({ path: typeof field === 'string' ? field.split('.') : [], failure: taken.failure, place: null });
  }
  return faults.length === 0 ? checked : { policy: null, faults };
}

function plainCost({ before, after, prices }: FolderCost): PolicyCost {
  const line = ({ storageClass, files, bytes, versions, versionBytes, total, isPriced }: ClassCost): CostLine => ({
    ...{ storageClass, files, bytes, versions, versionBytes, total, isPriced },
  });
  return {
    before: before.map(line),
    after: after?.map(line) ?? null,
    totalBefore: totalOf(before).total,
    totalAfter: after === null ? null : totalOf(after).total,
    currency: prices.currency,
    asOf: prices.asOf,
    source: prices.source,
    isOwn: prices !== BUILT_IN_PRICES,
    prices: Object.fromEntries(
      Object.entries(prices.classes).map(([name, { storage, leastDays }]) => [name, { storage, leastDays }]),
    ),
  };
}

/** As it is after a journey as JSON: dates are text. */
function plainRequest({ request }: Pick<KeepPlan, 'request'>): KeepChange['request'] {
  return JSON.parse(JSON.stringify(request)) as KeepChange['request'];
}
