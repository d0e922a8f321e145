// The page "What syncs" of the settings, in Japanese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { files } from "./common.ts";

export const scopeText = {
	heading: "同期する内容",
	headingDesc: "このデバイスで対象外にするフォルダ、ファイルの種類、サイズを決めます。",
	leftOutShort: (count) => (count === undefined || count === 0 ? "" : `${number(count)} 個が対象外`),

	here: "このデバイス",
	takePart: (count) => `このデバイスでは ${files(count)}が同期の対象です`,
	unknown: "同期が始まると表示されます。",
	leftOut: (count) =>
		count === 0
			? "ほかのデバイスのファイルで、ここで対象外のものはありません。"
			: `ほかのデバイスの ${files(count)}は、ここでは対象外です。`,
	tooLarge: (count) => `このデバイスか別のデバイスの ${files(count)}が、下の上限を超えています。`,
	nothingDeleted:
		"対象外にしても、ここでもほかのデバイスでも何も削除されません。このデバイスにそのまま残るだけです。もう一度対象にすると、最新の状態になります。",

	folders: {
		notIn: {
			heading: "対象外のフォルダ",
			none: "ありません。フォルダを追加すると、その中のものはこのデバイスから送られず、受け取られもしません。",
			add: "フォルダを対象外にする",
		},
		onlyIn: {
			heading: "これらのフォルダだけ",
			none: "ないので、すべてのフォルダが対象です。追加すると、その外にあるものは対象外になります。",
			add: "対象のフォルダを追加",
		},
	},
	pickFolder: "フォルダ名の一部を入力",
	noFolder: "名前にこれを含むフォルダはありません。",
	filesIn: (count) => `この保管庫に ${files(count)}`,
	noSuchFolder: "いまこの保管庫にはありません。",

	kinds: "ファイルの種類",
	kindNames: {
		notes: { name: "ノート", desc: ".md で終わるファイル。" },
		canvases: { name: "キャンバスとベース", desc: ".canvas か .base で終わるファイル。" },
		images: { name: "画像", desc: ".png、.jpg、.heic、.svg、.webp など。" },
		audio: { name: "音声", desc: ".mp3、.m4a、.wav、.ogg など。" },
		video: { name: "動画", desc: ".mp4、.mov、.webm、.mkv など。" },
		pdfs: { name: "PDF", desc: ".pdf で終わるファイル。" },
		others: { name: "そのほかのファイル", desc: ".zip や .docx など、ほかの名前で終わるもの。" },
	},

	sizesAndPatterns: "サイズとパターン",
	largest: "ファイルの最大サイズ",
	largestDesc: "これより大きいファイルは、このデバイスから送られません。下の設定がオンの間だけ、分割して受け取ります。",
	largestOnPhone: (mib) =>
		`スマートフォンとタブレットでは、最初は ${number(mib)} MB です。ファイル全体をメモリに置く必要があり、大きすぎるとシステムがアプリを終了させます。`,
	receivesLarge: "大きいファイルを分割して受け取る",
	receivesLargeDesc:
		"これより大きいファイルも、ほかのデバイスから数メガバイトずつ届き、そこでの変更に従います。このデバイスで変更した内容はここに残り、送られません。",
	upTo: (mib) => (mib === 0 ? "制限なし" : `${number(mib)} MB`),

	patterns: "パターン",
	patternsDesc:
		".gitignore ファイルと同じく、1 行に 1 つ書きます。*.tmp はそれで終わるすべてのファイルを、/Drafts/ はフォルダを対象外にし、先頭に ! を付けるともう一度対象にします。保管庫の一番上にあるファイル .psyncignore に書かれ、このデバイスだけに、ボタンを押したときから効きます。",
	patternsPlaceholder: "*.tmp\n/Drafts/",
	usePatterns: "このパターンを使う",
	dropPatterns: "変更を取り消す",
	matchNone: "この保管庫で一致するファイルはありません。",
	matches: (count, all, names, isChanged) =>
		`この保管庫の ${files(all)}のうち ${number(count)} 個${isChanged ? "が対象外になります" : "を対象外にしています"}：${names}。`,
	matchesNoMore: (count, names) => `いま対象外の ${files(count)}が対象になり、ほかのデバイスに送られます：${names}。`,
	more: (count) => `ほか ${number(count)} 個`,
	fromElsewhere: "その間に別のプログラムがこれを書きました：必要なものを残して、もう一度ボタンを押してください",
	unreadable: (why) => `ファイル .psyncignore を読み取れません（${why}）。これまでの規則がそのまま有効です。`,
	notWritten: (why) => `パターンを保存できませんでした（${why}）。まだここに残っています。もう一度お試しください。`,
} as const satisfies Words["scopeText"];
