//! Village names met in many districts, Devanagari and Latin. Which village lies under which thana is invented.

#[rustfmt::skip]
pub(super) static VILLAGES: &[(&str, &str)] = &[
    ("रामपुरा", "Rampura"), ("श्यामपुरा", "Shyampura"), ("किशनपुरा", "Kishanpura"), ("गोपालपुरा", "Gopalpura"), ("हरिपुरा", "Haripura"),
    ("जगतपुरा", "Jagatpura"), ("भगवानपुरा", "Bhagwanpura"), ("मोहनपुरा", "Mohanpura"), ("लक्ष्मीपुरा", "Laxmipura"), ("नयागांव", "Nayagaon"),
    ("बड़ागांव", "Badagaon"), ("खेड़ा", "Kheda"), ("खेड़ली", "Khedli"), ("बगरू खुर्द", "Bagru Khurd"), ("चक रामसर", "Chak Ramsar"),
    ("ढाणी गुजरान", "Dhani Gujran"), ("ढाणी जाटान", "Dhani Jatan"), ("मालियों की ढाणी", "Maliyon Ki Dhani"), ("बास", "Bas"), ("कुआं", "Kuan"),
    ("रतनपुरा", "Ratanpura"), ("प्रतापपुरा", "Pratappura"), ("उदयपुरा", "Udaipura"), ("फतेहपुरा", "Fatehpura"), ("सूरजपुरा", "Surajpura"),
    ("चांदपुरा", "Chandpura"), ("देवपुरा", "Devpura"), ("शिवपुरा", "Shivpura"), ("गंगापुरा", "Gangapura"), ("मानपुरा", "Manpura"),
    ("सरदारपुरा", "Sardarpura"), ("बालापुरा", "Balapura"), ("केसरपुरा", "Kesarpura"), ("कल्याणपुरा", "Kalyanpura"), ("बीरमपुरा", "Birampura"),
    ("पीपलदा", "Pipalda"), ("नीमड़ी", "Nimdi"), ("बड़ली", "Badli"), ("खेजड़ली", "Khejarli"), ("रोहिड़ा", "Rohida"),
    ("टीलावास", "Tilawas"), ("धोलासर", "Dholasar"), ("कालासर", "Kalasar"), ("जसवंतपुरा", "Jaswantpura"), ("भोजपुरा", "Bhojpura"),
    ("चक 12 एसपीडी", "Chak 12 SPD"), ("वार्ड नं. 4", "Ward No. 4"), ("वार्ड नं. 11", "Ward No. 11"), ("स्टेशन रोड", "Station Road"), ("इन्दिरा कॉलोनी", "Indira Colony"),
    ("शास्त्री कॉलोनी", "Shastri Colony"), ("गांधी नगर", "Gandhi Nagar"), ("सुभाष नगर", "Subhash Nagar"), ("तिलक नगर", "Tilak Nagar"), ("नेहरू कॉलोनी", "Nehru Colony"),
    ("मण्डी रोड", "Mandi Road"), ("पुरानी आबादी", "Purani Abadi"), ("बस स्टैंड", "Bus Stand"), ("सदर बाजार", "Sadar Bazar"), ("तहसील रोड", "Tehsil Road"),
];
