// What a black-box case is made of: two or three devices, what is done to them, and what must hold in the end.

export type CopyPath = string | { readonly conflict_copy_of: string };

export interface Step {
	readonly op: string;
	readonly at?: string;
	readonly path?: CopyPath;
	readonly from?: string;
	readonly to?: string | number;
	readonly content?: string;
	readonly gen?: { readonly kind: string; readonly seed: number | string; readonly size: number };
	readonly mtime?: number | string;
	readonly keepMtime?: boolean;
	readonly prefix?: string;
	readonly count?: number;
	readonly size?: number;
	readonly groups?: readonly (readonly string[])[];
	readonly among?: readonly string[];
	readonly ms?: number;
	readonly what?: string;
	readonly as?: string;
	readonly seconds?: number;
	readonly ignore?: readonly string[];
}

export interface Expectation {
	readonly kind: string;
	readonly level?: string;
	readonly at?: readonly string[];
	readonly path?: string;
	readonly content?: string;
	readonly contains?: readonly string[];
	readonly of?: string;
	readonly count?: number;
	readonly max?: number;
	readonly n?: number;
	readonly glob?: string;
	readonly tokens?: readonly string[];
	readonly where?: string;
	readonly bytes?: number;
}

export interface Case {
	readonly id: string;
	readonly title?: string;
	readonly devices: readonly string[];
	/** On all devices and in sync before the first step. */
	readonly base?: Readonly<Record<string, string>>;
	/** On one device each, from before the first exchange. */
	readonly only?: Readonly<Record<string, Readonly<Record<string, string>>>>;
	readonly requires?: readonly string[];
	readonly steps: readonly Step[];
	readonly expect: readonly Expectation[];
}

/** The case needs something that this kind of device does not have. */
export class NotApplicable extends Error {}
