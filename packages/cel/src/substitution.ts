import { DYN, sameType, type CelType } from './types.ts';

const NULLABLE: ReadonlySet<string> = new Set(['opaque', 'struct', 'duration', 'timestamp']);

function isLoose(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

function lessSpecific(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false;
  if (a.kind === 'list' || a.kind === 'map' || a.kind === 'opaque')
    return a.name === b.name && a.params.length === b.params.length && a.params.every((p, i) => lessSpecific(p, b.params[i] as CelType));
  return a.kind === 'type' || sameType(a, b);
}

/** What type parameters stand for, as far as it is known. */
export class Substitution {
  readonly #map: Map<string, CelType>;

  constructor(map: Map<string, CelType> = new Map()) {
    this.#map = map;
  }

  copy(): Substitution {
    return new Substitution(new Map(this.#map));
  }

  set(parameter: CelType, type: CelType): void {
    this.#map.set(parameter.name, type);
  }

  #find(type: CelType): CelType | undefined {
    return type.kind === 'param' ? this.#map.get(type.name) : undefined;
  }

  /** The type with what is known put in; unknown parameters become `dyn` on wish. */
  apply(type: CelType, unknownToDyn: boolean): CelType {
    const known = this.#find(type);
    if (known !== undefined) return this.apply(known, unknownToDyn);
    if (type.kind === 'param') return unknownToDyn ? DYN : type;
    if (type.params.length === 0) return type;
    return { ...type, params: type.params.map((p) => this.apply(p, unknownToDyn)) };
  }

  /** The one of two types that takes in more. */
  static mostGeneral(a: CelType, b: CelType): CelType {
    return lessSpecific(a, b) ? a : b;
  }

  #referencedIn(parameter: CelType, within: CelType): boolean {
    if (sameType(parameter, within)) return true;
    if (within.kind === 'param') {
      const known = this.#find(within);
      return known !== undefined && this.#referencedIn(parameter, known);
    }
    return within.params.some((p) => this.#referencedIn(parameter, p));
  }

  /** Tries to let a parameter stand for a type. */
  #bind(type: CelType, parameter: CelType): { readonly valid: boolean; readonly known: boolean } {
    if (sameType(type, parameter)) return { valid: true, known: true };
    const known = this.#find(parameter);
    if (known !== undefined) {
      if (sameType(type, known)) return { valid: true, known: true };
      if (!this.assignable(type, known)) return { valid: false, known: true };
      const general = Substitution.mostGeneral(type, known);
      if (!this.#referencedIn(parameter, general)) this.set(parameter, general);
      return { valid: true, known: true };
    }
    if (this.#referencedIn(parameter, type)) return { valid: false, known: false };
    this.set(parameter, type);
    return { valid: true, known: false };
  }

  /** Tells whether a value of the first type can stand where the second is wanted; learns what parameters stand for. */
  assignable(a: CelType, b: CelType): boolean {
    if (b.kind === 'param') {
      const { valid, known } = this.#bind(a, b);
      if (valid) return true;
      if (known) return false;
    }
    if (a.kind === 'param') return this.#bind(b, a).valid;
    if (isLoose(a) || isLoose(b)) return true;
    if (a.kind === 'null' || b.kind === 'null') return a.kind === b.kind || NULLABLE.has(a.kind === 'null' ? b.kind : a.kind);
    if (a.kind === 'type') return b.kind === 'type';
    if (a.kind === 'list' || a.kind === 'map' || a.kind === 'opaque') {
      return (
        a.kind === b.kind &&
        a.name === b.name &&
        a.params.length === b.params.length &&
        a.params.every((p, i) => this.assignable(p, b.params[i] as CelType))
      );
    }
    return sameType(a, b);
  }
}
