// Every sentence a person reads, in the language of the app; English where it has one that is not among them. What each says is in
// words/: plain words, sentence case, and always what to do next.
import type { Catalog } from "./words/catalog.ts";
import * as en from "./words/en/index.ts";
import { language } from "./words/language.ts";

const languages: Readonly<Record<string, Catalog>> = { en };

const catalog: Catalog = languages[language()] ?? languages[language().split("-")[0] ?? ""] ?? en;

export const {
	actions,
	ago,
	attention,
	deviceNames,
	deviceText,
	heldReasons,
	heldText,
	list,
	mailboxText,
	notices,
	pairingText,
	peerText,
	phaseSentences,
	phaseWords,
	plural,
	problemSentences,
	product,
	receiptText,
	refusals,
	removalText,
	settingsProblems,
	settingsText,
	sheetText,
	standings,
} = catalog;
