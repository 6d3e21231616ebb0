### Notices in Modern Standard Arabic, worded without a form of address that needs a gender.

what-nudge = قبل النشر: هل تريد الإرسال بهذا الشكل؟
what-limit = هذا المحتوى ظاهر، ولكن بحدود.
what-hold = سيظهر هذا المحتوى بعد مراجعته.
what-block = لم يُنشر هذا المحتوى.

neutral-nudge = قبل النشر: هل تريد الإرسال بهذا الشكل؟
neutral-limit = يظهر هذا المحتوى في أماكن أقل.
neutral-hold = شكرًا. سيظهر هذا المحتوى بعد مراجعته.
neutral-block = تعذّر نشر هذا المحتوى.

care = يبدو أن الظروف صعبة الآن. هناك من يهتم، والحديث عن ذلك أمر جيد.
care-help = هنا من يستمع دون إصدار أحكام:
help = إذا كان هذا الأمر يمسّ حياتك أو حياة شخص تعرفه، فالمساعدة متاحة هنا:
card = { $name }: { $phone }
card-text = { $name }، برسالة نصية: { $text }
card-link = { $name }:
emergency = إذا كان أحد في خطر الآن، فالرجاء الاتصال برقم الطوارئ المحلي.
emergency-number = إذا كان أحد في خطر الآن، فالرجاء الاتصال بالرقم { $phone }.
emergency-name = رقم الطوارئ المحلي

because-ai = يبدو أن فيه إساءة استخدام لمساعد آلي، أو تقديمًا لإجاباته على أنها رأي خبير.
because-dangerous_knowledge = يبدو أنه يشرح كيفية إلحاق ضرر جسيم.
because-exploitation = يبدو أن له صلة باستغلال الناس.
because-fraud = يبدو أنه مضلّل بشأن المال أو السلع أو هوية شخص ما.
because-goods = يبدو أنه يعرض شيئًا لا يمكن عرضه هنا.
because-harassment = يبدو أن فيه إهانة أو تهديدًا أو مضايقة لشخص ما.
because-hate = يبدو أنه يهاجم أشخاصًا بسبب هويتهم.
because-integrity = يبدو أنه مضلّل.
because-intellectual_property = يبدو أنه يستخدم شيئًا يعود لشخص آخر.
because-offline = يبدو أنه يعرّض شخصًا للخطر خارج هذه الخدمة.
because-other = يبدو أنه لا يتفق مع قواعد هذا المكان.
because-privacy = يبدو أنه يكشف أمرًا خاصًا.
because-self_harm = يبدو أنه خطر على من يمرّون بظروف صعبة.
because-sexual = يبدو أن فيه محتوى جنسيًا لا يناسب هذا المكان.
because-violence = يبدو أنه يعرض العنف أو يهدد به أو يمجّده.
unseen = لم يكتمل فحص هذا المحتوى بعد.
clause = القاعدة المعنية: { $clause }
law = القانون المعني: { $law }
automated = اتُّخذ هذا القرار آليًا.
by-person = اتخذ هذا القرار إنسان.

hold-until = ستتم المراجعة قبل { $until } UTC.
hold-creator = سيراجعه القائم على هذا المكان قبل { $until } UTC.
until = ينتهي هذا في { $until } UTC.

effect-label = تظهر معه علامة.
effect-reach = يظهر لعدد أقل من الناس.
effect-reach-0 = لا يراه أحد سواك.
effect-min_viewer_age = لا يظهر إلا لمن تجاوزوا سنًا معينة.
effect-geo_block = لا يظهر في: { $regions }.
effect-deny = توقّف مؤقتًا بعض ما يمكن فعله هنا.
effect-money = المدفوعات متوقفة.
appeal = إذا كان في هذا خطأ، فيمكن طلب مراجعته مرة أخرى من قِبل إنسان:
