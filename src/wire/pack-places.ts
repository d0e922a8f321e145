// Where something lies in what is stored at the relay, as heads and indexes have it.
import * as v from "valibot";
import { hexToBytes } from "../core/bytes.ts";
import { PACK_CONTENT_BYTES_MAX } from "./limits.ts";
import { parsePackId, type PackId } from "./mailbox-api.ts";
import { anyBytes, hexParsedBy, wholeNumber } from "./schemas.ts";

/** One blob of a pack. */
export interface BlobPlace {
	/** In the contents of the pack. */
	readonly offset: number;
	/** As stored. */
	readonly bytes: number;
	/** Of what it is, unpacked. */
	readonly size: number;
	readonly isCompressed: boolean;
}

export interface PlaceInPack extends BlobPlace {
	readonly pack: PackId;
}

const inPack = wholeNumber(0, PACK_CONTENT_BYTES_MAX);

/** Offset, bytes, size, whether it is compressed. */
export const blobPlaceSchema = v.pipe(
	v.strictTuple([inPack, inPack, inPack, v.boolean()]),
	v.check(([offset, bytes]) => offset + bytes <= PACK_CONTENT_BYTES_MAX, "beyond the end of a pack"),
	v.check(
		([, bytes, size, isCompressed]) => (isCompressed ? bytes < size : bytes === size),
		"a size that it cannot have",
	),
	v.transform(([offset, bytes, size, isCompressed]): BlobPlace => ({ offset, bytes, size, isCompressed })),
);

export const packIdSchema = v.pipe(anyBytes, hexParsedBy<PackId>(parsePackId, "not the id of a pack"));

export function blobPlaceToWire({ offset, bytes, size, isCompressed }: BlobPlace): [number, number, number, boolean] {
	return [offset, bytes, size, isCompressed];
}

export function packIdToWire(id: PackId): Uint8Array {
	return hexToBytes(id);
}
