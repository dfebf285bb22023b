desk-many = एक साथ अनेक
desk-campaigns = अभियान
desk-campaign = अभियान
desk-report = रिपोर्ट
bulk-title = फ़ाइल से संदेश
bulk-text = संदेशों की सारणी (CSV) पहले देखी जाती है: हर ग़लत पंक्ति उपाय सहित बताई जाती है। कुछ भी ग़लत न हो तभी संदेश बनते हैं, सब या एक भी नहीं।
bulk-file = फ़ाइल का पाठ
bulk-file-hint = CSV फ़ाइल को पाठ संपादक में खोलकर यहाँ चिपकाएँ; स्प्रेडशीट को पहले "CSV UTF-8" में सहेजें। पहली पंक्ति में खानों के नाम हों।
bulk-look = देखें
bulk-take = संदेश बनाएँ
bulk-problems = क्या ग़लत है
bulk-line = पंक्ति
bulk-field = खाना
bulk-value = क्या लिखा है
bulk-problem = क्या ग़लत है
bulk-way-out = क्या करें
bulk-made = { $n ->
    [one] { $count } संदेश बना।
   *[other] { $count } संदेश बने।
}
bulk-warned = { $n ->
    [one] इनमें से { $count } चेतावनी के उत्तर की प्रतीक्षा में मसौदा है।
   *[other] इनमें से { $count } चेतावनी के उत्तर की प्रतीक्षा में मसौदे हैं।
}
bulk-already = यह फ़ाइल पहले ली जा चुकी है। कुछ नहीं बना।
bulk-wrong = { $n ->
    [one] { $count } पंक्ति ग़लत है; कुछ नहीं बना
   *[other] { $count } पंक्तियाँ ग़लत हैं; कुछ नहीं बना
}
bulk-of = { $n ->
    [one] फ़ाइल में { $count } पंक्ति है।
   *[other] फ़ाइल में { $count } पंक्तियाँ हैं।
}
bulk-right = { $n ->
    [one] { $count } पंक्ति सही है।
   *[other] सभी { $count } पंक्तियाँ सही हैं।
}
recur-title = बार-बार आने वाले संदेश
recur-text = हर बार का संदेश एक सप्ताह पहले अलग बनता है, जाँचा जाता है और उसका अनुमोदन चाहिए। रोक और आदर्श आचार संहिता इसे रोकती हैं।
recur-none = कोई संदेश बार-बार नहीं आता।
recur-rule = नियम
recur-rule-hint = कैलेंडर की तरह:
recur-next = अगला समय
recur-last = पिछले समय
recur-from = पहला समय (भारतीय समय)
recur-go = बार-बार भेजें
recur-stop = रोकें
recur-stopped = रोका गया
recur-made = बना
recur-skipped = छोड़ा गया
campaign-none = अभी कोई अभियान नहीं है।
campaign-new = नया अभियान
campaign-name-hi = हिंदी में नाम
campaign-name-en = अंग्रेज़ी में नाम
campaign-about-hi = हिंदी में परिचय
campaign-about-en = अंग्रेज़ी में परिचय
campaign-part-hi = भाग कैसे लें, हिंदी में
campaign-part-en = भाग कैसे लें, अंग्रेज़ी में
campaign-part = भाग कैसे लें
campaign-audience = किसके लिए
campaign-theme = विषय
campaign-theme-awareness = जागरूकता
campaign-theme-participation = जन भागीदारी
campaign-theme-achievement = उपलब्धियाँ
campaign-theme-human_face = पुलिस का मानवीय चेहरा
campaign-write = इसके लिए लिखें
campaign-hashtag = हैशटैग
campaign-goal = लक्ष्य (संदेश)
campaign-goal-set = लक्ष्य रखें
campaign-public = पोर्टल पर
campaign-show = सार्वजनिक पोर्टल पर दिखाएँ
campaign-yes = हाँ
campaign-no = नहीं
campaign-go = अभियान शुरू करें
campaign-out = प्रकाशित
campaign-last = अंतिम
campaign-coverage = किसने प्रकाशित किया
campaign-published = { $n ->
    [one] { $count } इकाई ने प्रकाशित किया
   *[other] { $count } इकाइयों ने प्रकाशित किया
}
campaign-of = { $n ->
    [one] कुल { $count } में से।
   *[other] कुल { $count } में से।
}
campaign-standing-none = अभी कुछ नहीं
campaign-standing-begun = शुरू
campaign-standing-reached = प्रकाशित
campaign-posts = इसके संदेश
campaign-no-posts = अभी इसका कोई संदेश नहीं है।
campaign-join = अभियान में जोड़ें
campaign-leave = निकालें
report-title = सोशल मीडिया डेस्क की रिपोर्ट
report-from = से
report-until = तक
report-pdf = रिपोर्ट पीडीएफ़ में
report-foot = सरोवर · केवल विभागीय खाते · अलग नेटवर्कों की संख्याएँ कभी जोड़ी नहीं जातीं
report-nothing = कुछ नहीं।
report-messages = प्रकाशित संदेश
report-missing = इन पर कुछ नहीं कहा गया
report-service = लोगों की सेवा
report-service-note = क्रम समय पर निपटाने के अनुपात से, फिर लगे समय से; अनुयायियों से नहीं। पाँच से कम पर क्रम नहीं दिया जाता।
report-measures = हर नेटवर्क की संख्याएँ
report-measures-note = हर नेटवर्क अपने ढंग से गिनता है। पहुँचे लोगों को पोस्टों में जोड़ा नहीं जाता, और नेटवर्कों में कुछ भी नहीं जोड़ा जाता।
report-campaigns = अभियान
report-campaigns-note = अभियान की पोस्टों के लिए नेटवर्कों की माप।
report-sleeping = निष्क्रिय हैंडल
report-sleeping-note = तीस दिन या अधिक से कोई पोस्ट नहीं।
report-mix = किस पर बात हुई
report-mix-note = लोगों को दिए उत्तर नहीं गिने गए।
report-rank = क्रम
report-handle = हैंडल
report-items = आए
report-answered = उत्तर दिए
report-in-time = समय पर
report-overdue = समय बीता
report-minutes = मिनट (मध्य मान)
report-measure = माप
report-meaning = इसका अर्थ
report-posts = पोस्ट
report-total = कुल
report-not-added = जोड़ा नहीं जाता
report-median = मध्य मान
report-most = सर्वाधिक
report-campaign = अभियान
report-districts = ज़िले
report-days = निष्क्रिय दिन
report-never = कभी नहीं बोला
report-advice = सलाह
report-advice-plan = पोस्ट की योजना बनाएँ, या ऊपर की इकाई बोले
report-advice-merge = { $it } में मिला दें
report-advice-close = बंद करें
report-advice-reconnect = फिर से जोड़ें
report-share = अनुपात
records-title = प्रकाशित सामग्री का अभिलेख
records-get = प्रमाण सहित अभिलेख (संग्रह)
records-text = सूचना का अधिकार अधिनियम के लिए: हर संस्करण, किसने जाँचा, अनुमोदित किया और अनुमति दी, हैश और प्रवेश लॉग के प्रमाण सहित। नागरिकों के शब्द नहीं।
records-list = प्रकाशित संदेश
records-proofs = प्रवेश लॉग के प्रमाण
records-out = प्रकाशन समय
records-words = शब्द
records-versions = संस्करण
records-writers = लेखक
records-signers = अनुमोदक
records-overrulers = अनुमति देने वाले
records-copies = प्रतियाँ
records-hash = अंतिम संस्करण का हैश
records-note = पूरा अभिलेख records.json में है; MANIFEST.json में हर फ़ाइल का हैश है।
portal-take-part = भाग कैसे लें
portal-campaign-messages = अभियान के संदेश
portal-campaign-districts = भागीदार
portal-praise = दूसरे हमारे बारे में क्या कहते हैं
portal-source-citizen = एक नागरिक
portal-source-institution = एक संस्था
portal-source-embassy = एक दूतावास
desk-shelf = तैयार सामग्री
shelf-templates = शुरू करने के शब्द
shelf-no-template = अभी कोई साँचा नहीं है।
shelf-name = नाम
shelf-begin = इससे शुरू करें
shelf-keep = रखें
shelf-slots = उपयोगी घंटे
shelf-slots-text = पिछले नब्बे दिनों के संदेश जिन घंटों (भारतीय समय) में सबसे अधिक देखे गए, हर नेटवर्क की अपनी गिनती से। यह सुझाव है, नियम नहीं।
shelf-hour = घंटा
shelf-no-slot = अभी पर्याप्त पोस्ट नहीं हैं।
shelf-praise = दूसरे हमारे बारे में क्या अच्छा कहते हैं
shelf-praise-text = केवल कड़ी रखी जाती है, किसी का परिचय नहीं। नागरिक का नाम और कड़ी सहमति से ही दिखती है; सहमति कभी भी वापस ली जा सकती है।
shelf-about = क्या कहा गया
shelf-about-hi = क्या कहा गया, हिंदी में
shelf-about-en = क्या कहा गया, अंग्रेज़ी में
shelf-by = किसने कहा
shelf-url = पता
shelf-source = कौन हैं
shelf-consent = सहमति
shelf-consent-hint = नाम देने की सहमति कब और कहाँ मिली।
shelf-thank = धन्यवाद दिया
shelf-thanked = धन्यवाद दिया गया
shelf-withdraw = नाम हटाएँ
bulk-package = चित्रों के साथ
bulk-package-file = ZIP या CSV फ़ाइल
bulk-package-hint = ZIP में एक CSV फ़ाइल और वे चित्र हों जिनके नाम pictures खाने में हैं। हर चित्र का वर्णन alt में लिखें; कई हों तो | से अलग करें। संदेश बनाने के लिए फ़ाइल फिर से चुनें।
report-sentiment = लोगों की भावना
report-sentiment-note = टिप्पणियाँ और उल्लेख, दिन और विषय के अनुसार, शब्दों की सूची से; अलग रखे 103 वाक्यों पर दस में से नौ निर्णय पाठक से मेल खाते हैं, पाँच में से एक पर सूची चुप रहती है। व्यंग्य समझ में नहीं आता। पाँच से कम की संख्या नहीं बताई जाती; किसी व्यक्ति की गिनती नहीं होती।
report-day = दिन
report-topic = विषय
report-good = अच्छी
report-bad = बुरी
report-unknown = ज्ञात नहीं
report-withheld = पाँच से कम
report-topic-other = अन्य
shelf-links = छोटे लिंक
shelf-links-text = पोर्टल के अपने पते के लिंक। अभियान चुनने पर उसके चिह्न (utm) साथ जाते हैं। कितनी बार खोला गया, यह दिन के अनुसार गिना जाता है; किसने खोला, यह ज्ञात नहीं होता।
shelf-short = छोटा लिंक
shelf-opened = खोला गया
shelf-stop = रोकें
shelf-shorten = छोटा करें
