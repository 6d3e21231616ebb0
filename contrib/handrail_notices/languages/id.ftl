### Notices in Indonesian, in the form "Anda".

what-nudge = Sebelum mengirim: apakah Anda ingin mengirimnya seperti ini?
what-limit = Ini dapat dilihat, tetapi dengan batasan.
what-hold = Ini akan muncul setelah diperiksa.
what-block = Ini tidak diterbitkan.

neutral-nudge = Sebelum mengirim: apakah Anda ingin mengirimnya seperti ini?
neutral-limit = Ini ditampilkan di lebih sedikit tempat.
neutral-hold = Terima kasih. Ini akan muncul setelah diperiksa.
neutral-block = Ini tidak dapat diterbitkan.

care = Sepertinya keadaan sedang berat. Anda tidak sendirian, dan baik bahwa Anda menceritakannya.
care-help = Di sini ada orang yang mau mendengarkan tanpa menghakimi:
help = Jika hal ini menyangkut Anda atau orang yang Anda kenal, di sini ada bantuan:
card = { $name }: { $phone }
card-text = { $name }, lewat SMS: { $text }
card-link = { $name }:
emergency = Jika ada yang sedang dalam bahaya, hubungi nomor darurat setempat.
emergency-number = Jika ada yang sedang dalam bahaya, hubungi { $phone }.
emergency-name = Nomor darurat setempat

because-ai = Ini tampaknya menyalahgunakan asisten otomatis, atau menyajikan jawabannya sebagai nasihat ahli.
because-dangerous_knowledge = Ini tampaknya menjelaskan cara menimbulkan bahaya besar.
because-exploitation = Ini tampaknya berkaitan dengan eksploitasi orang.
because-fraud = Ini tampaknya menyesatkan soal uang, barang, atau identitas seseorang.
because-goods = Ini tampaknya menawarkan sesuatu yang tidak boleh ditawarkan di sini.
because-harassment = Ini tampaknya menghina, mengancam, atau mengganggu seseorang.
because-hate = Ini tampaknya menyerang orang karena siapa mereka.
because-integrity = Ini tampaknya menyesatkan orang lain.
because-intellectual_property = Ini tampaknya memakai sesuatu milik orang lain.
because-offline = Ini tampaknya membahayakan seseorang di luar layanan ini.
because-other = Ini tampaknya tidak sesuai dengan aturan tempat ini.
because-privacy = Ini tampaknya membagikan sesuatu yang bersifat pribadi.
because-self_harm = Ini tampaknya berbahaya bagi orang yang sedang dalam kesulitan.
because-sexual = Ini tampaknya bersifat seksual dengan cara yang tidak cocok di sini.
because-violence = Ini tampaknya menampilkan, mengancam dengan, atau memuji kekerasan.
unseen = Ini belum dapat diperiksa sepenuhnya.
clause = Aturan yang dimaksud: { $clause }
law = Hukum yang dimaksud: { $law }
automated = Keputusan ini dibuat secara otomatis.
by-person = Keputusan ini dibuat oleh seseorang.

hold-until = Ini akan diperiksa sebelum { $until } UTC.
hold-creator = Pengelola tempat ini akan memeriksanya sebelum { $until } UTC.
until = Ini berakhir pada { $until } UTC.

effect-label = Sebuah label ditampilkan bersamanya.
effect-reach = Ini ditampilkan kepada lebih sedikit orang.
effect-reach-0 = Hanya Anda yang dapat melihatnya.
effect-min_viewer_age = Hanya orang di atas usia tertentu yang dapat melihatnya.
effect-geo_block = Ini tidak dapat dilihat di: { $regions }.
effect-deny = Sebagian dari yang dapat Anda lakukan di sini dihentikan sementara.
effect-money = Pembayaran dihentikan.
appeal = Jika menurut Anda ini keliru, mintalah agar diperiksa lagi oleh seseorang:

revised = Ini telah diperiksa lagi dan keputusannya berubah.
revised-allow = Ini telah diperiksa lagi: tidak ada lagi yang membatasinya.

reply-receipt = Terima kasih. Laporan Anda sudah kami terima dan akan kami periksa.
reply-acted-on = Kami telah memeriksa yang Anda laporkan dan mengambil tindakan.
reply-not-acted-on = Kami telah memeriksa yang Anda laporkan dan tidak menemukan pelanggaran aturan.
reply-reversed = Yang Anda laporkan telah diperiksa lagi: tindakan kami sebelumnya dibatalkan.
reply-won = Kami telah memeriksanya lagi dan mengubah keputusan.
reply-lost = Kami telah memeriksanya lagi dan keputusannya tetap.
reply-warning = Beberapa laporan Anda jelas tidak berdasar. Jika ini berlanjut, untuk sementara kami tidak akan memeriksanya.
reply-suspension = Banyak laporan Anda jelas tidak berdasar. Sampai { $until } UTC laporan Anda kami kesampingkan, kecuali ada nyawa atau anak dalam bahaya.
