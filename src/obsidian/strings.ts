// Every sentence a person reads, in the language of the app; English where it has one that is not among them. What each says is in
// words/: plain words, sentence case, and always what to do next.
import { filled } from "./words/catalog.ts";
import type { Catalog, Words } from "./words/catalog.ts";
import * as de from "./words/de/index.ts";
import * as en from "./words/en/index.ts";
import * as es from "./words/es/index.ts";
import * as ja from "./words/ja/index.ts";
import { baseOf, language } from "./words/language.ts";
import * as zh from "./words/zh/index.ts";

const languages: Readonly<Record<string, Words>> = { de, es, ja, zh };

const catalog: Catalog = filled(en, languages[baseOf(language())]);

export const {
	actions,
	activityWords,
	ago,
	attention,
	cliText,
	deletionsText,
	deviceNames,
	deviceText,
	facts,
	files,
	gap,
	groupText,
	heldReasons,
	heldText,
	keyProblems,
	labelled,
	linkProblems,
	list,
	mailboxText,
	notices,
	otherSyncText,
	pairingText,
	panelText,
	peerText,
	phaseSentences,
	phaseWords,
	problemCauses,
	problemSentences,
	product,
	receiptText,
	recipeText,
	refusals,
	relayTestText,
	removalText,
	report,
	rulesSentence,
	scopeText,
	settingsProblems,
	settingsText,
	setupText,
	sheetText,
	standings,
	typingText,
} = catalog;
