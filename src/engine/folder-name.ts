// How a disk writes the name of a folder: what told of it, or a record of it, may call it as it was before. Rule B6 of readme/SPEC.md.
import { parentPath, pathKey, type VaultPath } from "../core/path.ts";
import type { Vault } from "./ports/vault.ts";

/** `folder` itself when its name cannot be found out. Above its own name it is as it was asked for. */
export async function folderAsSpelled(vault: Vault, folder: VaultPath): Promise<VaultPath> {
	const key = pathKey(folder);
	const beside = await vault.list(parentPath(folder)).catch(() => []);
	const spelled = beside.flatMap((entry) =>
		entry.kind === "folder" && pathKey(entry.path) === key ? [entry.path] : [],
	);
	return spelled.includes(folder) ? folder : (spelled[0] ?? folder);
}
