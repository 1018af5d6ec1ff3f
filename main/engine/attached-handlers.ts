/** The engine's side of the calls about places without a folder on this computer. In: parsed input. Out: a Result. */
import { failure } from '../contract/errors.ts';
import { parsePolicy } from '../contract/policy.ts';
import type { Handlers } from '../contract/registrar.ts';
import { failed, success, type Result } from '../contract/result.ts';
import { attachFolder } from './attach.ts';
import { bringBack } from './bring-back.ts';
import type { Engine } from './engine.ts';
import type { FolderHistory } from './history-ports.ts';
import { findFolder } from './manage.ts';
import type { Tasks } from './tasks.ts';

export function attachedHandlers(
  engine: Engine,
  historyOf: (name: string) => Promise<Result<FolderHistory>>,
  tasks: Tasks,
): Handlers<'folder.attach' | 'folder.bringBack'> {
  const { home, clients } = engine;
  /** Folders whose files are on their way, by id. */
  const underWay = new Set<string>();
  return {
    'folder.attach': async (input) => {
      const policy = input.policy === undefined ? success(undefined) : parsePolicy(input.policy, new Date());
      if (!policy.ok) return policy;
      const attached = await attachFolder(home, clients, { ...input, policy: policy.value }, engine.ring);
      if (!attached.ok) return attached;
      clients.noteAnswer(attached.value.connection);
      engine.emit('folders', {});
      engine.changed();
      return attached;
    },
    'folder.bringBack': ({ folder, task, ...wish }) =>
      tasks.run(task, async (tools) => {
        const found = findFolder(home.settings.folders, folder);
        if (!found.ok) return found;
        const { id } = found.value;
        if (underWay.has(id)) return failed(failure('bringing-back', { folder }));
        underWay.add(id);
        try {
          const history = await historyOf(folder);
          return history.ok ? await bringBack(engine, found.value, history.value, wish, tools) : history;
        } finally {
          underWay.delete(id);
        }
      }),
  };
}
