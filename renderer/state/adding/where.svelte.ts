/** The first step: which store. In: the connections that are there, and what a person chooses. Out: a store, or what it lacks. */
import { judgeEndpoint, type EndpointVerdict } from '../../../main/contract/endpoint.ts';
import type { Connection } from '../../../main/contract/models.ts';
import { presetOf, presets, type Preset, type PresetId } from '../../../main/contract/presets.ts';

/** A kind of store that a person can name; the practice bucket is made by Cairn. */
export type StoreKind = Exclude<PresetId, 'practice'>;
export const STORE_KINDS = ['aws', 'minio', 'ceph', 'r2', 'b2', 'wasabi', 'other'] as const satisfies StoreKind[];

export type WhereChoice =
  | { readonly kind: 'practice' }
  | { readonly kind: 'connection'; readonly name: string }
  | { readonly kind: 'new'; readonly store: StoreKind };

/** A store as it would be connected to, without the way to sign in. */
export type StoreAddress = Pick<Connection, 'endpoint' | 'region' | 'pathStyle'>;

export class Where {
  #connections = $state.raw<readonly Connection[]>([]);
  #choice = $state.raw<WhereChoice | null>(null);
  #typed = $state('');
  region = $state('');
  pathStyle = $state(false);

  /** All that are there, the practice connection too. */
  know(connections: readonly Connection[]): void {
    this.#connections = connections;
  }
  /** Without the practice connection, which is a choice of its own. */
  get connections(): readonly Connection[] {
    return this.#connections.filter((connection) => connection.credentials.kind !== 'practice');
  }
  get names(): readonly string[] {
    return this.#connections.map((connection) => connection.name);
  }
  get choice(): WhereChoice | null {
    return this.#choice;
  }
  get isPractice(): boolean {
    return this.#choice?.kind === 'practice';
  }
  /** The connection that was chosen, where one was. */
  get connection(): Connection | null {
    const choice = this.#choice;
    if (choice?.kind !== 'connection') return null;
    return this.#connections.find((connection) => connection.name === choice.name) ?? null;
  }
  get preset(): Preset | null {
    const choice = this.#choice;
    if (choice === null) return null;
    if (choice.kind === 'new') return presets[choice.store];
    if (choice.kind === 'practice') return presets.practice;
    return this.connection === null ? null : presetOf(this.connection);
  }

  choose(choice: WhereChoice): void {
    if (isSame(choice, this.#choice)) return;
    this.#choice = choice;
    this.#typed = '';
    if (choice.kind !== 'new') return;
    this.region = presets[choice.store].regions[0] ?? '';
    this.pathStyle = presets[choice.store].pathStyle;
  }

  /** The address as it would be used; of stores whose address goes by the region, that one. */
  get endpoint(): string {
    return this.isByRegion ? (this.preset?.endpoint ?? '').replace('REGION', this.region.trim()) : this.#typed;
  }
  set endpoint(text: string) {
    this.#typed = text;
  }
  /** Its address follows from its region, and is not typed. */
  get isByRegion(): boolean {
    return this.preset?.endpoint?.includes('REGION') === true;
  }
  /** Null where no address is needed. */
  get verdict(): EndpointVerdict | null {
    return this.preset === null || this.preset.endpoint === null ? null : judgeEndpoint(this.endpoint.trim());
  }

  get canGoOn(): boolean {
    if (this.#choice?.kind !== 'new') return this.#choice !== null;
    return this.region.trim() !== '' && (this.verdict === null || this.verdict.kind === 'ok');
  }
  get address(): StoreAddress {
    const endpoint = this.preset?.endpoint == null ? null : this.endpoint.trim();
    return { endpoint, region: this.region.trim(), pathStyle: this.pathStyle };
  }
  /** What a new connection would be called; a number tells it from another of that name. */
  get freeName(): string {
    const wanted = nameOf(this.preset, this.address);
    const isTaken = (name: string): boolean => this.names.includes(name);
    if (!isTaken(wanted)) return wanted;
    let number = 2;
    while (isTaken(`${wanted} ${String(number)}`)) number += 1;
    return `${wanted} ${String(number)}`;
  }
}

function nameOf(preset: Preset | null, { endpoint, region }: StoreAddress): string {
  if (preset === null) return '';
  if (preset.id === 'aws') return `AWS ${region}`;
  if (preset.id === 'b2' || preset.id === 'wasabi') return `${preset.name} ${region}`;
  if (preset.id === 'r2') return preset.name;
  return endpoint !== null && URL.canParse(endpoint) ? new URL(endpoint).host : preset.name;
}

function isSame(one: WhereChoice, other: WhereChoice | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
