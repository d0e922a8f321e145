// Numbers as the language of the app writes them.
import { language } from "./language.ts";

export function number(value: number): string {
	return value.toLocaleString(language());
}
