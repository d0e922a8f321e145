// What was there before, in Japanese.
import type { Words } from "../catalog.ts";
import { number, size } from "../counting.ts";
import { dateAndTime } from "../times.ts";
import { files, labelled } from "./common.ts";

export const historyText = {
	title: "履歴",
	showVersions: "このノートの履歴を表示",
	showDeleted: "削除したノートを表示",
	showUndo: "ほかのデバイスの最近の変更を元に戻す…",
	notRunning: "同期が始まると履歴が表示されます。",
	noNote: "ノートを開くと、以前のバージョンが表示されます。",
	noVersions: (note) =>
		`このデバイスに「${note}」の以前のバージョンはありません。別のデバイスの変更で置き換わるたびに、ここに保管されます。`,
	versionsOf: (note) => `「${note}」の以前のバージョン`,
	deleted: "削除したノート",
	undo: "変更を元に戻す…",

	replacedBy: (who) => `${who} の変更で置き換え`,
	deletedBy: (who) => `${who} で削除`,
	replacedHere: "このデバイスで置き換え",
	deletedHere: "このデバイスで削除",
	replaced: "置き換え",
	wasDeleted: "削除",
	line: (why, bytes) => `${why}、${size(bytes)}`,
	at: (ms) => dateAndTime(ms),
	lookLabel: (note, ms) => `${dateAndTime(ms)} より前の ${note} を見る`,

	versionTitle: (note) => `以前の「${note}」`,
	then: (ms) => `${dateAndTime(ms)} より前`,
	now: "現在",
	factsNow: (bytes) => size(bytes),
	same: "ノートは今、ちょうどこの文章です。",
	restore: "このバージョンを復元",
	restoreDeleted: "復元",
	restoreLabel: (note) => `${note} を復元`,
	look: "見る",
	older: "古いバージョン",
	newer: "新しいバージョン",
	countOf: (place, all) => `${number(place)}/${number(all)}`,
	restored: (note) => `「${note}」を復元しました。以前の内容は履歴にあります。`,
	isSame: (note) => `「${note}」はすでにその内容です。`,
	lost: "このバージョンはもう保管されていません。古いものは新しいものに場所を譲ります。",
	noDeleted:
		"このデバイスに、削除したノートは保管されていません。ほかのデバイスが削除したノートは、しばらくここに保管されます。ここで削除したものは、「ファイルとリンク」で設定したゴミ箱に入ります。",
	deletedIntro:
		"あなたのデバイスで削除され、このデバイスにまだ保管されているものです。復元すると、すべてのデバイスに戻ります。",
	filter: "名前で絞り込む",
	more: (count) => `ほかに ${number(count)} 件あります。名前で絞り込むと見つかります。`,
	noMatch: "名前にそれを含む削除したノートはありません。",
	refusals: {
		"no-version": "このバージョンはもう保管されていません。",
		"not-kept": "このバージョンを持つデバイスはもうありません。",
		"bad-path": "その名前は、すべてのデバイスで使えるわけではありません。",
		"left-out": "このファイルは、このデバイスでは同期の対象外です。別のデバイスで復元してください。",
		"folder-there": "いまその名前のフォルダがあります。フォルダの名前を変更して、もう一度お試しください。",
		"file-above":
			"入れ先のフォルダと同じ名前のファイルがあります。そのファイルの名前を変更して、もう一度お試しください。",
		held: "復元しましたが、いまはここに書き込めません。自動で再試行します。",
		"changed-since": "別のデバイスがこのファイルをちょうど変更しました。内容を確認して、もう一度お試しください。",
		"receive-only": "このデバイスは受信だけです。別のデバイスで復元してください。",
	},
	failed: (why) => `うまくいきませんでした（${why}）。もう一度お試しください。`,

	undoTitle: "変更を元に戻す",
	undoIntro: "元に戻すものを選んでください。実行する前に、何が起きるかを確認できます。",
	noBatches: "元に戻すものはありません。変更は、同期が始まった時からここに記録されます。",
	noOthers: "最近、ほかのデバイスはここで何も変更していません。",
	who: (by) => (by === "" ? "あるデバイス" : by),
	here: "このデバイス",
	batch: (who, count) => `${files(count)}（${who}）`,
	andMore: (more) => `ほか ${number(more)} 件`,
	names: (names, more) => (more === 0 ? names.join("、") : `${names.join("、")}、ほか ${number(more)} 件`),
	previewTitle: (who, ms) => `${dateAndTime(ms)} の変更（${who}）`,
	previewIntro: "これはすべてのデバイスに反映されます。同じ方法で元に戻せます。",
	steps: {
		back: (count) => `${files(count)}が戻ります`,
		earlier: (count) => `${files(count)}が以前の文章に戻ります`,
		removed: (count) => `${files(count)}がもう一度なくなります`,
		left: (count) => `${files(count)}はそのままです`,
	},
	nothingToDo: "いま元に戻せるものはありません。",
	undoNow: "すべてのデバイスで元に戻す",
	otherChanges: "ほかの変更",
	cancel: "キャンセル",
	leftReasons: {
		"changed-since": "その後に変更されました",
		"left-out": "このデバイスでは同期の対象外です",
		"not-kept": "その文章を持つデバイスがもうありません",
		"receive-only": "このデバイスは受信だけです",
		held: "いまはここに書き込めません",
	},
	leftLine: (path, why) => labelled(path, why),
	undone: (restored, removed) =>
		`元に戻しました：${files(restored)}が以前の状態です${removed === 0 ? "" : `。${files(removed)}がもう一度なくなりました`}。`,
	undoneLeft: (left) => `${files(left)}はそのままです。`,
	working: "お待ちください。ここにないものを、ほかのデバイスに問い合わせています。",
} as const satisfies Words["historyText"];
