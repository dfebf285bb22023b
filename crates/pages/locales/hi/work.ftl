nav-work = मेरा कार्य
work-title = मेरा कार्य
work-lead = एक बार बताइए कि आप क्यों पढ़ रहे हैं: कोई कार्य चुनिए, वह आपके हर पठन के साथ दर्ज रहेगा, जब तक आप उसे रख न दें।
work-none = कोई नहीं चुना
work-choose = कार्य चुनिए
work-in-hand = हाथ में
work-mine = कार्य
work-none-yet = आप अभी किसी टीम में नहीं हैं। नीचे कार्य खोलिए।
work-reference = संदर्भ
work-reference-hint = प्रकरण: थाना/संख्या/वर्ष, जैसे 27541001/0123/2026। परिवाद: उसकी संख्या। पर्यवेक्षण: इकाई का कोड। सांख्यिकी: प्रश्न।
work-sections = धाराएँ
work-reason = कारण
work-days = दिन
work-until = कब तक
work-opened-by = किसने खोला
work-new = कार्य खोलिए
work-new-text = आपका कथन दर्ज होता है। प्रकरण 90 दिन, परिवाद 30 दिन, पर्यवेक्षण और सांख्यिकी 7 दिन चलते हैं, यदि आप कम या कुछ अधिक न बताएँ।
work-open = खोलकर हाथ में लें
work-take = हाथ में लें
work-down = रख दें
work-close = बंद करें
work-close-text = पूरी टीम की पहुँच तुरंत समाप्त हो जाती है।
work-units = जिन इकाइयों का पर्यवेक्षण आप कर सकते हैं:
work-emergency = आपात
work-emergency-new = जीवन को ख़तरा: आपात पहुँच
work-emergency-text = चार घंटे, हर पृष्ठ पर घोषित, कुछ भी फ़ाइल के रूप में बाहर नहीं जाता, और बाद में कोई दूसरा हर पठन की समीक्षा करता है।
work-emergency-reason = किसे और किससे ख़तरा है
work-emergency-go = आपात पहुँच खोलें
work-numbers = फ़ोन नंबर, IMEI या सेल, रिक्त स्थान से अलग
work-team = टीम
work-team-text = दूसरी इकाई में स्थानांतरण से स्थानांतरित व्यक्ति की पहुँच समाप्त हो जाती है।
work-add = टीम में जोड़ें
work-remove = हटाएँ
work-requests = प्राधिकार, आदेश और निर्गमन
work-no-requests = कोई माँग नहीं की गई।
work-kind = प्रकार
work-kind-authority = कॉल और ग्राहक अभिलेखों का प्राधिकार
work-kind-order = न्यायालय का आदेश
work-kind-release = बड़े निर्यात की अनुमति
work-kind-emergency = आपात
work-kind-declaration = घोषणा
work-what = क्या
work-decided-by = किसने निर्णय किया
work-withdraw = वापस लें
work-ask-authority = कॉल और ग्राहक अभिलेख माँगें
work-ask-authority-text = पुलिस अधीक्षक या उससे ऊपर का अधिकारी निर्णय करता है (BNSS धारा 94); उसके बाद इन नंबरों और दिनों के अभिलेख पढ़े जा सकते हैं।
work-ask-order = सील खोलने वाला न्यायालय आदेश दर्ज करें
work-ask-order-text = यह केवल आपके लिए है, और पुलिस अधीक्षक या ऊपर के अधिकारी द्वारा मूल से मिलान के बाद प्रभावी होता है।
work-ask-release = बड़े निर्यात की अनुमति माँगें
work-ask-release-text = प्रश्न, अथवा अस्वीकृति में दिया गया पृष्ठ की तालिका का पता, ठीक वैसा ही लिखिए जैसा निर्यात होगा। दूसरा व्यक्ति निर्णय करता है; अनुमति एक दिन चलती है।
work-requisition = माँग-पत्र की संख्या और तिथि
work-court = न्यायालय, संख्या और तिथि
work-keys = आदेश में नामित व्यक्ति या प्रकरण, रिक्त स्थान से अलग
work-query = प्रश्न
work-from = पहला दिन
work-to = अंतिम दिन
work-ask = माँगें
work-record = दर्ज करें
work-decide = आपके निर्णय हेतु
work-decide-text = कोई अपनी ही माँग पर निर्णय नहीं करता। स्वीकृति से पहले मूल पत्र से मिलाइए।
work-note = टिप्पणी
work-grant = स्वीकृत करें
work-refuse = अस्वीकार करें
work-reviews = समीक्षा हेतु आपात पहुँच
work-finding = समीक्षा का निष्कर्ष
work-review-go = समीक्षा दर्ज करें
work-state-open = खुला
work-state-closed = बंद
work-state-expired = अवधि समाप्त
work-state-left = टीम में नहीं
work-request-asked = माँगा गया
work-request-granted = स्वीकृत
work-request-refused = अस्वीकृत
work-request-withdrawn = वापस लिया गया
declaration-title = ज़िला मजिस्ट्रेट को मासिक घोषणा
declaration-to = ज़िला मजिस्ट्रेट,
declaration-text = माह में स्वीकृत कॉल, इंटरनेट और ग्राहक अभिलेखों की माँगें, किसके द्वारा और किस प्रकरण के लिए।
declaration-month = माह
declaration-district = ज़िले की इकाई
declaration-show = दिखाएँ
declaration-empty = इस माह कोई माँग स्वीकृत नहीं हुई।
declaration-requested = किसने माँगा
declaration-granted = किसने स्वीकृत किया
declaration-at = स्वीकृति तिथि
declaration-numbers = नंबर
declaration-window = माँगे गए दिन
declaration-refused = { $n ->
    [one] एक माँग अस्वीकृत हुई।
   *[other] { $count } माँगें अस्वीकृत हुईं।
  }
declaration-made = घोषित:
declaration-make = दर्ज करें कि भेज दी गई
declaration-sign = पुलिस अधीक्षक (हस्ताक्षर, मुहर, तिथि)
watch-title = पठन पर निगरानी
watch-lead = किसने असामान्य रूप से पढ़ा, और क्या लंबित है। बड़ी संख्या पूछने का कारण है, निष्कर्ष नहीं।
watch-records = { $n ->
    [one] एक अभिलेख
   *[other] { $count } अभिलेख
  }
watch-days = { $n ->
    [one] एक दिन के।
   *[other] { $count } दिनों के।
  }
watch-cut = लॉग इससे लंबा है।
watch-who = इस अधिकारी ने क्या देखा
watch-key = इस व्यक्ति, नंबर या प्रकरण को किसने देखा
watch-look = देखें
watch-due = लंबित
watch-nothing-due = कुछ लंबित नहीं है।
watch-unusual = असामान्य पठन
watch-unusual-text = अधिकारी के अपने सामान्य की तुलना में: मात्रा, 23 से 5 बजे का समय, अपने ही नाम, घोषित संबंधियों व पड़ोसियों और संचालक की सूची के व्यक्तियों की खोज, अस्वीकृतियाँ, अकेले खोला और पढ़ा गया कार्य, आपात पहुँच।
watch-none = किसी ने असामान्य रूप से नहीं पढ़ा।
watch-score = भार
watch-looks = सप्ताह में पठन
watch-usual = सामान्य साप्ताहिक
watch-why = क्यों
watch-volume = { $n ->
    [one] सामान्य के बराबर
   *[other] सामान्य का { $count } गुना
  }
watch-night = { $n ->
    [one] रात में एक पठन
   *[other] रात में { $count } पठन
  }
watch-own = { $n ->
    [one] अपने नाम की एक खोज
   *[other] अपने नाम की { $count } खोजें
  }
watch-kin = { $n ->
    [one] घोषित संबंधी या पड़ोसी का एक पठन
   *[other] घोषित संबंधियों या पड़ोसियों के { $count } पठन
  }
watch-listed = { $n ->
    [one] सूची के व्यक्ति का एक पठन
   *[other] सूची के व्यक्तियों के { $count } पठन
  }
watch-denied = { $n ->
    [one] एक अस्वीकृति
   *[other] { $count } अस्वीकृतियाँ
  }
watch-alone = { $n ->
    [one] एक कार्य अकेले खोला और पढ़ा गया
   *[other] { $count } कार्य अकेले खोले और पढ़े गए
  }
watch-emergency = { $n ->
    [one] एक आपात पहुँच
   *[other] { $count } आपात पहुँचें
  }
trail-person = इसे किसने देखा
trail-person-lead = किसी व्यक्ति, नंबर या प्रकरण का हर पठन, और उसकी हर खोज या प्रश्न, अधिकारी के अनुसार।
trail-officer = इस अधिकारी ने क्या देखा
trail-officer-lead = एक अधिकारी का हर पठन, खोज, प्रश्न और निर्यात, और हर अस्वीकृति, विषय के अनुसार।
trail-none = किसी ने नहीं
trail-none-text = कोई पठन मेल नहीं खाता। लॉग में नाम और नंबर नहीं रखे जाते: व्यक्ति की पहचान संख्या और नाम की हर वर्तनी आज़माइए।
trail-whom = किसके द्वारा
trail-what = क्या
trail-count = पठन
trail-refused = अस्वीकृत
trail-first = पहला
trail-last = अंतिम
trail-newest = नवीनतम पठन
trail-looks = { $n ->
    [one] एक पठन।
   *[other] { $count } पठन।
  }
fault-work = इस कार्य के साथ यह नहीं हो सकता
fault-work-advice = कारण नीचे है।
back-work = मेरे कार्य पर लौटें
action-work = कार्य
action-request = माँग या स्वीकृति
action-emergency = आपात
action-declaration = घोषणा
action-policy = नीतियाँ
