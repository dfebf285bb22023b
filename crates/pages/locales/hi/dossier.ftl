origin = उद्गम
link-what = किससे जुड़ा
link-relation = संबंध
link-why = क्यों
dossier-rows = { $n ->
    [one] { $count } पंक्ति
   *[other] { $count } पंक्तियाँ
}
dossier-sources = { $n ->
    [one] { $count } स्रोत से
   *[other] { $count } स्रोतों से
}
dossier-exact = यह पृष्ठ पंक्तियों को केवल हूबहू पहचान-संख्या से जोड़ता है। मिलता-जुलता नाम अकेला किसी को नहीं जोड़ता। अभिलेख में नाम होना दोष सिद्ध होना नहीं है।
dossier-withheld = विधि के अनुसार इस पृष्ठ पर पहचान छिपाई गई है (BNS धारा 72, POCSO धारा 23, JJ Act धारा 74)।
dossier-facts = स्रोत क्या कहते हैं
dossier-links = संबंध
dossier-timeline = समय-क्रम
dossier-no-facts = अभी कोई स्रोत इसके बारे में कुछ नहीं कहता।
dossier-no-links = हूबहू पहचान-संख्या से कोई संबंध ज्ञात नहीं।
dossier-no-timeline = तिथि सहित कोई घटना ज्ञात नहीं।
group-identity = पहचान
group-address = पते
group-contact = संपर्क
group-vehicle = वाहन
group-owner = स्वामी
group-use = उपयोग
group-case = प्रकरण
group-sections = धाराएँ
group-people = व्यक्ति
group-other = अन्य
fact-name = नाम
fact-name-local = जैसा लिखा गया
fact-alias = उर्फ़
fact-relative = पिता या पति
fact-sex = लिंग
fact-birth-date = जन्म तिथि
fact-birth-year = जन्म वर्ष
fact-age = आयु
fact-nationality = राष्ट्रीयता
fact-occupation = व्यवसाय
fact-address = पता
fact-village = ग्राम
fact-thana = थाना
fact-district = ज़िला
fact-pincode = पिन कोड
fact-phone = फ़ोन
fact-id = पहचान पत्र
fact-role = भूमिका
fact-label = विवरण
fact-owner = स्वामी
fact-status = स्थिति
fact-station = थाना
fact-title = शीर्षक
fact-started = कब से
fact-ended = कब तक
fact-key = पहचान-संख्या
fact-first = पहली बार
fact-last = अंतिम बार
fact-calls = कॉल
role-accused = अभियुक्त
role-complainant = परिवादी
role-victim = पीड़ित
role-witness = साक्षी
role-arrested = गिरफ़्तार
role-owner = स्वामी
role-subscriber = ग्राहक
role-officer = अधिकारी
role-other = उल्लिखित
sex-male = पुरुष
sex-female = महिला
sex-transgender = ट्रांसजेंडर
sex-unknown = अज्ञात
search-title = खोज
search-label = आप क्या खोज रहे हैं?
search-hint = हूबहू संख्या: फ़ोन, वाहन, एफ़आईआर, IMEI, व्यक्ति आईडी या फ़ाइल का हैश। ख़ाली जगह और डैश से अंतर नहीं पड़ता।
search-can = क्या खोजा जा सकता है
search-can-phone = 98290 12345, +91-9829012345
search-can-vehicle = RJ14CN0001, rj 14 cn 0001, 22BH1234AA
search-can-case = थाना 27541001 की एफ़आईआर 0123/2024: 27541001/0123/2024
search-can-person = स्रोत की दी हुई आईडी, जैसे cctns:P000123
search-can-handset = 14 या 15 अंक
search-can-hash = फ़ाइल का पूरा SHA-256
search-read-as = ऐसे पढ़ा गया:
search-none = “{ $it }” के लिए कुछ नहीं मिला
search-none-text = यहाँ केवल हूबहू पहचान-संख्याएँ खोजी जाती हैं। अंक जाँचें, या सूचीपत्र में देखें कि जिस स्रोत में यह होना चाहिए वह आया है या नहीं।
search-found = { $n ->
    [one] { $count } मिला
   *[other] { $count } मिले
}
read-phone = फ़ोन नंबर
read-vehicle = वाहन पंजीयन
read-case = एफ़आईआर
read-handset = IMEI
read-person = व्यक्ति आईडी
read-hash = फ़ाइल हैश
