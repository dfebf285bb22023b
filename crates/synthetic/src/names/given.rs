//! Given names common in Rajasthan: Devanagari, the usual Latin spelling, and a second one clerks also write.

use super::Name;

#[rustfmt::skip]
pub(super) static MALE: &[Name] = &[
    Name("रमेश", "Ramesh", "Rameshh"), Name("सुरेश", "Suresh", "Suresh"), Name("मुकेश", "Mukesh", "Mookesh"), Name("राकेश", "Rakesh", "Raakesh"),
    Name("दिनेश", "Dinesh", "Dineash"), Name("महेश", "Mahesh", "Maheish"), Name("गणेश", "Ganesh", "Ganeshi"), Name("नरेश", "Naresh", "Narresh"),
    Name("राजेश", "Rajesh", "Raajesh"), Name("कमलेश", "Kamlesh", "Kamalesh"), Name("अखिलेश", "Akhilesh", "Akhlesh"), Name("ओमप्रकाश", "Omprakash", "Om Prakash"),
    Name("रामप्रसाद", "Ramprasad", "Ram Prasad"), Name("रामलाल", "Ramlal", "Ram Lal"), Name("मोहनलाल", "Mohanlal", "Mohan Lal"), Name("सोहनलाल", "Sohanlal", "Sohan Lal"),
    Name("भंवरलाल", "Bhanwarlal", "Bhanwar Lal"), Name("कन्हैयालाल", "Kanhaiyalal", "Kanhaiya Lal"), Name("बाबूलाल", "Babulal", "Babu Lal"), Name("हीरालाल", "Hiralal", "Heera Lal"),
    Name("पन्नालाल", "Pannalal", "Panna Lal"), Name("छगनलाल", "Chhaganlal", "Chagan Lal"), Name("मदनलाल", "Madanlal", "Madan Lal"), Name("किशनलाल", "Kishanlal", "Kishan Lal"),
    Name("रामस्वरूप", "Ramswaroop", "Ram Swarup"), Name("रामकिशन", "Ramkishan", "Ram Kishan"), Name("रामनिवास", "Ramniwas", "Ram Nivas"), Name("रामचन्द्र", "Ramchandra", "Ram Chander"),
    Name("हरिराम", "Hariram", "Hari Ram"), Name("जयराम", "Jairam", "Jai Ram"), Name("सीताराम", "Sitaram", "Seeta Ram"), Name("राधेश्याम", "Radheshyam", "Radhey Shyam"),
    Name("घनश्याम", "Ghanshyam", "Ghansyam"), Name("श्याम", "Shyam", "Syam"), Name("किशोर", "Kishore", "Kishor"), Name("विजय", "Vijay", "Bijay"),
    Name("अजय", "Ajay", "Ajai"), Name("संजय", "Sanjay", "Sanjai"), Name("अनिल", "Anil", "Aneel"), Name("सुनील", "Sunil", "Suneel"),
    Name("कपिल", "Kapil", "Kapeel"), Name("विकास", "Vikas", "Bikas"), Name("प्रकाश", "Prakash", "Parkash"), Name("विनोद", "Vinod", "Binod"),
    Name("प्रमोद", "Pramod", "Parmod"), Name("मनोज", "Manoj", "Manoz"), Name("पंकज", "Pankaj", "Punkaj"), Name("दीपक", "Deepak", "Dipak"),
    Name("अशोक", "Ashok", "Asok"), Name("आलोक", "Alok", "Aalok"), Name("विवेक", "Vivek", "Bibek"), Name("अभिषेक", "Abhishek", "Abhisekh"),
    Name("राहुल", "Rahul", "Raahul"), Name("रोहित", "Rohit", "Rohith"), Name("मोहित", "Mohit", "Mohith"), Name("अमित", "Amit", "Ameet"),
    Name("सुमित", "Sumit", "Sumeet"), Name("नितिन", "Nitin", "Niteen"), Name("सचिन", "Sachin", "Sachhin"), Name("जितेन्द्र", "Jitendra", "Jeetendra"),
    Name("राजेन्द्र", "Rajendra", "Rajender"), Name("सुरेन्द्र", "Surendra", "Surender"), Name("नरेन्द्र", "Narendra", "Narender"), Name("महेन्द्र", "Mahendra", "Mahender"),
    Name("देवेन्द्र", "Devendra", "Devender"), Name("भूपेन्द्र", "Bhupendra", "Bhupender"), Name("धर्मेन्द्र", "Dharmendra", "Dharmender"), Name("वीरेन्द्र", "Virendra", "Virender"),
    Name("गजेन्द्र", "Gajendra", "Gajender"), Name("पुष्पेन्द्र", "Pushpendra", "Puspendra"), Name("लोकेन्द्र", "Lokendra", "Lokender"), Name("कुलदीप", "Kuldeep", "Kuldip"),
    Name("प्रदीप", "Pradeep", "Pardeep"), Name("संदीप", "Sandeep", "Sandip"), Name("जगदीश", "Jagdish", "Jagadish"), Name("सतीश", "Satish", "Sateesh"),
    Name("मनीष", "Manish", "Maneesh"), Name("आशीष", "Ashish", "Asheesh"), Name("हरीश", "Harish", "Hareesh"), Name("गिरीश", "Girish", "Gireesh"),
    Name("लक्ष्मण", "Laxman", "Lakshman"), Name("भरत", "Bharat", "Bharath"), Name("शंकर", "Shankar", "Sankar"), Name("गोपाल", "Gopal", "Gopaal"),
    Name("गोविन्द", "Govind", "Gobind"), Name("मुरारी", "Murari", "Muraari"), Name("बनवारी", "Banwari", "Banvari"), Name("गिरधारी", "Girdhari", "Giridhari"),
    Name("नन्दकिशोर", "Nandkishore", "Nand Kishor"), Name("ब्रजमोहन", "Brijmohan", "Braj Mohan"), Name("चेतन", "Chetan", "Chaitan"), Name("भैरूलाल", "Bherulal", "Bheru Lal"),
    Name("उदयलाल", "Udailal", "Uday Lal"), Name("कालूराम", "Kaluram", "Kalu Ram"), Name("तेजाराम", "Tejaram", "Teja Ram"), Name("नारायण", "Narayan", "Narain"),
    Name("पूनमचन्द", "Poonamchand", "Punam Chand"), Name("हनुमान", "Hanuman", "Hanumaan"), Name("बजरंग", "Bajrang", "Bajarang"), Name("भागीरथ", "Bhagirath", "Bhagirat"),
    Name("मांगीलाल", "Mangilal", "Mangi Lal"), Name("शिवराज", "Shivraj", "Shiv Raj"), Name("पृथ्वीराज", "Prithviraj", "Prithvi Raj"), Name("यशवंत", "Yashwant", "Yashvant"),
    Name("इमरान", "Imran", "Emran"), Name("सलमान", "Salman", "Salmaan"), Name("इरफान", "Irfan", "Irfaan"), Name("मोहम्मद", "Mohammad", "Mohammed"),
    Name("अब्दुल", "Abdul", "Abdool"), Name("रफीक", "Rafik", "Rafiq"), Name("शकील", "Shakil", "Shakeel"), Name("जावेद", "Javed", "Jawed"),
    Name("आरिफ", "Arif", "Aarif"), Name("वसीम", "Wasim", "Vasim"), Name("गुरप्रीत", "Gurpreet", "Gurprit"), Name("हरपाल", "Harpal", "Har Pal"),
];

#[rustfmt::skip]
pub(super) static FEMALE: &[Name] = &[
    Name("सीता", "Sita", "Seeta"), Name("गीता", "Geeta", "Gita"), Name("सुनीता", "Sunita", "Suneeta"), Name("अनीता", "Anita", "Aneeta"),
    Name("संगीता", "Sangeeta", "Sangita"), Name("सरिता", "Sarita", "Sareeta"), Name("ममता", "Mamta", "Mamata"), Name("कविता", "Kavita", "Kabita"),
    Name("सविता", "Savita", "Sabita"), Name("ललिता", "Lalita", "Laleeta"), Name("पूनम", "Poonam", "Punam"), Name("पूजा", "Pooja", "Puja"),
    Name("आरती", "Aarti", "Arti"), Name("ज्योति", "Jyoti", "Joyti"), Name("किरण", "Kiran", "Kiren"), Name("रेखा", "Rekha", "Reikha"),
    Name("शारदा", "Sharda", "Sharada"), Name("शान्ति", "Shanti", "Shaanti"), Name("कमला", "Kamla", "Kamala"), Name("विमला", "Vimla", "Bimla"),
    Name("निर्मला", "Nirmala", "Nirmla"), Name("उर्मिला", "Urmila", "Urmilla"), Name("मंजू", "Manju", "Manjoo"), Name("अंजू", "Anju", "Anjoo"),
    Name("संतोष", "Santosh", "Santos"), Name("राधा", "Radha", "Raadha"), Name("मीरा", "Meera", "Mira"), Name("लक्ष्मी", "Laxmi", "Lakshmi"),
    Name("सरस्वती", "Saraswati", "Sarasvati"), Name("पार्वती", "Parvati", "Parwati"), Name("गायत्री", "Gayatri", "Gaytri"), Name("सावित्री", "Savitri", "Sabitri"),
    Name("मोहिनी", "Mohini", "Mohani"), Name("सोनू", "Sonu", "Sonoo"), Name("प्रियंका", "Priyanka", "Priynka"), Name("नेहा", "Neha", "Neeha"),
    Name("निशा", "Nisha", "Neesha"), Name("आशा", "Asha", "Aasha"), Name("उषा", "Usha", "Oosha"), Name("मधु", "Madhu", "Madhoo"),
    Name("रचना", "Rachna", "Rachana"), Name("वन्दना", "Vandana", "Bandana"), Name("अर्चना", "Archana", "Archna"), Name("कल्पना", "Kalpana", "Kalpna"),
    Name("भावना", "Bhavna", "Bhawana"), Name("सुमन", "Suman", "Sumaan"), Name("चन्दा", "Chanda", "Chandaa"), Name("तारा", "Tara", "Taara"),
    Name("भगवती", "Bhagwati", "Bhagvati"), Name("गुड्डी", "Guddi", "Gudi"), Name("पिंकी", "Pinki", "Pinky"), Name("रिंकू", "Rinku", "Rinkoo"),
    Name("बसंती", "Basanti", "Vasanti"), Name("धापू", "Dhapu", "Dhapoo"), Name("केसर", "Kesar", "Keshar"), Name("रुकमणी", "Rukmani", "Rukmini"),
    Name("चमेली", "Chameli", "Chamelee"), Name("फूली", "Phooli", "Phuli"), Name("मनभर", "Manbhar", "Man Bhar"), Name("प्रेम", "Prem", "Preem"),
    Name("शबनम", "Shabnam", "Sabnam"), Name("रुखसाना", "Rukhsana", "Ruksana"), Name("नसीम", "Naseem", "Nasim"), Name("हरप्रीत", "Harpreet", "Harprit"),
];
