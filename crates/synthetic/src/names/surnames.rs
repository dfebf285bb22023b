//! Surnames common in Rajasthan: Devanagari, the usual Latin spelling, and a second one clerks also write.

use super::Name;

#[rustfmt::skip]
pub(super) static SURNAMES: &[Name] = &[
    Name("शर्मा", "Sharma", "Sarma"), Name("मीणा", "Meena", "Mina"), Name("गुर्जर", "Gurjar", "Gujjar"), Name("चौधरी", "Choudhary", "Chaudhari"),
    Name("सिंह", "Singh", "Sing"), Name("जाट", "Jat", "Jaat"), Name("सैनी", "Saini", "Sainee"), Name("यादव", "Yadav", "Yadaw"),
    Name("कुमावत", "Kumawat", "Kumavat"), Name("प्रजापत", "Prajapat", "Prajapati"), Name("राठौड़", "Rathore", "Rathod"), Name("शेखावत", "Shekhawat", "Shekhavat"),
    Name("चौहान", "Chouhan", "Chauhan"), Name("सोलंकी", "Solanki", "Solnki"), Name("परमार", "Parmar", "Panwar"), Name("भाटी", "Bhati", "Bhatti"),
    Name("गहलोत", "Gehlot", "Gahlot"), Name("पुरोहित", "Purohit", "Purohith"), Name("व्यास", "Vyas", "Byas"), Name("जोशी", "Joshi", "Joshee"),
    Name("त्रिवेदी", "Trivedi", "Tribedi"), Name("पारीक", "Pareek", "Parik"), Name("खण्डेलवाल", "Khandelwal", "Khandelval"), Name("अग्रवाल", "Agarwal", "Agrawal"),
    Name("गुप्ता", "Gupta", "Gupt"), Name("जैन", "Jain", "Jein"), Name("माहेश्वरी", "Maheshwari", "Maheswari"), Name("सोनी", "Soni", "Sonee"),
    Name("स्वामी", "Swami", "Swamy"), Name("वैष्णव", "Vaishnav", "Vaisnav"), Name("बैरवा", "Bairwa", "Berwa"), Name("मेघवाल", "Meghwal", "Meghval"),
    Name("रैगर", "Raigar", "Regar"), Name("वाल्मीकि", "Valmiki", "Balmiki"), Name("नायक", "Nayak", "Naik"), Name("भील", "Bhil", "Bheel"),
    Name("गरासिया", "Garasia", "Garasiya"), Name("डामोर", "Damor", "Damore"), Name("रेबारी", "Rebari", "Raibari"), Name("देवासी", "Dewasi", "Devasi"),
    Name("बिश्नोई", "Bishnoi", "Vishnoi"), Name("गोदारा", "Godara", "Godhara"), Name("पूनिया", "Poonia", "Punia"), Name("ढाका", "Dhaka", "Dhakka"),
    Name("खान", "Khan", "Khaan"), Name("पठान", "Pathan", "Pathaan"), Name("कुरैशी", "Qureshi", "Kureshi"), Name("मंसूरी", "Mansuri", "Mansoori"),
    Name("शेख", "Sheikh", "Shaikh"), Name("लोहार", "Lohar", "Luhar"), Name("सुथार", "Suthar", "Sutar"), Name("दर्जी", "Darji", "Darzi"),
    Name("नाई", "Nai", "Naai"), Name("माली", "Mali", "Maali"), Name("धाकड़", "Dhakad", "Dhaker"), Name("नागर", "Nagar", "Naagar"),
    Name("पाटीदार", "Patidar", "Patel"), Name("मेहरा", "Mehra", "Mahra"), Name("वर्मा", "Verma", "Varma"), Name("कोली", "Koli", "Kolee"),
    Name("राव", "Rao", "Rav"), Name("चारण", "Charan", "Chaaran"), Name("भार्गव", "Bhargav", "Bhargava"), Name("ओझा", "Ojha", "Oza"),
];
