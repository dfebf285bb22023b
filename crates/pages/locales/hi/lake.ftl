catalogue-title = सूचीपत्र
catalogue-lead = सरोवर की हर तालिका: किसकी है, उसमें क्या है, कितनी अद्यतन और कितनी शुद्ध है, कहाँ से आई है।
catalogue-find = तालिका या स्तंभ खोजें
catalogue-empty = अभी कोई तालिका नहीं
catalogue-empty-text = किसी स्रोत की पहली फ़ाइल आने पर उसकी तालिका यहाँ दिखती है।
catalogue-none = सूचीपत्र में “{ $it }” से कुछ मेल नहीं खाता
catalogue-none-text = खोज दोनों भाषाओं में नाम, विवरण, स्वामी और स्तंभ देखती है।
catalogue-all = सभी तालिकाएँ दिखाएँ
table = तालिका
classification = वर्गीकरण
quality = स्वीकृत पंक्तियाँ
last-change = अंतिम बदलाव
table-query = SQL से पूछें
table-size = आकार
files-count = { $n ->
    [one] { $count } फ़ाइल
   *[other] { $count } फ़ाइलें
}
columns = स्तंभ
meaning = अर्थ
type = प्रकार
rules = नियम
required = अनिवार्य
key-n = कुंजी { $it }
lineage = यह कहाँ से आई
lineage-none = इस तालिका में अभी कुछ नहीं आया।
lineage-picture = पंक्तियाँ कहाँ से आती और कहाँ जाती हैं, इसका चित्र; नीचे की तालिका यही बताती है।
lineage-table = यही तालिका के रूप में
lineage-columns = स्तंभवार
lineage-from = कहाँ से
lineage-to = कहाँ
lineage-via = कैसे
sample = नमूना पंक्तियाँ
sample-none = अभी कोई पंक्ति नहीं।
terms = अनुबंध की शर्तें
term-owner = स्वामी
term-contract = अनुबंध
term-legal = विधिक आधार
term-retention = रखने की अवधि
term-frequency = अपेक्षित
term-usage = उपयोग
term-limits = सीमाएँ
term-orders = भौतिक क्रम
versions = संस्करण
versions-text = हर बदलाव एक संस्करण है। तालिका तब जैसी थी, वैसी देखने के लिए उसे SQL में खोलें।
version = संस्करण
operation = बदलाव
when = कब
table-runs = ली गई फ़ाइलें
export = निर्यात:
export-all = पूरी तालिका निर्यात करें:
sql-title = SQL से पूछें
sql-schema = तालिकाएँ
sql-query = प्रश्न
sql-hint = Ctrl + Enter से चलाएँ। यहाँ केवल पढ़ा जा सकता है।
sql-at = किस समय का
sql-at-now = अभी
sql-at-hint = ख़ाली यानी अभी; या तिथि और समय जैसे 2026-11-20 18:00, या तालिका का संस्करण।
sql-run = चलाएँ
sql-starters = शुरुआत के लिए
sql-running = प्रश्न चल रहा है
sql-answer = उत्तर
sql-shown = { $n ->
    [one] पहली { $count } दिखाई गई
   *[other] पहली { $count } दिखाई गईं
}
sql-shown-more = { $n ->
    [one] { $count } पंक्ति दिखाई गई
   *[other] पहली { $count } पंक्तियाँ दिखाई गईं, और भी हैं
}
sql-no-rows = प्रश्न चला, पर कोई पंक्ति नहीं मिली।
sql-failed = प्रश्न का उत्तर नहीं दिया जा सका
sql-cancelled = प्रश्न रोक दिया गया।
sql-history = पहले पूछे गए
sql-history-none = आपके प्रश्न यहाँ दिखेंगे।
sql-starter-count = तालिका में पंक्तियाँ
sql-starter-people = भूमिका के अनुसार उल्लिखित व्यक्ति
sql-starter-fresh = नवीनतम पंक्तियाँ
object = मूल फ़ाइल
object-lead = फ़ाइल जैसी प्राप्त हुई। यह कभी नहीं बदलती; इससे निकला हर तथ्य यहीं ले आता है।
object-received = प्राप्त
object-sender = भेजने वाला
object-download = फ़ाइल डाउनलोड करें
object-rows = पंक्तियाँ
object-no-rows = इस फ़ाइल की कोई पंक्ति तालिकाओं में नहीं है।
authority = प्राधिकार
row-lead = प्राप्त फ़ाइल का एक अभिलेख: जैसा आया, जैसा समझा गया, और उससे क्या निकला।
row-accepted = स्वीकृत
row-refused = अस्वीकृत
row-why = यह क्यों अस्वीकृत हुई
row-flags = इस पंक्ति पर टिप्पणियाँ
row-original = जैसी प्राप्त हुई
row-no-original = यह अभिलेख दिखाया नहीं जा सकता।
row-clean = जैसी समझी गई
row-drawn = इस पंक्ति से निकला
value = मान
