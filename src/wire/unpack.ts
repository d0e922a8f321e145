// Small MessagePack from outside: a value, or `undefined` for whatever is larger than it may be or is none.
import { decode } from "@msgpack/msgpack";

export interface UnpackLimits {
	/** Of the whole, and of each text and byte string in it. */
	readonly bytesMax: number;
	readonly arrayMax: number;
	/** No maps at all, if not given. */
	readonly mapMax?: number;
}

export function unpack(bytes: Uint8Array, { bytesMax, arrayMax, mapMax = 0 }: UnpackLimits): unknown {
	if (bytes.length > bytesMax) return undefined;
	try {
		return decode(bytes, {
			maxStrLength: bytesMax,
			maxBinLength: bytesMax,
			maxArrayLength: arrayMax,
			maxMapLength: mapMax,
			maxExtLength: 0,
		});
	} catch {
		// @msgpack/msgpack throws several kinds of errors for bytes that are not MessagePack, and nothing else.
		return undefined;
	}
}
