// What a running device answers to those who end what its mode set apart, or want to know whether all files are as they should be.
import type { Engine } from "../../src/engine/engine.ts";
import type { ControlAnswer, ControlRequest } from "./control-protocol.ts";

type ModeRequest = Extract<ControlRequest, { command: "revert" | "override" | "verify" }>;

export async function answerAboutModes(request: ModeRequest, engine: Engine): Promise<ControlAnswer> {
	const { modeCommands } = engine;
	if (modeCommands === undefined) return { ok: false, message: "psync is starting; try again in a moment" };
	switch (request.command) {
		case "verify":
			return { ok: true, result: await engine.verify() };
		case "override": {
			const overridden = await modeCommands.override({ withAdded: request.withAdded });
			if (overridden.kind === "overridden") return { ok: true, result: overridden };
			return { ok: false, message: `${otherMode(engine)}; override is for one with --mode send-only` };
		}
		case "revert": {
			const reverted = await modeCommands.revert(request.path);
			switch (reverted.kind) {
				case "reverted":
					return { ok: true, result: reverted };
				case "wrong-mode":
					return { ok: false, message: `${otherMode(engine)}; revert is for one with --mode receive-only` };
				case "bad-path":
					return { ok: false, message: `no file can be called so: ${request.path ?? ""}` };
				case "nothing-there":
					return {
						ok: false,
						message: `nothing was changed here at ${request.path ?? ""}; psync status lists what was`,
					};
			}
		}
	}
}

function otherMode(engine: Engine): string {
	return `this device runs in the mode ${engine.status().mode}`;
}
