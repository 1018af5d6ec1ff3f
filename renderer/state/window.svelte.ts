/** Everything that the window knows, put together. In: the bridge. Out: one object that every view can ask for. */
import { createContext } from 'svelte';
import type { FolderStatus } from '../../main/contract/models.ts';
import type { Bridge } from '../bridge.ts';
import { AppSettings } from './app-settings.svelte.ts';
import { BringHere } from './bring-here.svelte.ts';
import { Comparing } from './comparing.svelte.ts';
import { Files } from './files.svelte.ts';
import { Folders } from './folders.svelte.ts';
import { Health } from './health.svelte.ts';
import { Keeping } from './keeping.svelte.ts';
import { KeyRing } from './key-ring.svelte.ts';
import { Place, type PlaceKeeper } from './place.svelte.ts';
import { PolicyApply } from './policy-apply.svelte.ts';
import { PolicyEditor } from './policy.svelte.ts';
import { Problems } from './problems.svelte.ts';
import type { Visibility } from './pulse.ts';
import { Status } from './status.svelte.ts';
import { Thaws } from './thaws.svelte.ts';
import { TimeMachine } from './time-machine.svelte.ts';

/** All that the Policy tab of one folder works with. */
export interface PolicyDesk {
  readonly editor: PolicyEditor;
  readonly apply: PolicyApply;
  readonly keeping: Keeping;
}

export class WindowState {
  readonly bridge: Bridge;
  readonly visibility: Visibility;
  readonly status: Status;
  readonly folders: Folders;
  readonly problems: Problems;
  /** The customer keys; read when somebody looks at them. */
  readonly ring: KeyRing;
  readonly place: Place;
  readonly app: AppSettings;
  /** What a file held, in the panel at the foot. */
  readonly comparing: Comparing;
  readonly #files = new Map<string, Files>();
  readonly #health = new Map<string, Health>();
  readonly #desks = new Map<string, PolicyDesk>();
  readonly #machines = new Map<string, TimeMachine>();
  readonly #thaws = new Map<string, Thaws>();
  readonly #brings = new Map<string, BringHere>();

  constructor(bridge: Bridge, visibility: Visibility, keeper: PlaceKeeper) {
    this.bridge = bridge;
    this.place = new Place(keeper);
    this.app = new AppSettings(bridge);
    this.visibility = visibility;
    this.comparing = new Comparing(bridge);
    this.status = new Status(bridge, visibility);
    this.folders = new Folders(bridge, visibility);
    this.problems = new Problems(bridge, this.status, visibility);
    this.ring = new KeyRing(bridge);
  }

  /** The files of a folder; what was open in it is remembered as long as the window lives. */
  filesOf(folder: string): Files {
    const known = this.#files.get(folder);
    if (known !== undefined) return known;
    // It outlives the component that asks first, and so must what is derived in it.
    let files: Files | undefined;
    $effect.root(() => {
      files = new Files(folder, this.bridge, this.visibility);
    });
    files ??= new Files(folder, this.bridge, this.visibility);
    this.#files.set(folder, files);
    return files;
  }

  /** How a folder's bucket is; the last look is remembered as long as the window lives. */
  healthOf(folder: string): Health {
    const health = this.#health.get(folder) ?? new Health(folder, this.bridge);
    this.#health.set(folder, health);
    return health;
  }

  /** A folder's policy; a draft of it is remembered as long as the window lives. */
  policyOf(folder: string): PolicyDesk {
    const known = this.#desks.get(folder);
    if (known !== undefined) return known;
    const make = (): PolicyDesk => {
      const editor = new PolicyEditor(folder, this.bridge, this.folders, this.visibility);
      const keeping = new Keeping(folder, this.bridge, this.folders);
      return { editor, apply: new PolicyApply(this.bridge, editor), keeping };
    };
    let desk: PolicyDesk | undefined;
    $effect.root(() => {
      desk = make();
    });
    desk ??= make();
    this.#desks.set(folder, desk);
    return desk;
  }

  /** A folder at any time; the moment that was chosen is remembered as long as the window lives. */
  timeMachineOf(folder: string): TimeMachine {
    const known = this.#machines.get(folder);
    if (known !== undefined) return known;
    let machine: TimeMachine | undefined;
    $effect.root(() => {
      machine = new TimeMachine(folder, this.bridge);
    });
    machine ??= new TimeMachine(folder, this.bridge);
    this.#machines.set(folder, machine);
    return machine;
  }

  /** The way of an attached place to this computer. */
  bringHereOf(folder: string): BringHere {
    const bring = this.#brings.get(folder) ?? new BringHere(folder, this.bridge);
    this.#brings.set(folder, bring);
    return bring;
  }

  /** The archived versions of a folder that were asked for. */
  thawsOf(folder: string): Thaws {
    const thaws = this.#thaws.get(folder) ?? new Thaws(folder, this.bridge, this.visibility);
    this.#thaws.set(folder, thaws);
    return thaws;
  }

  /** The practice bucket has no prices. */
  isFree(folder: string): boolean {
    return this.status.folder(folder)?.practice === true;
  }

  /** The person's home; empty before it is known. */
  get home(): string {
    return this.app.info?.user ?? '';
  }

  /** Where a folder is: on this computer, or, of one that is only attached, in its bucket. */
  whereOf({ path, bucket, prefix }: Pick<FolderStatus, 'path' | 'bucket' | 'prefix'>): string {
    return path === null ? `${bucket}/${prefix}` : this.homely(path);
  }

  /** A path with `~` in place of the person's home. */
  homely(path: string): string {
    const home = this.app.info?.user;
    if (home === undefined || home === '') return path;
    if (path === home) return '~';
    return path.startsWith(`${home}/`) || path.startsWith(`${home}\\`) ? `~${path.slice(home.length)}` : path;
  }

  start(): () => void {
    const stops = [
      this.status.start(),
      this.folders.start(),
      this.problems.start(),
      this.bridge.on('show', (show) => {
        if ('settings' in show) this.place.settings();
        else this.place.folder(show.folder, show.tab ?? 'files', show.path ?? null);
      }),
    ];
    void this.app.read();
    return () => {
      for (const stop of stops) stop();
    };
  }
}

export const [getWindow, setWindow] = createContext<WindowState>();
