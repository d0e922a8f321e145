// Conflicts, in Japanese.
import type { Words } from "../catalog.ts";
import { number, size } from "../counting.ts";
import { date, dateAndTime } from "../times.ts";
import { labelled } from "./common.ts";

export const conflictText = {
	title: "競合",
	show: "競合を表示",
	none: "競合はありません。ノートが 2 台のデバイスで同時に編集され、2 つの文章を 1 つにまとめられないときは、両方が残り、ここに並びます。",
	notRunning: "同期が始まると競合が表示されます。",
	from: (author) =>
		author === "" ? "もう一方の文章は別のデバイスのものです" : `もう一方の文章は ${author} のものです`,
	fromOn: (author, day) => `もう一方の文章は ${author} のものです（${date(day)}）`,
	older: "ノートはその後に編集されました",
	openLabel: (note) => `${note} の両方の文章を見る`,

	dialogTitle: (note) => `「${note}」の 2 つのバージョン`,
	intro: "残すものを選んでください。残さないものは、このデバイスの履歴に入ります。",
	introFolder:
		"このファイルと同じ名前のフォルダがあるため、別の名前で置かれています。名前を付けるか、削除してください。",
	countOf: (place, all) => `${number(place)}/${number(all)}`,
	previous: "前の競合",
	next: "次の競合",

	facts: (bytes, ms) => `${size(bytes)}、${dateAndTime(ms)}`,

	keepBoth: "両方を残す",
	keepBothHint: "2 つ目は別のファイルになります。",
	merge: "統合",
	giveName: "名前を付ける",
	drop: "削除",

	mergeIntro:
		"2 つの文章が違うところには、統合した文章に両方が入っています。それぞれの箇所で残すものを選ぶか、そこに書いてください。あなたが決めるまで、何も保存されません。",
	place: (at, all) => `箇所 ${number(at)}/${number(all)}`,
	take: { first: "1：ノート", second: "2：もう一方の文章", both: "両方" },
	takeLabel: (what, place) => labelled(place, what),
	textAt: (place) => labelled(place, "残す内容"),
	wholeText: "統合した文章",
	editWhole: "1 つの文章として編集",
	saveMerged: "統合した文章を保存",
	back: "戻る",

	named: (name) => `名前は「${name}」になりました。`,
	merged: "統合した文章がノートになりました。以前の 2 つの文章は履歴にあります。",
	dropped: "削除しました。履歴には残っています。",
	last: "これが最後の競合でした。",
	gone: "この競合は、その間にここか別のデバイスで解決されました。",
	changed: "2 つの文章の一方がちょうど変わりました。これが今の内容です。何も上書きされていません。",
	changedMerge:
		"2 つの文章の一方がちょうど変わったため、何も保存していません。今の内容を表示しています。統合した文章は下にあります。",
	working: "お待ちください。",
	refusals: {
		"bad-path":
			"その名前は、すべてのデバイスで使えるわけではありません。自分でファイル名を変更してから、もう一度ここを見てください。",
		"left-out": "このファイルは、このデバイスでは同期の対象外です。別のデバイスで決めてください。",
		taken: "その名前のファイルがちょうど作られました。もう一度お試しください。",
		"folder-there": "その名前のフォルダがあります。代わりに両方を残してください。文章には別の名前が付きます。",
		"file-above":
			"入れ先のフォルダと同じ名前のファイルがあります。そのファイルの名前を変更して、もう一度お試しください。",
		"no-space": "このデバイスに空き容量がありません。空きを作って、もう一度お試しください。",
		held: "決まりましたが、いまはここに書き込めません。自動で再試行します。",
		"receive-only": "このデバイスは受信だけです。別のデバイスで決めてください。",
	},
	failed: (why) => `うまくいきませんでした（${why}）。何も上書きされていません。もう一度お試しください。`,
} as const satisfies Words["conflictText"];

export const versionWords = {
	note: {
		first: "ノートの内容",
		firstFrom: (author) => `ノートの内容（${author}）`,
		second: "もう一方の文章",
		secondFrom: (author) => `もう一方の文章（${author}）`,
		keepFirst: "1 を残す：ノート",
		keepSecond: "2 を残す：もう一方の文章",
		kept: {
			file: "ノートはそのまま残ります。もう一方の文章は履歴にあります。",
			copy: "もう一方の文章がノートになりました。以前の内容は履歴にあります。",
			both: (name) => `両方が残ります。もう一方の文章は「${name}」にあります。`,
		},
	},
	file: {
		first: "このファイル",
		firstFrom: (author) => `このファイル（${author}）`,
		second: "もう一方",
		secondFrom: (author) => `もう一方（${author}）`,
		keepFirst: "1 を残す：このファイル",
		keepSecond: "2 を残す：もう一方",
		kept: {
			file: "ファイルはそのまま残ります。もう一方は履歴にあります。",
			copy: "もう一方がここに置かれました。以前の内容は履歴にあります。",
			both: (name) => `両方が残ります。もう一方の名前は「${name}」になりました。`,
		},
	},
} as const satisfies Words["versionWords"];

export const compareText = {
	layout: "並べ方",
	sides: "左右に並べる",
	inline: "上下に並べる",
	region: "2 つの文章の比較",
	equalLines: (count) => `同じ内容の ${number(count)} 行を表示`,
	onlyIn: (heading) => `こちらだけ：${heading}`,
	noDifference: "2 つの文章は同じ内容です。違うのは改行の仕方か、表示されない文字だけです。",
	tooLarge: "違いが多すぎるため、ここで 1 行ずつ比べることはできません。両方のファイルを開いて読んでください。",
	noPreview: "この種類のファイルはここに表示できません。サイズと日付を比べるか、両方のファイルを開いてください。",
	pictureOf: (heading) => `画像：${heading}`,
	nothing: "いまこの名前のファイルはありません。",
} as const satisfies Words["compareText"];
