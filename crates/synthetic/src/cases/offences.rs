//! Offences cases are about, with the section under the Bharatiya Nyaya Sanhita and the one it replaced under the Penal Code.
//!
//! The pairs follow NCRB's concordance; special acts keep their section on both sides of 1 July 2024.

/// A kind of case.
pub(crate) struct Offence {
    pub head: &'static str,
    pub head_hi: &'static str,
    /// Act and section for offences from 1 July 2024.
    pub new: &'static [(&'static str, &'static str)],
    /// Act and section for offences before that.
    pub old: &'static [(&'static str, &'static str)],
    /// Cases of this kind in a thousand.
    weight: u32,
    /// Always has a victim apart from the complainant.
    pub victim: bool,
}

const fn offence(
    weight: u32,
    head: &'static str,
    head_hi: &'static str,
    new: &'static [(&'static str, &'static str)],
    old: &'static [(&'static str, &'static str)],
) -> Offence {
    Offence { head, head_hi, new, old, weight, victim: false }
}

#[rustfmt::skip]
static OFFENCES: [Offence; 16] = [
    offence(190, "Theft", "चोरी", &[("BNS", "303(2)")], &[("IPC", "379")]),
    offence(70, "Motor vehicle theft", "वाहन चोरी", &[("BNS", "303(2)")], &[("IPC", "379")]),
    offence(90, "House-breaking", "नकबजनी", &[("BNS", "331(4)"), ("BNS", "305(a)")], &[("IPC", "457"), ("IPC", "380")]),
    Offence { victim: true, ..offence(180, "Hurt", "मारपीट", &[("BNS", "115(2)"), ("BNS", "126(2)")], &[("IPC", "323"), ("IPC", "341")]) },
    offence(110, "Cheating", "धोखाधड़ी", &[("BNS", "318(4)")], &[("IPC", "420")]),
    offence(60, "Cyber fraud", "साइबर ठगी", &[("BNS", "318(4)"), ("IT Act", "66D")], &[("IPC", "420"), ("IT Act", "66D")]),
    Offence { victim: true, ..offence(90, "Rash driving", "लापरवाही से वाहन चलाना", &[("BNS", "281"), ("BNS", "125(a)")], &[("IPC", "279"), ("IPC", "337")]) },
    offence(35, "Robbery", "लूट", &[("BNS", "309(4)")], &[("IPC", "392")]),
    offence(40, "Criminal intimidation", "आपराधिक धमकी", &[("BNS", "351(2)")], &[("IPC", "506")]),
    Offence { victim: true, ..offence(12, "Murder", "हत्या", &[("BNS", "103(1)")], &[("IPC", "302")]) },
    Offence { victim: true, ..offence(13, "Attempt to murder", "हत्या का प्रयास", &[("BNS", "109(1)")], &[("IPC", "307")]) },
    offence(30, "Illegal arms", "अवैध हथियार", &[("Arms Act", "3/25")], &[("Arms Act", "3/25")]),
    offence(25, "Narcotics", "मादक पदार्थ", &[("NDPS Act", "8/21")], &[("NDPS Act", "8/21")]),
    offence(30, "Excise", "आबकारी", &[("Rajasthan Excise Act", "19/54")], &[("Rajasthan Excise Act", "19/54")]),
    Offence { victim: true, ..offence(15, "Rape", "बलात्कार", &[("BNS", "64(1)")], &[("IPC", "376(1)")]) },
    Offence { victim: true, ..offence(10, "Sexual offence against a child", "बालक के विरुद्ध लैंगिक अपराध", &[("POCSO Act", "7/8")], &[("POCSO Act", "7/8")]) },
];

/// When, where and how a kind of offence is usually done.
pub(crate) struct Habit {
    /// First hour and number of hours after it; past midnight counts on.
    pub hours: (u64, u64),
    /// Months with half as many again.
    pub months: &'static [u32],
    pub place: &'static str,
    pub conveyance: &'static str,
    /// Ways of doing it, in Hindi as scene reports have them.
    pub methods: &'static [&'static str],
}

const fn habit(
    hours: (u64, u64),
    months: &'static [u32],
    place: &'static str,
    conveyance: &'static str,
    methods: &'static [&'static str],
) -> Habit {
    Habit { hours, months, place, conveyance, methods }
}

static NIGHT: Habit = habit(
    (22, 7),
    &[1, 2, 5, 6, 12],
    "HOUSE",
    "ON FOOT",
    &["रात में ताला तोड़कर घर में प्रवेश", "छत के रास्ते घर में घुसकर चोरी", "खिड़की की जाली काटकर प्रवेश", "सूने मकान का ताला तोड़कर चोरी"],
);
static STREET: Habit = habit(
    (17, 6),
    &[3, 10, 11],
    "PARKING",
    "MOTORCYCLE",
    &["बाजार में खड़ी मोटर साइकिल का लॉक तोड़कर चोरी", "मास्टर चाबी से वाहन चोरी", "भीड़ में जेब काटकर चोरी"],
);
static ROAD: Habit = habit(
    (19, 5),
    &[1, 12],
    "ROAD",
    "MOTORCYCLE",
    &["मोटर साइकिल पर आकर मोबाइल छीनना", "रास्ता रोककर मारपीट कर लूट", "चाकू दिखाकर नकदी लूटना"],
);
static QUARREL: Habit = habit(
    (16, 7),
    &[4, 5, 6],
    "VILLAGE",
    "ON FOOT",
    &["रास्ते के विवाद को लेकर मारपीट", "पुरानी रंजिश के कारण हमला", "खेत की मेड़ को लेकर झगड़ा"],
);
static OFFICE: Habit =
    habit((10, 9), &[], "ONLINE", "NONE", &["ऑनलाइन लिंक भेजकर खाते से रुपये निकालना", "नौकरी का झांसा देकर ठगी", "फर्जी दस्तावेज से धोखा"]);
static RAID: Habit = habit((8, 14), &[3, 10], "ROAD", "CAR", &["नाकाबंदी में तलाशी", "मुखबिर की सूचना पर कार्यवाही"]);

impl Offence {
    /// What is usual for it.
    pub(crate) fn habit(&self) -> &'static Habit {
        match self.head {
            "House-breaking" => &NIGHT,
            "Theft" | "Motor vehicle theft" => &STREET,
            "Robbery" | "Rash driving" => &ROAD,
            "Cheating" | "Cyber fraud" => &OFFICE,
            "Illegal arms" | "Narcotics" | "Excise" => &RAID,
            _ => &QUARREL,
        }
    }

    /// An offence by its weight and the season: what is out of season is drawn once again one time in three.
    pub(crate) fn draw(random: u64, month: u32) -> &'static Self {
        let first = Self::weighed(random);
        let again = !first.habit().months.contains(&month) && (random >> 40).is_multiple_of(3);
        if again { Self::weighed(random >> 20) } else { first }
    }

    /// The offence of that name.
    pub(crate) fn named(head: &str) -> &'static Self {
        OFFENCES.iter().find(|o| o.head == head).unwrap_or(&OFFENCES[0])
    }

    fn weighed(random: u64) -> &'static Self {
        let mut left = (random % 1_000) as u32;
        for offence in &OFFENCES {
            if left < offence.weight {
                return offence;
            }
            left -= offence.weight;
        }
        &OFFENCES[0]
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn weights_are_thousandths() {
        assert_eq!(super::OFFENCES.iter().map(|o| o.weight).sum::<u32>(), 1_000);
    }
}
