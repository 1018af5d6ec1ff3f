/** What the policy says, in words. In: values of the contract. Out: sentences of the person's language. */
import type { IgnoreReason } from '../../../main/contract/models.ts';
import type { SetBy } from '../../../main/contract/policy-answers.ts';
import type { Keeping } from '../../state/keeping.svelte.ts';
import { format, words } from '../../words/index.ts';

/** The few words beside the rules: what is kept, and how often it becomes a version. */
export function keptText({ report, settings }: Keeping): string {
  const parts: string[] = [];
  const keep = report?.keep ?? null;
  if (report !== null && keep === null) parts.push(words.policy.keepAll);
  if (keep !== null && keep.days !== null) parts.push(words.policy.keepDays(keep.days, format.count(keep.days)));
  if (keep !== null && keep.newest !== null)
    parts.push(words.policy.keepNewest(keep.newest, format.count(keep.newest)));
  const seconds = settings?.leastIntervalSeconds ?? 0;
  parts.push(seconds === 0 ? words.policy.intervalNone : words.policy.intervalEach(format.duration(seconds)));
  return parts.join(' ');
}

/** What set a line of a request. */
export function setByText(by: SetBy): string {
  return typeof by === 'number' ? words.policy.byRule(String(by)) : words.policy.by[by];
}

export function reasonText({ path, reason, because, rule }: IgnoreReason): string {
  const within = because === null ? '' : ` ${words.policy.whyWithin(because)}`;
  switch (reason) {
    case 'kept':
      return words.policy.whyKept(path);
    case 'missing':
      return words.policy.whyMissing(path);
    case 'home folder':
      return words.policy.whyHome(path);
    case 'ignored': {
      const list = rule === null ? '' : (words.policy.list[rule.list] ?? rule.list);
      const place = rule?.line == null ? list : words.policy.line(list, format.count(rule.line));
      return `${words.policy.whyIgnored(path, rule?.pattern ?? '', place)}${within}`;
    }
    default:
      return `${words.policy.whyKind(path, reason)}${within}`;
  }
}

/** A value of the policy as it stands in a list of choices. */
export function optionText(value: unknown): string {
  const text = String(value);
  return words.policy.option[text] ?? text;
}
