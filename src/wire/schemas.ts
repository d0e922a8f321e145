// What the schemas of the wire and of stored files are made of.
import * as v from "valibot";
import { bytesToHex } from "../core/bytes.ts";

export const anyBytes: v.GenericSchema<Uint8Array> = v.instance(Uint8Array);

/** How many bytes, from and to; exactly `minimum`, if there is one number. */
export const bytesOf = (minimum: number, maximum = minimum) =>
	v.pipe(anyBytes, v.minLength(minimum), v.maxLength(maximum));

export const wholeNumber = (minimum = 0, maximum = Number.MAX_SAFE_INTEGER) =>
	v.pipe(v.number(), v.safeInteger(), v.minValue(minimum), v.maxValue(maximum));

/** One of our parsers as an action: what it refuses is an issue with this message. */
export function parsedBy<From, To>(
	parse: (value: From) => To | undefined,
	message: string,
): v.RawTransformAction<From, To> {
	return v.rawTransform<From, To>(({ dataset, addIssue, NEVER }) => {
		const value = parse(dataset.value);
		if (value !== undefined) return value;
		addIssue({ message });
		return NEVER;
	});
}

/** The same, for bytes of which the parser takes the hex digits. */
export function hexParsedBy<To>(
	parse: (hex: string) => To | undefined,
	message: string,
): v.RawTransformAction<Uint8Array, To> {
	return parsedBy((bytes: Uint8Array) => parse(bytesToHex(bytes)), message);
}
