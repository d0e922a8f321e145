// What a running device answers to those who ask what is held back, and to what a person says of it.
import type { Engine } from "../../src/engine/engine.ts";
import { deletedBy, filesIn, type Deletion } from "../../src/engine/held-deletions.ts";
import type { ControlAnswer, ControlRequest, HeldReport } from "./control-protocol.ts";

type HeldRequest = Extract<ControlRequest, { command: "held" | "answer-held" }>;

export async function answerAboutHeld(request: HeldRequest, engine: Engine): Promise<ControlAnswer> {
	if (request.command === "held") return { ok: true, result: heldReport(engine) };
	const { id, answer } = request;
	const answered = await engine.answerDeletions(id, answer);
	if (answered === undefined)
		return { ok: false, message: `nothing is held back under ${id}; psync held FOLDER shows what is` };
	if (answered === "only-receives")
		return { ok: false, message: "this device only receives: it cannot keep alive what others deleted" };
	return { ok: true, result: { files: filesIn(answered.held).length, waiting: answered.waiting } };
}

function heldReport(engine: Engine): HeldReport {
	const files = engine.status().held.filter(({ id }) => id === undefined);
	const deletions = engine.heldDeletions.map((held) => ({
		id: held.id,
		reason: "mass-delete",
		rule: held.rule,
		origin: held.origin,
		by: [...deletedBy(held)],
		date: new Date(held.atMs).toISOString(),
		count: filesIn(held).length,
		paths: filesIn(held).map(pathOf).sort(),
		before: held.before.map(pathOf),
	}));
	return { deletions, files: files.map(({ path, reason }) => ({ path, reason })) };
}

function pathOf({ path }: Deletion): string {
	return path;
}
