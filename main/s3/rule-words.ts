/** A bucket's settings in English. In: a rule of its lifecycle, or a change, as it is told. Out: a sentence. Pure. */
import type { Difference, RuleAction, RuleSaid, SettingChange } from '../contract/findings.ts';
import type { Keep } from '../contract/policy-answers.ts';

const days = (count: number): string => (count === 1 ? '1 day' : `${String(count)} days`);

/** Such as `cairn-keep-notes (notes/): removes earlier versions after 30 days`. */
export function ruleText({ name, prefix, isForAll, isOn, does }: RuleSaid): string {
  const where = prefix === '' ? 'the whole bucket' : prefix;
  const some = isForAll ? '' : ', some objects only';
  const off = isOn ? '' : ', switched off';
  return `${name ?? 'a rule without a name'} (${where}${some}${off}): ${does.map(actionText).join('; ') || 'does nothing'}`;
}

/** Changes of settings with their lines in English. */
export function inWords(changes: readonly SettingChange[]): Difference {
  return { difference: changes.map(changeText), changes };
}

function changeText(change: SettingChange): string {
  return `${change.sign} ${change.kind === 'rule' ? ruleText(change.rule) : `versioning: ${change.value}`}`;
}

function actionText(action: RuleAction): string {
  switch (action.kind) {
    case 'removes-present':
      return `removes present files ${days(action.days)} after their upload`;
    case 'removes-present-from':
      return `removes present files from ${action.date} on`;
    case 'removes-markers':
      return 'removes delete markers that nothing lies under';
    case 'moves-present':
      return `moves present files to ${action.to ?? 'another class'} after ${days(action.days)}`;
    case 'moves-present-from':
      return `moves present files to ${action.to ?? 'another class'} from ${action.date} on`;
    case 'moves-earlier':
      return `moves earlier versions to ${action.to ?? 'another class'} after ${days(action.days)}`;
    case 'removes-earlier':
      return `removes ${removedVersions(action.keep)}`;
    case 'aborts-uploads':
      return `aborts uploads that are not done after ${days(action.days)}`;
  }
}

/** Which versions a keep removes, in words. */
export function removedVersions({ days: after, newest }: Keep): string {
  const age = `earlier versions ${days(after ?? 1)} after a newer one came`;
  return newest === null ? age : `${age}, but never the ${String(newest)} newest versions of a file`;
}
