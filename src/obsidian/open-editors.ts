// Editors hold text that is not yet on disk. Before a file is compared and replaced, that text is saved, so that the
// comparison sees what the person wrote.
import { TextFileView } from "obsidian";
import type { Workspace } from "obsidian";

/**
 * Saves every editor that shows `path` and holds unsaved text, in all panes and windows. Resolves to those that hold none any more:
 * where one does later, a person has gone on typing.
 */
export async function saveOpenEditors(workspace: Workspace, path: string): Promise<readonly TextFileView[]> {
	const open: TextFileView[] = [];
	workspace.iterateAllLeaves(({ view }) => {
		if (view instanceof TextFileView && view.file?.path === path) open.push(view);
	});
	for (const view of open) if (holdsUnsavedText(view)) await view.save();
	// Some kinds of views call themselves unsaved for good: they hold up nothing.
	return open.filter((view) => !holdsUnsavedText(view));
}

/**
 * `dirty` is no public field. Where it is missing, the buffer is compared with what the view last loaded or saved; saving a
 * clean view on suspicion could put old text over a newer file.
 */
export function holdsUnsavedText(view: TextFileView & { readonly dirty?: unknown }): boolean {
	return typeof view.dirty === "boolean" ? view.dirty : view.getViewData() !== view.data;
}
