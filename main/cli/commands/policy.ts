/** Policies, looked at before they are given to a folder. */
import { EXIT, failure } from '../../contract/errors.ts';
import { unsupportedFields } from '../../contract/policy.ts';
import { ended, type Command } from '../command.ts';
import { readPolicyFile } from './folder.ts';

export const policyCommands: readonly Command[] = [
  {
    name: 'policy check',
    usage: 'FILE',
    summary: 'whether a policy file can be used',
    options: {},
    takes: [1, 1],
    run: async (invocation) => {
      const policy = await readPolicyFile(invocation, invocation.positionals[0] ?? '');
      if (!policy.ok) return ended(invocation.output, policy.failure);
      const [field] = unsupportedFields(policy.value);
      if (field !== undefined) return ended(invocation.output, failure('policy-not-there-yet', { field }));
      invocation.output.line({ ok: true, policy: policy.value }, 'The policy can be used.');
      return EXIT.done;
    },
  },
];
