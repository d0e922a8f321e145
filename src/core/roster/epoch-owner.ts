// Whether a device counts its changes in a name of its own: new devices derive it from their id, so it can be told of every device on
// the list whether a name is another one's. What older devices chose is nobody's to tell. Rule K27 of readme/SPEC.md, decision 017.
import { installationOf, installOf, type DeviceId, type ReplicaEpoch } from "../ids.ts";

/** `others`: all devices that are known, those that are gone among them. */
export function isOfAnother(epoch: ReplicaEpoch, device: DeviceId, others: readonly DeviceId[]): boolean {
	const isFrom = (id: DeviceId): boolean => installationOf(id) === installOf(epoch);
	return !isFrom(device) && others.some(isFrom);
}
