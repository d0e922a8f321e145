// The settings tab, in Japanese.
import type { Words } from "../catalog.ts";
import { number } from "../counting.ts";

export const settingsText = {
	status: "状態",
	connection: "接続",
	thisDevice: "このデバイス",

	relay: "中継サーバーのアドレス",
	relayDesc:
		"デバイスは中継サーバーを通じてお互いを見つけます。電源が切れているデバイスにまだ届いていないものも、鍵をかけた状態で預かりますが、ノートを読むことはできません。すべてのデバイスで同じアドレスを使ってください。スマートフォンでは wss:// で始まるものが必要です。",
	relayPlaceholder: "wss://relay.example.org",

	accessCode: "アクセスコード",
	accessCodeDesc: "中継サーバーが求める場合だけ入力します。中継サーバーを起動した場所に表示されます。",

	plainRelay: "暗号化されていない中継サーバー",
	plainRelayDesc:
		"自分のネットワーク内にあり、アドレスが ws:// で始まる中継サーバーだけのための設定です。同じネットワークにいる人は、デバイスがいつオンラインかと、アクセスコードを見られます。ノートは見られません。",

	groupKey: "グループキー",
	groupKeyNone:
		"同じグループキーを持つデバイスは、保管庫を同じ内容に保ちます。最初のデバイスでキーを作成してください。ほかのデバイスでは、そのコードをカメラで読み取るか、リンクかキーをここに貼り付けてください。",
	groupKeyOther:
		"別のグループのリンクかキーを貼り付けるか、新しいグループを始めるキーを作成してください。なくしたデバイスを締め出すには、「デバイス」でその横の「削除」を押してください。",
	groupKeySet: (name) => `この保管庫はグループ ${name} に参加しています。ほかのデバイスにも同じ名前が表示されます。`,
	groupKeyShown:
		"このキーを持つ人は、保管庫のすべてを読んで変更できます。自分のデバイスにだけ渡し、控えを安全な場所に保管してください。",
	groupKeyPlaceholder: "リンクかキーを貼り付け",
	createKey: "キーを作成",
	useKey: "参加",
	showKey: "表示",
	hideKey: "非表示",
	changeKey: "変更",
	cancel: "キャンセル",
	changeKeyTitle: "グループキーを変更しますか？",
	changeKeyText:
		"この保管庫は今のグループを離れ、新しいキーのグループに参加します。両方のファイルは残り、一つにまとまります。ほかのデバイスは今のグループに残ります。",
	changeKeyConfirm: "キーを変更",

	deviceName: "デバイス名",
	deviceNameDesc: "ほかのデバイスに表示される名前です。競合のコピーの名前にも使われます。",

	wifiOnly: "Wi-Fi のみ",
	wifiOnlyDesc:
		"モバイルデータ通信では送信も受信もしません。変更は覚えてあり、Wi-Fi につながると送られます。「今すぐ同期」を選ぶと、ネットワークが変わるまで同期します。",

	limitUp: "アップロードの上限（KB/秒）",
	limitUpDesc: "遅い回線のための設定です。すべてのデバイスと中継サーバーの合計にかかります。0 で最速になります。",
	limitDown: "ダウンロードの上限（KB/秒）",
	limitDownDesc: "このデバイスが受け取るものについて、同じ働きをします。",

	debounce: "送信までの待ち時間（ミリ秒）",
	debounceDesc:
		"ノートの変更が送られるまでに、どれだけ手を止める必要があるかを 1000 分の 1 秒単位で決めます。100 ならすぐに感じます。大きくすると、入力中に送る回数が減ります。",
} as const satisfies Words["settingsText"];

export const settingsProblems = {
	relayScheme:
		"中継サーバーのアドレスは wss:// で始まります（このパソコンで動いている場合は ws:// でもかまいません）。",
	relayAddress:
		"これは中継サーバーのアドレスではありません。名前と、必要ならポートだけを入力します。例：wss://relay.example.org、ws://127.0.0.1:9000。",
	relayPlain:
		"このアドレスは暗号化されていません。wss:// で始まるものを使うか、下の「暗号化されていない中継サーバー」をオンにして、もう一度入力してください。",
	relayPlainOnPhone: "スマートフォンでは、wss:// で始まるアドレスが必要です。",
	deviceName: (max) => `名前は 1 文字から ${number(max)} 文字までです。`,
	wholeNumber: (min, max) => `${number(min)} から ${number(max)} までの整数を入力してください。`,
} as const satisfies Words["settingsProblems"];

export const deviceNames = {
	iphone: "iPhone",
	ipad: "iPad",
	androidPhone: "Android スマートフォン",
	androidTablet: "Android タブレット",
	mac: "Mac",
	windows: "Windows パソコン",
	linux: "Linux パソコン",
	other: "デバイス",
} as const satisfies Words["deviceNames"];
