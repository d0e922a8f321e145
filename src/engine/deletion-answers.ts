// What a person says of deletions that wait. Accepted, they become what other deletions are; rejected, the files are written
// again: here, where this disk lost them, or by an act that keeps them alive, where other devices deleted them.
// Rules D7 and D8 of readme/SPEC.md.
import { recordKept } from "../core/recorded-acts.ts";
import type { VaultPath } from "../core/path.ts";
import { shownAt } from "./deletions.ts";
import { toChange, type Deletion, type HeldDeletions } from "./held-deletions.ts";
import type { Past } from "./past.ts";
import type { Replica } from "./replica.ts";

export type DeletionAnswer = "accept" | "reject";

export interface AnsweredDeletions {
	readonly held: HeldDeletions;
	/** To be written again as soon as another device sends the bytes. */
	readonly waiting: readonly VaultPath[];
}

/**
 * Resolves when it is done, or only waits for contents. `undefined`: nothing of this id waits. `only-receives`: this device
 * makes no versions, so it cannot keep alive what others deleted; it goes on waiting.
 */
export async function answerDeletions(
	{ replica, past }: { readonly replica: Replica; readonly past: Past },
	id: string,
	answer: DeletionAnswer,
): Promise<AnsweredDeletions | "only-receives" | undefined> {
	const { deletions, index } = replica;
	const isPeers = deletions.held.some((each) => each.id === id && each.origin === "peer");
	if (isPeers && answer === "reject" && replica.oneWay.mode === "receive-only") return "only-receives";
	let held: HeldDeletions | undefined;
	replica.enqueue(() => {
		held = deletions.answer(id, answer);
		if (held?.origin !== "peer" || answer === "accept") return;
		for (const key of held.files.keys()) recordKept(index, key, replica.actor);
	});
	await replica.idle();
	await replica.trustFolder();
	if (held === undefined || answer === "accept") return held && { held, waiting: [] };
	const { before, files } = held;
	const left = await past.takeBack(before.map(toChange));
	const isBack = ({ key }: Deletion): boolean => shownAt(index, key) !== undefined;
	const missing = [...files.values()].filter((file) => !isBack(file)).map(({ path }) => path);
	return { held, waiting: [...missing, ...left.left.map(({ path }) => path)] };
}
