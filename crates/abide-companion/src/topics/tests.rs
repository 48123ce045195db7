//! Topics and texts about them.

use proptest::prelude::*;

use super::*;

const KNOWN: [Named<'static>; 6] = [
    Named { relation: "former partner", name: "Marcus Webb" },
    Named { relation: "sister", name: "Clara" },
    Named { relation: "brother", name: "Will" },
    Named { relation: "friend", name: "Tom" },
    Named { relation: "dog", name: "Rex" },
    Named { relation: "mother", name: "小红" },
];

fn avoided<const COUNT: usize>(topics: [&str; COUNT]) -> Avoided {
    Avoided::new(topics.map(|topic| (topic, None)), &KNOWN)
}

#[test]
fn texts_about_a_topic_are_known_in_any_form() {
    let avoided =
        avoided(["my ex", "the accident", "my father's death", "mon travail", "我爸爸", "那场车祸", " "]);
    let table = [
        ("I saw my ex yesterday", Some("my ex")),
        ("An exam went well", None),
        ("Those ACCIDENTS happen", Some("the accident")),
        ("His mother is kind", None),
        ("When her mother met death", None),
        ("Elle parle de son travail", Some("mon travail")),
        ("On travaille bien", None),
        ("他说爸爸来了", Some("我爸爸")),
        ("车祸以后", Some("the accident")),
        ("妈妈来了", None),
        ("", None),
    ];
    for (text, topic) in table {
        assert_eq!(avoided.topic_of(text), topic, "{text}");
    }
    assert!(Avoided::new([(" ", None), ("", None)], &[]).is_empty());
}

#[test]
fn somebody_is_met_by_every_word_and_name_for_them() {
    let met = [
        ("my father", "Jo's dad lives in Hull."),
        ("my dad", "March 1, 2024, Jo: “My father collects old stamps.”"),
        ("my late father", "Dads are like that."),
        ("my dad", "Mon père collectionne les timbres."),
        ("mon père", "Papa aime les timbres."),
        ("mon pere", "Mon père aime les timbres."),
        ("mon père", "用户的爸爸住在杭州。"),
        ("我爸", "我父亲喜欢集邮"),
        ("我的爸爸", "我老爸喜欢集邮"),
        ("我妈妈", "小红住在上海"),
        ("my ex", "Marcus sold our house."),
        ("my ex", "marcus sold our house"),
        ("my ex-husband", "My ex sold our house."),
        ("my cheating ex", "I met Marcus."),
        ("Marcus", "My ex sold our house."),
        ("Rex", "My dog was ill."),
        ("my sister", "Clara was ill."),
        ("ma sœur aînée", "Clara est malade."),
        ("my big brother", "Will sang all night."),
        ("my brother Will", "My brother sang all night."),
        ("my friend Tom", "Tom sang all night."),
        ("my parents", "Mum sang all night."),
        ("my family", "Clara sang all night."),
        ("my sister's wedding", "Clara's wedding was fine."),
        ("my father's death", "Dad died in March."),
        ("la mort de mon père", "Papa est décédé en mars."),
        ("爸爸的去世", "父亲去年过世了"),
        ("my divorce", "We separated in May."),
        ("my son", "My sons are loud."),
        ("狗", "我很喜欢狗"),
        ("我的ex", "My ex is back."),
    ];
    for (topic, text) in met {
        assert_eq!(avoided([topic]).topic_of(text), Some(topic), "{topic}: {text}");
    }
    let not_met = [
        ("my father", "My mother collects old stamps."),
        ("my father", "En mars, mon mari part."),
        ("my cat", "We had a nice chat about the patron."),
        ("my son", "Elle aime son chien."),
        ("my brother", "I will sing all night."),
        ("my brother", "我在墨西哥上班"),
        ("mon mari", "En mars, je pars."),
        ("my friend Tom", "My friend Anna sang all night."),
        ("my best friend", "A friend of theirs sang."),
        ("her mother", "小红住在上海"),
        ("Tom's mother", "小红住在上海"),
        ("la mère d'Anne", "小红住在上海"),
        ("my sister's wedding", "Clara was ill."),
        ("my father's death", "My father collects old stamps."),
        ("my father's death", "The old king died."),
        ("我姐姐", "我妹妹住在上海"),
        ("my horse", "我马上来"),
        ("the accident", "My dad lives in Hull."),
    ];
    for (topic, text) in not_met {
        assert_eq!(avoided([topic]).topic_of(text), None, "{topic}: {text}");
    }
}

fn missed(met: &[(&str, &str)]) -> Vec<String> {
    let missed = met.iter().filter(|(topic, text)| avoided([topic]).topic_of(text).is_none());
    missed.map(|(topic, text)| format!("{topic}: {text}")).collect()
}

#[test]
fn money_work_and_health_are_met_by_all_that_has_to_do_with_them() {
    let met = [
        ("money", "I earn 3000 a month, the rent is 900."),
        ("money", "My salary went down and I owe the bank 5000."),
        ("money", "I pay 900 a month in rent."),
        ("money", "We can't afford it, I'm broke."),
        ("my finances", "The mortgage is killing us."),
        ("money problems", "The loan was £20."),
        ("l'argent", "Je gagne 2000 euros, le loyer est de 900."),
        ("mes problèmes d'argent", "Je suis à découvert."),
        ("钱", "我一个月赚三千，房租九百。"),
        ("钱的事", "我欠了銀行很多。"),
        ("my salary", "I make good wages and earn 40k."),
        ("debt", "I still owe my uncle a lot."),
        ("work", "My colleague Bob snores in meetings."),
        ("work", "My boss fired me."),
        ("work", "I work nights at the hospital."),
        ("work", "I worked all day."),
        ("work", "I went to work late."),
        ("work", "Work was hell."),
        ("work", "I'm a night nurse."),
        ("work", "I am a primary school teacher"),
        ("my job", "I was sacked in April."),
        ("my job", "They hired somebody else."),
        ("losing my job", "I got laid off last week."),
        ("work stress", "The deadline is Friday."),
        ("le travail", "Mon chef m'a crié dessus."),
        ("mon boulot", "J'ai été licenciée en avril."),
        ("le travail", "Je suis infirmier."),
        ("mon travail", "Je travaille trop."),
        ("工作", "老板骂了我。"),
        ("工作压力", "我昨晚加班到十点。"),
        ("工作", "我是儿科护士。"),
        ("my health", "I take sertraline every morning."),
        ("my health", "The insulin is expensive."),
        ("my health", "I take antidepressants."),
        ("my illness", "The chemo starts on Monday."),
        ("ma santé", "Je prends des antidépresseurs."),
        ("健康", "我每天吃药。"),
        ("mental health", "My therapist is away."),
        ("my depression", "I had a panic attack."),
    ];
    assert_eq!(missed(&met), Vec::<String>::new());
}

#[test]
fn other_matters_are_met_by_all_that_has_to_do_with_them() {
    let met = [
        ("pregnancy", "I had a miscarriage last year."),
        ("la grossesse", "J'ai fait une fausse couche."),
        ("怀孕", "我去年流产了。"),
        ("my weight", "I gained ten kilos."),
        ("mon poids", "J'ai grossi."),
        ("减肥", "我又胖了。"),
        ("food", "I skipped dinner."),
        ("alcohol", "I got drunk at the wedding."),
        ("my drinking", "Two beers and I was gone."),
        ("l'alcool", "J'étais bourré."),
        ("喝酒", "我昨天醉了。"),
        ("drugs", "I smoked a joint."),
        ("religion", "I pray every night."),
        ("la religion", "Le curé est venu."),
        ("宗教", "我每周去教堂。"),
        ("politics", "I voted for the mayor's party in the election."),
        ("la politique", "Macron a encore parlé."),
        ("政治", "他投票给谁？"),
        ("sex", "We slept with each other; she slept with him."),
        ("le sexe", "J'ai couché avec lui."),
        ("性", "我們昨晚做爱了。"),
        ("death", "The funeral is on Friday."),
        ("grief", "I lost my mother in May."),
        ("la mort", "L'enterrement est vendredi."),
        ("死亡", "葬礼在周五。"),
        ("my divorce", "The custody hearing is on Monday."),
        ("mon divorce", "Il m'a quittée en mai."),
        ("离婚", "抚养权归他。"),
        ("school", "My teacher shouted at me."),
        ("l'école", "Le prof m'a puni."),
        ("学校", "班主任骂了我。"),
        ("the war", "The bombs fell all night."),
        ("la guerre", "Les soldats sont venus."),
        ("战争", "轰炸了一夜。"),
        ("suicide", "I wanted to kill myself."),
        ("prison", "He was arrested in June."),
    ];
    assert_eq!(missed(&met), Vec::<String>::new());
}

#[test]
fn compounds_capitals_and_marks_that_nobody_sees_hide_no_topic() {
    let met = [
        ("cancer", "The cancer-ward was cold."),
        ("cancer", "It was breast-cancer."),
        ("my divorce", "My divorce-papers came."),
        ("my job", "My job-interview went well."),
        ("dogs", "She is a dog-sitter."),
        ("whales", "We saw a killer-whale."),
        ("whales", "We saw a killer‑whale."),
        ("whales", "The WHALE’S song."),
        ("dogs", "OUR DOG'S BOWL"),
        ("whales", "The wh\u{ad}ales sing."),
        ("whales", "The wha\u{200b}les sing."),
        ("whales", "The ｗｈａｌｅｓ sing."),
        ("le chômage", "Il est au Pôle-chômage."),
        ("les baleines", "Un bébé-baleine passe."),
        ("alcohol", "A no-alcohol party."),
        ("alcohol", "He is an ex-alcoholic."),
        ("alcohol", "Say the alcohol-by-volume."),
        ("dogs", "A 3-dog night."),
        ("dogs", "Their no-dog policy."),
        ("suicide", "A suicide-by-cop film."),
        ("my divorce", "My divorce-by-mail came."),
        ("my divorce", "A do-it-yourself-divorce."),
        ("spiders", "Un-spider-like."),
        ("手术", "我做了個手術。"),
        ("鲸鱼", "鯨魚在唱歌。"),
        ("鯨魚", "鲸鱼在唱歌。"),
        ("猫", "我的貓睡了。"),
        ("诈骗", "詐騙電話很煩。"),
        ("綁架", "有人被绑架了。"),
        ("骚扰", "我被騷擾了。"),
        ("殡葬", "殯葬業很難。"),
        ("鳄鱼", "鱷魚很可怕。"),
        ("苏州", "我去了蘇州。"),
        ("头发", "我剪了頭髮。"),
        ("work", "Work-related mail came in."),
        ("work", "I had work-related stress."),
        ("work", "A work-shy man."),
        ("work", "I'm out-of-work now."),
        ("work", "I was overworked."),
    ];
    assert_eq!(missed(&met), Vec::<String>::new());
    let not_met = [
        ("the law", "My mother-in-law is visiting."),
        ("my mother", "My step-mother called."),
        ("my ex", "An ex-colleague called."),
        ("my husband", "My ex-husband called."),
        ("my ex", "He is an ex-smoker."),
        ("law", "My in-laws came by."),
        ("love", "The glove-maker is here."),
        ("work", "We had a work-out."),
        ("work", "A work-around for the bug."),
        ("work", "Such a work-of-art."),
    ];
    assert_eq!(missed(&not_met).len(), not_met.len());
}

#[test]
fn what_people_say_of_hard_matters_is_met_in_plain_words() {
    let met = [
        ("suicide", "I wanted to end it all."),
        ("suicide", "I dont want to live any more."),
        ("suicide", "I don’t want to live anymore."),
        ("le suicide", "J'ai avalé une boîte de cachets."),
        ("自杀", "我割过腕。"),
        ("my depression", "I cry every night."),
        ("ma dépression", "Je pleure toutes les nuits."),
        ("我的抑郁症", "我每天晚上都哭。"),
        ("my anxiety", "My heart races before I leave the house."),
        ("the law", "I was arrested."),
        ("la justice", "J'ai pris une amende."),
        ("法律", "五月开庭。"),
        ("love", "I have a crush on Leo."),
        ("l'amour", "J'ai un faible pour Léa."),
        ("爱情", "我吻了她。"),
        ("my divorce", "My ex wants the house."),
        ("l'argent", "On est fauchés."),
        ("钱", "我是月光族。"),
        ("ma santé", "J'ai vomi toute la nuit."),
        ("我的健康", "我吐了一晚上。"),
        ("pregnancy", "My water broke at home."),
        ("gambling", "I bet on horses."),
        ("covid", "On était confinés."),
        ("my sleep", "I lay awake until four."),
        ("mon sommeil", "Je n'ai pas fermé l'œil."),
        ("失眠", "我熬夜了。"),
        ("loneliness", "Nobody calls me."),
        ("my diabetes", "I take insulin."),
        ("dementia", "She forgets who I am."),
        ("my eating disorder", "I binge when I'm sad."),
        ("my family", "My parents arrive tomorrow."),
        ("my in-laws", "My mother in law rang."),
        ("my stepdad", "My stepfather shouted."),
        ("我继父", "后爸骂了我。"),
        ("my ex", "My old boyfriend was at the party."),
    ];
    assert_eq!(missed(&met), Vec::<String>::new());
    let not_met = [
        ("suicide", "I don't want to live in Paris any more."),
        ("suicide", "I cut my finger chopping onions."),
        ("the law", "My mother-in-law is visiting."),
        ("the law", "I feel fine."),
        ("la justice", "J'ai mangé un avocat."),
        ("love", "I love pizza."),
        ("love", "What's the date today?"),
        ("money", "I pay no attention to gossip."),
        ("money", "The lamp broke when I moved the table."),
        ("pregnancy", "I'm expecting a parcel."),
        ("le travail", "J'ai travaillé ma guitare."),
        ("religion", "God, it is cold!"),
        ("l'alcool", "J'ai bu un verre d'eau."),
        ("la mort", "Mon téléphone est tombé."),
        ("mon poids", "J'ai vu un gros chien."),
        ("l'école", "On fait les courses."),
        ("my stepdad", "My dad laughed."),
        ("covid", "太阳了不起。"),
    ];
    let met: Vec<_> =
        not_met.iter().filter(|(topic, text)| avoided([topic]).topic_of(text).is_some()).collect();
    assert!(met.is_empty(), "{met:#?}");
}

#[test]
fn a_topic_is_not_met_by_what_only_sounds_like_it() {
    let not_met = [
        ("work", "It works! The lamp is on."),
        ("work", "I worked on my garden all day."),
        ("work", "The radio doesn't work any more."),
        ("work", "We worked it out in the end."),
        ("work", "That works for me."),
        ("work", "I worked in the garden with Ana."),
        ("work", "My dentist has a cat."),
        ("work", "I saw a nurse on the bus."),
        ("le travail", "Ça marche, la lampe est allumée."),
        ("mon travail", "J'ai travaillé au jardin."),
        ("工作", "我在花园里种花。"),
        ("money", "I spent the afternoon in the garden."),
        ("money", "Mon pain est chaud et la mer est calme."),
        ("death", "I'm dying to see it."),
        ("death", "I'm dead tired."),
        ("la mort", "Je suis morte de rire."),
        ("死亡", "我累死了。"),
        ("alcohol", "My favourite drink is tea."),
        ("酒", "我住在一家酒店。"),
        ("religion", "Oh my god, what a lamp!"),
        ("my health", "I'm sick of rain."),
        ("marriage", "Marie est venue hier."),
        ("food", "Nous étions quatre."),
        ("sex", "The sea was calm."),
        ("war", "I saw Star Wars."),
        ("Paris", "I bet on a horse."),
        ("the wedding", "My husband sang."),
        ("my exam", "My teacher sang."),
    ];
    let met: Vec<_> =
        not_met.iter().filter(|(topic, text)| avoided([topic]).topic_of(text).is_some()).collect();
    assert!(met.is_empty(), "{met:#?}");
}

#[test]
fn what_is_to_be_forgotten_is_what_is_called_so() {
    let named = |topic, text| Avoided::named([(topic, None)], &KNOWN).topic_of(text).is_some();
    for (topic, text) in
        [("my job", "I lost my job."), ("work", "She works at Acme."), ("my divorce", "We divorced.")]
    {
        assert!(named(topic, text), "{topic}: {text}");
    }
    for (topic, text) in [("my job", "My salary went down."), ("money", "The rent is 900.")] {
        assert!(!named(topic, text), "{topic}: {text}");
    }
    assert!(is_same_topic("my job", "work") && is_same_topic("mon boulot", "我的工作"));
    assert!(!is_same_topic("money", "my salary"));
}

#[test]
fn a_fact_is_about_whose_it_is() {
    let fact = |topic, subject| {
        avoided([topic]).topic_of_fact(FactKind::Place, subject, "They live in Hull.").is_some()
    };
    assert!(fact("my dad", "father"));
    assert!(fact("my ex", "Marcus Webb"));
    assert!(!fact("my dad", "mother"));
    assert!(!fact("her dad", "father"));
}

proptest! {
    #[test]
    fn a_topic_is_found_in_its_own_words(topic in "[a-zé]{2,10}( [a-zé]{2,10}){0,2}", before in ".{0,20}") {
        let avoided = avoided([topic.as_str()]);
        let text = format!("{before} {topic}");
        prop_assert!(avoided.topic_of(&text).is_some());
    }

    #[test]
    fn any_topic_and_text_are_taken(topic in ".{0,20}", text in ".{0,40}", kin in "(my |我|mon )?(ex|dad|爸|père|best friend)( .{0,8})?") {
        let _ = avoided([topic.as_str(), kin.as_str()]).topic_of(&text);
    }
}
