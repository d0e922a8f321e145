// Editors hold text that is not yet on disk. Before a file is compared and replaced, that text is saved, so that the
// comparison sees what the person wrote.
import { TextFileView } from "obsidian";
import type { Workspace } from "obsidian";

/** Saves every editor that shows `path` and holds unsaved text, in all panes and windows. */
export async function saveOpenEditors(workspace: Workspace, path: string): Promise<void> {
	const unsaved: TextFileView[] = [];
	workspace.iterateAllLeaves(({ view }) => {
		if (view instanceof TextFileView && view.file?.path === path && holdsUnsavedText(view)) unsaved.push(view);
	});
	for (const view of unsaved) await view.save();
}

/**
 * `dirty` is no public field. Where it is missing, the buffer is compared with what the view last loaded or saved; saving a
 * clean view on suspicion could put old text over a newer file.
 */
function holdsUnsavedText(view: TextFileView & { readonly dirty?: unknown }): boolean {
	return typeof view.dirty === "boolean" ? view.dirty : view.getViewData() !== view.data;
}
