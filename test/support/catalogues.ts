// What a catalogue of sentences says, taken apart for tests: every text by its place, functions called with arguments that are found again.

export interface Spoken {
	/** For example `removalText.paragraphs.0.1`. */
	readonly place: string;
	readonly text: string;
	/** Of several texts in one place. */
	readonly nth: number;
	/** The call it comes of, where a function says it. */
	readonly call: Call | undefined;
}

export interface Call {
	readonly given: readonly unknown[];
	/** What is to be found in its text. */
	readonly says: readonly string[];
}

export type Calls = Readonly<Record<string, readonly Call[]>>;
type Said = (...given: unknown[]) => unknown;

/** What is there at which place, and of which kind: the same in every language. */
export function kindsOf(value: unknown, place = ""): Readonly<Record<string, string>> {
	if (typeof value === "function") return { [place]: `function of ${String(value.length)}` };
	if (typeof value === "string") return { [place]: "text" };
	if (Array.isArray(value)) return { [place]: "list" };
	return merged(value as object, (each, name) => kindsOf(each, under(place, name)));
}

/** Every text of a catalogue. A function whose text is made of others is one text. */
export function spokenIn(value: unknown, calls: Calls, place = ""): readonly Spoken[] {
	if (typeof value === "string") return [{ place, text: value, nth: 0, call: undefined }];
	if (typeof value === "function") {
		return (calls[place] ?? []).flatMap((call) =>
			textsIn((value as Said)(...call.given)).map((text, nth) => ({ place, text, nth, call })),
		);
	}
	return Object.entries(value as object).flatMap(([name, each]) => spokenIn(each, calls, under(place, name)));
}

/** How the functions of a catalogue are to be called: as `known` says, or so that one says all that it was given; none: unknown. */
export function callsOf(value: unknown, known: Calls, place = ""): Calls {
	if (typeof value === "function") {
		return { [place]: known[place] ?? guess(value as Said) ?? [] };
	}
	if (typeof value !== "object" || value === null) return {};
	return merged(value, (each, name) => callsOf(each, known, under(place, name)));
}

/** Each number is written with commas, and no name is: that tells what a parameter is for. */
const COUNTS = [1_234_567, 2_345_678, 3_456_789, 4_567_890];
const NAMES = ["Ada", "Bob", "Cyd", "Dee"];
const LISTS = [
	["Eve", "Flo"],
	["Gus", "Hal"],
	["Ida", "Joe"],
	["Kim", "Lea"],
];

function guess(said: Said): readonly Call[] | undefined {
	let sets: readonly (readonly unknown[])[] = [[]];
	for (let at = 0; at < said.length; at++)
		sets = sets.flatMap((set) => [COUNTS[at], NAMES[at], LISTS[at]].map((each) => [...set, each]));
	const set = sets.find((given) => isSaid(said, given));
	if (set === undefined) return undefined;
	const hasForms = set.some((each) => typeof each !== "string");
	const few = (count: 1 | 2): readonly unknown[] =>
		set.map((each) => (typeof each === "number" ? count : Array.isArray(each) ? each.slice(0, count) : each));
	return (hasForms ? [set, few(1), few(2)] : [set]).map((given) => ({ given, says: given.flatMap(found) }));
}

function isSaid(said: Said, given: readonly unknown[]): boolean {
	try {
		const text = textsIn(said(...given)).join(" ");
		// A list that is no list to it, or a name for which it has no words.
		if (/undefined|NaN|object|,(?:Flo|Hal|Joe|Lea)/.test(text)) return false;
		return given.flatMap(found).every((part) => text.includes(part));
	} catch (error) {
		// It takes something else.
		if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
		return false;
	}
}

function found(given: unknown): readonly string[] {
	if (typeof given === "number") return [given.toLocaleString("en")];
	return Array.isArray(given) ? given.flatMap(found) : [String(given)];
}

function textsIn(value: unknown): readonly string[] {
	return typeof value === "string" ? [value] : Object.values(value as object).flatMap(textsIn);
}

function merged<T>(value: object, of: (each: unknown, name: string) => Readonly<Record<string, T>>): Record<string, T> {
	return Object.assign({}, ...Object.entries(value).map(([name, each]) => of(each, name))) as Record<string, T>;
}

function under(place: string, name: string): string {
	return place === "" ? name : `${place}.${name}`;
}
