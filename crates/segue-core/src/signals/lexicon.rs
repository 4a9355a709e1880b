//! Words of feeling as they are used in support conversations, and how strong they are.
//!
//! Words that name a product's behaviour (error, kill, denied, dead link, crash) carry no
//! feeling here: whoever writes them may be calm. They count as a problem, which is another
//! thing: see [`is_problem`].

/// How a lower-case word feels, from -40 (hate) to 40 (love); 0 for a word without feeling.
pub(super) fn feeling(word: &str) -> i32 {
    match word {
        "love" | "amazing" | "awesome" | "fantastic" | "excellent" | "outstanding"
        | "brilliant" | "superb" | "wonderful" | "incredible" | "lifesaver" | "exceptional"
        | "phenomenal" => 32,
        "great" | "perfect" | "best" | "delighted" | "thrilled" | "impressed" | "impressive"
        | "loved" | "loving" | "beautiful" | "fabulous" | "flawless" | "stellar" | "hero"
        | "rock" | "rocks" | "kudos" | "yay" | "woohoo" | "hooray" => 28,
        "happy" | "glad" | "pleased" | "enjoy" | "enjoyed" | "enjoying" | "pleasant"
        | "friendly" | "kind" | "helpful" | "appreciate" | "appreciated" | "grateful"
        | "thankful" | "excited" | "lovely" | "nice" | "cool" | "sweet" | "smooth" | "cheers"
        | "efficient" | "generous" | "courteous" | "polite" | "recommend" | "favorite"
        | "favourite" | "fun" | "congrats" | "congratulations" | "blessed" | "bravo"
        | "professional" | "super" | "classy" | "win" | "winning" | "prompt" => 22,
        "good" | "better" | "well" | "easy" | "quick" | "quickly" | "fast" | "works" | "worked"
        | "solved" | "resolved" | "fixed" | "comfortable" | "relieved" | "satisfied" | "hope"
        | "welcome" | "haha" | "lol" | "wow" | "safe" | "smile" | "patient" | "fine" | "clean"
        | "interesting" => 15,
        "thanks" | "thank" | "thx" | "thanx" | "ty" | "tysm" => 9,
        "please" | "ok" | "okay" | "yes" | "sure" | "understand" | "looking" => 2,
        "hate" | "furious" | "outraged" | "outrageous" | "disgusting" | "disgusted" | "despise"
        | "scam" | "scammers" | "scammed" | "fraudsters" | "thieves" | "stole" | "stealing"
        | "liars" | "liar" | "lied" | "lying" | "crooks" | "criminal" | "robbery" | "garbage"
        | "atrocious" | "abysmal" | "appalling" | "horrendous" | "worst" | "pathetic"
        | "incompetent" | "incompetence" | "idiots" | "idiot" | "morons" | "despicable"
        | "enraged" | "livid" | "fuming" => -36,
        "terrible" | "horrible" | "awful" | "angry" | "unacceptable" | "ridiculous" | "absurd"
        | "useless" | "worthless" | "joke" | "nightmare" | "disgrace" | "disgraceful" | "trash"
        | "rubbish" | "crap" | "crappy" | "sucks" | "suck" | "shameful" | "shame" | "insane"
        | "infuriating" | "infuriated" | "rude" | "disrespectful" | "dishonest" | "betrayed"
        | "screwed" | "clueless" | "stupid" | "dumb" | "mad" | "pissed" | "lousy" | "shitty"
        | "shit" | "fuck" | "fucking" | "fucked" | "bullshit" | "bs" | "damn" | "hell" | "wtf"
        | "ffs" | "horrid" | "insulting" | "insulted" | "laughable" | "hellish" | "fiasco" => -30,
        "bad" | "disappointed" | "disappointing" | "disappointment" | "frustrated"
        | "frustrating" | "frustration" | "annoyed" | "annoying" | "upset" | "unhappy" | "poor"
        | "poorly" | "worse" | "unprofessional" | "unhelpful" | "ignored" | "ignoring"
        | "ignore" | "fail" | "failing" | "fails" | "failure" | "mess" | "messed" | "wasted"
        | "waste" | "wasting" | "ruined" | "ruin" | "ruining" | "stranded" | "stuck"
        | "nonsense" | "misled" | "misleading" | "dissatisfied" | "unfair" | "ripoff"
        | "overcharged" | "sad" | "sick" | "tired" | "fed" | "hopeless" | "careless"
        | "unreliable" | "painful" | "pain" | "cheated" | "embarrassing" | "lame" | "sorry"
        | "tragic" | "unbelievable" | "inexcusable" | "dreadful" | "awkward" | "robot" => -22,
        "late" | "delay" | "delayed" | "delays" | "slow" | "slowly" | "lost" | "missing"
        | "missed" | "broken" | "damaged" | "wrong" | "confused" | "confusing" | "worried"
        | "worry" | "concerned" | "difficult" | "impossible" | "complaint" | "complain"
        | "cancelled" | "canceled" | "stolen" | "unable" | "issue" | "issues" | "problem"
        | "problems" | "inconvenience" | "unfortunately" | "nothing" | "nobody" | "noone"
        | "never" | "waiting" | "waited" | "dropped" | "rejected" | "refuse" | "refused"
        | "refuses" | "refusing" | "forced" | "dirty" | "uncomfortable" | "cold" | "unclear"
        | "expensive" | "desperate" | "urgent" | "forever" | "seriously" => -11,
        "still" | "again" | "already" | "why" | "yet" | "without" | "hours" | "hour" | "weeks"
        | "anymore" | "stop" | "least" => -6,
        _ => 0,
    }
}

/// Whether a word turns the feeling of those that follow it.
pub(super) fn is_negation(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "no"
            | "never"
            | "don't"
            | "dont"
            | "didn't"
            | "didnt"
            | "doesn't"
            | "doesnt"
            | "isn't"
            | "isnt"
            | "wasn't"
            | "wasnt"
            | "aren't"
            | "won't"
            | "wont"
            | "can't"
            | "cant"
            | "cannot"
            | "couldn't"
            | "couldnt"
            | "wouldn't"
            | "shouldn't"
            | "hasn't"
            | "hasnt"
            | "haven't"
            | "havent"
            | "hadn't"
            | "weren't"
            | "ain't"
            | "aint"
            | "nothing"
            | "nobody"
            | "none"
            | "without"
            | "neither"
            | "nor"
            | "hardly"
            | "barely"
            | "zero"
            | "lack"
            | "lacking"
    )
}

/// By how many tenths a word strengthens or weakens the one after it; 10 leaves it as it is.
pub(super) fn strength_tenths(word: &str) -> i32 {
    match word {
        "very" | "really" | "so" | "extremely" | "absolutely" | "completely" | "totally"
        | "incredibly" | "utterly" | "beyond" | "super" | "too" | "such" | "truly" | "highly"
        | "fucking" | "damn" | "freaking" | "insanely" | "deeply" | "most" | "more"
        | "complete" | "total" | "absolute" => 14,
        "slightly" | "somewhat" | "bit" | "little" | "kinda" | "fairly" | "rather" | "quite"
        | "almost" | "mildly" | "partly" => 7,
        _ => 10,
    }
}

/// Whether a word names trouble, with or without feeling.
pub(super) fn is_problem(word: &str) -> bool {
    matches!(
        word,
        "error"
            | "errors"
            | "crash"
            | "crashes"
            | "crashed"
            | "crashing"
            | "denied"
            | "declined"
            | "locked"
            | "blocked"
            | "bug"
            | "invalid"
            | "expired"
            | "frozen"
            | "freezes"
            | "twice"
            | "double"
            | "doubled"
            | "duplicate"
            | "leak"
            | "leaking"
            | "cracked"
            | "defective"
            | "faulty"
            | "dead"
            | "empty"
            | "charged"
            | "overcharged"
            | "refund"
            | "cancel"
            | "dispute"
            | "return"
            | "replace"
            | "can't"
            | "cant"
            | "cannot"
            | "doesn't"
            | "doesnt"
            | "didn't"
            | "won't"
            | "wont"
            | "hasn't"
            | "hasnt"
            | "haven't"
            | "isn't"
            | "not"
            | "never"
            | "failed"
            | "fails"
            | "fail"
            | "failing"
            | "help"
            | "need"
            | "want"
            | "trouble"
            | "how"
            | "where"
            | "why"
    ) || feeling(word) <= -11
}

/// Whether a word is a swear word; letters may be masked ("f***").
pub(super) fn is_profanity(word: &str) -> bool {
    matches!(
        word,
        "fuck"
            | "fucking"
            | "fucked"
            | "fuckin"
            | "fuckers"
            | "fck"
            | "fcking"
            | "shit"
            | "shitty"
            | "bullshit"
            | "bs"
            | "wtf"
            | "wth"
            | "ffs"
            | "omfg"
            | "stfu"
            | "crap"
            | "crappy"
            | "damn"
            | "damned"
            | "dammit"
            | "goddamn"
            | "asshole"
            | "assholes"
            | "bitch"
            | "bastard"
            | "bastards"
            | "piss"
            | "pissed"
            | "bloody"
            | "arse"
            | "dumbass"
            | "idiots"
            | "idiot"
            | "morons"
            | "moron"
            | "screwed"
    )
}
