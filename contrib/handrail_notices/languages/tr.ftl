### Notices in Turkish, in the form "siz".

what-nudge = Paylaşmadan önce: bunu bu haliyle göndermek istiyor musunuz?
what-limit = Bu görülebiliyor, ama sınırlı olarak.
what-hold = Bu, incelendikten sonra görünecek.
what-block = Bu yayımlanmadı.

neutral-nudge = Paylaşmadan önce: bunu bu haliyle göndermek istiyor musunuz?
neutral-limit = Bu, daha az yerde gösteriliyor.
neutral-hold = Teşekkürler. Bu, incelendikten sonra görünecek.
neutral-block = Bu yayımlanamadı.

care = Şu anda zor bir dönemden geçiyor gibisiniz. Yalnız değilsiniz ve bunu dile getirmeniz iyi bir şey.
care-help = Burada sizi yargılamadan dinleyecek insanlar var:
help = Bu sizi veya tanıdığınız birini ilgilendiriyorsa, burada destek bulabilirsiniz:
card = { $name }: { $phone }
card-text = { $name }, SMS ile: { $text }
card-link = { $name }:
emergency = Şu anda biri tehlikedeyse, yerel acil durum numarasını arayın.
emergency-number = Şu anda biri tehlikedeyse, şu numarayı arayın: { $phone }.
emergency-name = Yerel acil durum numarası

because-ai = Bu, otomatik bir asistanı kötüye kullanıyor ya da yanıtlarını uzman görüşü gibi sunuyor görünüyor.
because-dangerous_knowledge = Bu, ağır bir zararın nasıl verileceğini anlatıyor görünüyor.
because-exploitation = Bu, insanların sömürülmesiyle ilgili görünüyor.
because-fraud = Bu, para, ürün veya kimlik konusunda yanıltıcı görünüyor.
because-goods = Bu, burada sunulamayacak bir şeyi sunuyor görünüyor.
because-harassment = Bu, birine hakaret ediyor, onu tehdit ediyor veya rahatsız ediyor görünüyor.
because-hate = Bu, insanlara kim oldukları için saldırıyor görünüyor.
because-integrity = Bu, başkalarını yanıltıyor görünüyor.
because-intellectual_property = Bu, başkasına ait bir şeyi kullanıyor görünüyor.
because-offline = Bu, birini bu hizmetin dışında tehlikeye atıyor görünüyor.
because-other = Bu, buranın kurallarına uymuyor görünüyor.
because-privacy = Bu, özel bir şeyi paylaşıyor görünüyor.
because-self_harm = Bu, zor durumdaki insanlar için tehlikeli görünüyor.
because-sexual = Bu, buraya uygun olmayan cinsel bir içerik gibi görünüyor.
because-violence = Bu, şiddet gösteriyor, şiddetle tehdit ediyor veya şiddeti övüyor görünüyor.
unseen = Bu henüz tam olarak kontrol edilemedi.
clause = İlgili kural: { $clause }
law = İlgili yasa: { $law }
automated = Bu karar otomatik olarak verildi.
by-person = Bu kararı bir kişi verdi.

hold-until = En geç şu zamana kadar incelenecek: { $until } UTC.
hold-creator = Burayı yöneten kişi en geç şu zamana kadar inceleyecek: { $until } UTC.
until = Bitiş zamanı: { $until } UTC.

effect-label = Yanında bir etiket gösteriliyor.
effect-reach = Daha az kişiye gösteriliyor.
effect-reach-0 = Bunu yalnızca siz görebilirsiniz.
effect-min_viewer_age = Yalnızca belirli bir yaşın üzerindekiler görebilir.
effect-geo_block = Şu ülke veya bölgelerde görülemez: { $regions }.
effect-deny = Burada yapabildiklerinizin bir kısmı durduruldu.
effect-money = Ödemeler durduruldu.
appeal = Bunun yanlış olduğunu düşünüyorsanız, bir kişinin yeniden incelemesini isteyin:

revised = Bu yeniden incelendi ve karar değişti.
revised-allow = Bu yeniden incelendi: artık hiçbir kısıtlama yok.

reply-receipt = Teşekkürler. Bildiriminizi aldık ve inceleyeceğiz.
reply-acted-on = Bildirdiğiniz içeriği inceledik ve gereğini yaptık.
reply-not-acted-on = Bildirdiğiniz içeriği inceledik ve kurallara aykırı bir şey bulmadık.
reply-reversed = Bildirdiğiniz içerik yeniden incelendi: yaptıklarımız geri alındı.
reply-won = Yeniden inceledik ve kararı değiştirdik.
reply-lost = Yeniden inceledik, karar geçerli kalıyor.
reply-warning = Bazı bildirimleriniz açıkça dayanaksızdı. Bu sürerse bir süre bildirimlerinizi incelemeyeceğiz.
reply-suspension = Birçok bildiriminiz açıkça dayanaksızdı. { $until } UTC zamanına kadar, bir hayat veya bir çocuk tehlikede olmadıkça, onları bir kenara koyuyoruz.
