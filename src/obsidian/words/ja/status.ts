// How it goes, in Japanese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";
import { ago, files, labelled, product } from "./common.ts";

const setUpNeeds = { relay: "中継サーバーのアドレス", "group-key": "グループキー" } as const;
const needs = (missing: readonly (keyof typeof setUpNeeds)[]): string =>
	missing.map((what) => setUpNeeds[what]).join("と");

export const phaseWords = {
	notSetUp: "未設定",
	starting: "開始中",
	failed: "開始できませんでした",
	attention: "確認が必要です",
	paused: "一時停止中",
	waitingForWifi: "Wi-Fi を待っています",
	offline: "オフライン",
	connecting: "接続中",
	waiting: "デバイスを待っています",
	inSync: "同期済み",
	syncing: (done, total) => (total > 0 ? `同期中 ${String(done)}/${String(total)}` : "同期中"),
} as const satisfies Words["phaseWords"];

export const phaseSentences = {
	notSetUp: (missing: Parameters<typeof needs>[0]) =>
		`始めるには、このメニューか ${product} の設定で「セットアップ」を選んでください。足りないもの：${needs(missing)}。`,
	notSetUpHere: (missing: Parameters<typeof needs>[0]) =>
		`始めるには、上の「セットアップ」を押すか、下で${needs(missing)}を入力してください。`,
	starting: "この保管庫のファイルを調べています。",
	failed: (message) => `同期を開始できませんでした。自動で再試行します：${message}`,
	paused: "送信も受信もしていません。変更は覚えてあり、再開すると送られます。",
	waitingForWifi:
		"このデバイスはモバイルデータ通信中で、「Wi-Fi のみ」が選ばれています。変更は覚えてあり、Wi-Fi につながると送られます。それでも同期するには「今すぐ同期」を選んでください。",
	offline: "中継サーバーにつながりません。インターネット接続を確認してください。変更は覚えてあり、自動で送られます。",
	refused:
		"中継サーバーは応答していますが、このデバイスを受け入れません。設定で中継サーバーのアドレスとアクセスコードを確認してください。",
	connecting: "ほかのデバイスを探しています。",
	waiting: "いまオンラインのデバイスはほかにありません。どれかがオンラインになると、変更が送られます。",
	waitingKept:
		"いまオンラインのデバイスはほかにありません。足りないものは中継サーバーに預けてあるので、このデバイスを閉じてもかまいません。",
	inSync: (count, devices) => `${files(count)}が、このデバイスとほかの ${number(devices)} 台のデバイスで同じ内容です。`,
	syncing: (toReceive, toSend) => `受信待ち ${number(toReceive)} 個、送信待ち ${number(toSend)} 個。`,
} as const satisfies Words["phaseSentences"];

export const report = ((words, sentence) => `${words}。${sentence}`) satisfies Words["report"];

export const attention = {
	fallback: "確認していただきたいことがあります。",
	andMore: (first, more) => `${first}ほかに ${number(more)} 件あります。`,
} as const satisfies Words["attention"];

export const standings = {
	"device-waiting": {
		words: "承認待ち",
		sentence: `別のデバイスでの承認を待っています。そこで ${product} の設定を開き、このデバイスの横の「承認」を押してください。あとは自動で進みます。`,
	},
	"device-gone": {
		words: "グループから削除されました",
		sentence:
			"あなたの別のデバイスが、このデバイスをグループから削除しました。ファイルはここに残り、送信も受信もしません。戻るには、グループにいるデバイスのコードを読み取るか、グループキーの横の「変更」を押してそのリンクを貼り付けてください。",
	},
} as const satisfies Words["standings"];

const badName = "ほかのデバイスで使えない文字が名前に含まれています。名前を変更してください。";

export const heldReasons = {
	"illegal-name":
		"このデバイスはその名前のファイルを保存できません。ここでも使うには、別のデバイスで名前を変更してください。",
	blocked: "フォルダとファイルがここで同じ名前になっています。どちらかの名前を変更してください。",
	"case-collision": "大文字と小文字だけが違う別のファイルがあります。どちらかの名前を変更してください。",
	locked: "別のプログラムが使用中です。自動で再試行します。",
	"read-only": "ここでは書き込めません。ファイルとフォルダのアクセス権を確認してください。",
	"no-space": "このデバイスに空き容量がありません。空きを作ると、あとは自動で進みます。",
	"vault-missing": "保管庫のフォルダが見つかりません。戻るまで何も変更しません。",
	"vault-emptied": "この保管庫にはほとんど何も残っていません。先に、それで正しいかどうかを答えてください。",
	"ping-pong":
		"2 台のデバイスのプログラムが交互に変更しているため、送る間隔を少しずつ長くしています。どちらかを止めてください。",
	changing: "別のプログラムが書き続けています。自動で再試行します。",
	"too-large":
		"このデバイスが受け取る大きさを超えています。同期するには、設定の「同期する内容」で「ファイルの最大サイズ」を上げてください。",
	io: "デバイスが読み書きできませんでした。自動で再試行します。",
	"no-device-has-it":
		"接続中のどのデバイスにも内容がありません。内容を持つデバイスがつながると自動で届きます。どれにもない場合は、もう一度保存してください。",
	"no-name": "コピーに付けられる名前がありません。このファイルか、並んでいるコピーの名前を変更してください。",
	"too-long": "ほかのデバイスにはパスが長すぎます。短くしてください。",
	"too-deep": "ほかのデバイスにはフォルダの階層が深すぎます。上の階層に移動してください。",
	"segment-too-long": "ほかのデバイスには名前が長すぎます。短くしてください。",
	backslash: badName,
	"control-character": badName,
	"bidi-control": badName,
	"invisible-character": badName,
	"lone-surrogate": badName,
	"not-nfc": badName,
	hidden: badName,
	reserved: badName,
	"dot-segment": badName,
} as const satisfies Words["heldReasons"];

export const heldText = ((path, reason) => `「${path}」は待機中：${reason}`) satisfies Words["heldText"];

export const peerText = {
	line: (name, words) => labelled(name, words),
	inSync: "同期済み",
	sending: (count) => `${files(count)}を送信中`,
	syncing: "同期中",
	connecting: "接続中",
	online: "オンライン、まだ接続していません",
	paused: "一時停止中",
	refused: (why) => `拒否：${why}`,
	unproved: "あなたのデバイスだと証明できませんでした",
	notSeen: "まだ見かけていません",
	lastSeen: (elapsedMs) => `最終確認：${ago(elapsedMs)}`,
} as const satisfies Words["peerText"];

export const refusals = {
	self: "このデバイスのコピーです",
	version: `両方のデバイスで ${product} を更新してください`,
	malformed: `両方のデバイスで ${product} を更新してください`,
	removed: "グループから削除されました",
	"you-were-removed": "このデバイスはグループから削除されました",
	waiting: "あなたのデバイスの設定で承認されるのを待っています",
	"you-are-waiting": "このデバイスは別のデバイスでの承認を待っています",
	"no-roster": `そこで ${product} を更新してください`,
	"roster-awaited": "どちらも新しいため、グループに長くいるデバイスを待っています",
	"not-of-link":
		"このデバイスのリンクが示したグループにいません。グループを離れ、このデバイスをペアリングし直してください",
	"other-roster": "同じキーを持つ別のグループにいます。どちらか一方をペアリングし直してください",
	"other-epoch": "自分の変更に別のデバイスの名前を使っています。グループから削除してください",
} as const satisfies Words["refusals"];
