// Every sentence a person reads, in the language of the app; English where it has one that is not among them. What each says is in
// words/: plain words, sentence case, and always what to do next.
import type { Words } from "./words/catalog.ts";
import * as de from "./words/de/index.ts";
import { keptInOrder, runsFromRightToLeft } from "./words/direction.ts";
import * as en from "./words/en/index.ts";
import * as es from "./words/es/index.ts";
import * as ja from "./words/ja/index.ts";
import { appLanguage, baseOf, language } from "./words/language.ts";
import * as zh from "./words/zh/index.ts";

const languages: Readonly<Record<string, Words>> = { de, en, es, ja, zh };

const words = languages[baseOf(language())] ?? en;
const catalog: Words = runsFromRightToLeft(appLanguage()) ? keptInOrder(words) : words;

export const {
	actions,
	activityWords,
	ago,
	attention,
	cliText,
	compareText,
	conflictText,
	deletionsText,
	deviceNames,
	deviceText,
	devicesWords,
	facts,
	files,
	firstLookText,
	gap,
	groupText,
	heldText,
	historyText,
	heldWords,
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
	relayTestText,
	removalText,
	report,
	rulesSentence,
	scopeText,
	searchWords,
	settingsProblems,
	settingsSyncText,
	settingsText,
	setupText,
	sheetText,
	typingText,
	versionWords,
	storageWords,
	whereWords,
} = catalog;

/** By a code, which may be one that has no words. */
type ByCode<T> = Readonly<Record<string, T>>;
export const heldReasons: ByCode<string> = catalog.heldReasons;
export const refusals: ByCode<string> = catalog.refusals;
export const standings: ByCode<{ readonly words: string; readonly sentence: string }> = catalog.standings;
