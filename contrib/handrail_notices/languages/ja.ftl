### Notices in Japanese, in the polite form.

what-nudge = 投稿する前に：このまま送信してよろしいですか？
what-limit = 表示されていますが、制限があります。
what-hold = 確認が済み次第、表示されます。
what-block = 投稿されませんでした。

neutral-nudge = 投稿する前に：このまま送信してよろしいですか？
neutral-limit = 表示される場所が少なくなっています。
neutral-hold = ありがとうございます。確認が済み次第、表示されます。
neutral-block = 投稿できませんでした。

care = 今、つらい状況にいらっしゃるのかもしれません。あなたはひとりではありません。話してくださってよかったです。
care-help = 責めることなく話を聴いてくれる人たちがいます：
help = ご自身や身近な方に関わることでしたら、こちらに相談できます：
card = { $name }：{ $phone }
card-text = { $name }（メッセージ）：{ $text }
card-link = { $name }：
emergency = 今すぐの危険がある場合は、お住まいの地域の緊急通報番号に電話してください。
emergency-number = 今すぐの危険がある場合は、{ $phone } に電話してください。
emergency-name = 地域の緊急通報番号

because-ai = 自動アシスタントの悪用、またはその回答を専門家の助言として示すものと見られます。
because-dangerous_knowledge = 重大な危害の加え方を説明するものと見られます。
because-exploitation = 人の搾取に関わるものと見られます。
because-fraud = お金、商品、または身元について人を欺くものと見られます。
because-goods = ここで提供できないものを提供していると見られます。
because-harassment = 誰かを侮辱、脅迫、またはつきまとうものと見られます。
because-hate = 属性を理由に人を攻撃するものと見られます。
because-integrity = 人を誤解させるものと見られます。
because-intellectual_property = 他の人に権利があるものを使っていると見られます。
because-offline = このサービスの外で誰かを危険にさらすものと見られます。
because-other = この場のルールに合わないものと見られます。
because-privacy = 私的な情報を公開するものと見られます。
because-self_harm = つらい状況にある方にとって危険なものと見られます。
because-sexual = この場にふさわしくない性的な内容と見られます。
because-violence = 暴力を表示、予告、または称賛するものと見られます。
unseen = まだ十分に確認できていません。
clause = 該当するルール：{ $clause }
law = 該当する法律：{ $law }
automated = この判断は自動で行われました。
by-person = この判断は人が行いました。

hold-until = { $until }（UTC）までに確認します。
hold-creator = この場の管理者が { $until }（UTC）までに確認します。
until = { $until }（UTC）に終了します。

effect-label = ラベルが付いて表示されます。
effect-reach = 表示される人が少なくなっています。
effect-reach-0 = ご自身だけに表示されています。
effect-min_viewer_age = 一定の年齢以上の人にだけ表示されます。
effect-geo_block = 次の国・地域では表示されません：{ $regions }。
effect-deny = ここでできることの一部が停止されています。
effect-money = 支払いが停止されています。
appeal = 誤りだと思われる場合は、人による再確認を求めることができます：

revised = 再確認の結果、判断が変わりました。
revised-allow = 再確認の結果、制限はなくなりました。

reply-receipt = ありがとうございます。報告を受け付けました。確認いたします。
reply-acted-on = 報告された内容を確認し、対応しました。
reply-not-acted-on = 報告された内容を確認しましたが、ルール違反は見つかりませんでした。
reply-reversed = 報告された内容を再確認し、以前の対応を取り消しました。
reply-won = 再確認し、判断を変更しました。
reply-lost = 再確認しましたが、判断は変わりません。
reply-warning = 明らかに根拠のない報告がいくつかありました。続く場合は、しばらくの間、報告を確認しません。
reply-suspension = 明らかに根拠のない報告が多数ありました。{ $until }（UTC）まで、命や子どもに危険がある場合を除き、報告を保留します。
