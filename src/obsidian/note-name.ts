// What a person calls a file: a note by its name alone, any other with its ending; with the folders, as they tell files of one name apart.
export function noteName(path: string): string {
	return path.replace(/\.md$/, "");
}
