// Eight bytes that tell whether two devices know the same. Laid out by hand: both sides must make the same of equal knowledge.
import { concatBytes, hexToBytes } from "../core/bytes.ts";
import { sortedEntries, type VersionVector } from "../core/version-vector.ts";

export function knowledgeDigest(knowledge: VersionVector, sha256: (bytes: Uint8Array) => Uint8Array): Uint8Array {
	const parts = sortedEntries(knowledge).map(([epoch, counter]) => {
		const number = new Uint8Array(8);
		new DataView(number.buffer).setBigUint64(0, BigInt(counter));
		return concatBytes(hexToBytes(epoch), number);
	});
	return sha256(concatBytes(...parts)).subarray(0, 8);
}
