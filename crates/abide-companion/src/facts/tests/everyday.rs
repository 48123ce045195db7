//! Everyday sentences that tell of people, things, fears and work, and those that look alike and don't.

use super::*;

fn nothing(sentences: &[&str]) {
    check(&sentences.iter().map(|sentence| (*sentence, "")).collect::<Vec<_>>());
}

#[test]
fn what_asks_only_whether_one_remembers_is_told_all_the_same() {
    check(&[
        ("I'm allergic to hazelnuts, remember?", "allergy=hazelnuts"),
        ("I live in Cork now, don't you remember?", "home=Cork"),
        ("My sister is called Bea, isn't that funny?", "sister=Bea"),
        ("My dog is Rex, you know?", "dog=Rex"),
        ("I'm allergic to hazelnuts - remember?", "allergy=hazelnuts"),
        ("I'm allergic to walnuts – you do remember that?", "allergy=walnuts"),
        ("I live in Cork now, did I mention that?", "home=Cork"),
        ("I live in Cork, I told you already, didn't I?", "home=Cork"),
        ("I'm a nurse, haven't I told you that?", "job=nurse"),
        ("My brother is called Otto, isn't that a lovely name?", "brother=Otto"),
        ("My brother is called Otto; lovely, isn't it?", "brother=Otto"),
        ("I play the cello, you know that, don't you?", "plays=cello"),
        ("I'm vegetarian, just so you know?", "diet=vegetarian"),
        ("I'm a nurse, is that a problem?", "job=nurse"),
        ("I'm diabetic, had you forgotten?", "condition=diabetic"),
        ("Je suis infirmière, tu savais ?", "job=infirmière"),
        ("Ma sœur s'appelle Léa, je te l'ai déjà dit, non ?", "sister=Léa"),
        ("Ma sœur s'appelle Léa, c'est joli, non ?", "sister=Léa"),
        ("Je suis infirmière, t'as oublié ?", "job=infirmière"),
        ("我妹妹叫小雨，好听吧？", "sister=小雨"),
        ("我妹妹叫小雨，我跟你说过吧？", "sister=小雨"),
        ("我妹妹叫小雨，是不是很可爱？", "sister=小雨"),
        ("我妹妹叫小雨，你没忘吧？", "sister=小雨"),
        ("Ma sœur s'appelle Léa, tu te souviens ?", "sister=Léa"),
        ("Mon chien, c'est Filou, tu sais ?", "dog=Filou"),
        ("豆豆是我女儿，记得吗？", "daughter=豆豆"),
        ("李娜是我同事，你知道吗？", "colleague=李娜"),
    ]);
    nothing(&[
        "Do I live in Cork, do you know?",
        "Where do I live, do you remember?",
        "My sister is called Bea, right?",
        "My sister is called Bea, isn't she?",
        "Was my dog called Rex, remember?",
        "My sister is called Bea, isn't she, remember?",
        "My sister is called Bea, isn't that right?",
        "My sister is called Bea, isn't that her name?",
        "My sister is called Bea, isn't that what I said?",
        "My sister is called Bea, is that so?",
        "I live in Cork, don't I?",
        "I live in Cork, right, do you remember?",
        "I live in Cork, am I right?",
        "I live in Cork or Kerry, do you remember?",
        "My sister lives in Rome, or was it Milan, do you remember?",
        "J'habite à Lyon ou à Nice, tu te souviens ?",
        "我妹妹叫小雨还是小雪，你记得吗？",
        "I'm pregnant, is that possible?",
        "Je suis infirmière, c'est bien ça ?",
        "Ma sœur s'appelle Léa, n'est-ce pas, tu te souviens ?",
        "我妹妹叫小雨，对吧？",
        "我妹妹叫小雨，是不是？",
        "我妹妹叫小雨，不是吗，你记得吗？",
        "Ma sœur s'appelle Léa, non ?",
        "Où est-ce que j'habite, tu te souviens ?",
        "我住在哪里，你记得吗？",
    ]);
}

#[test]
fn people_and_animals_are_somebody() {
    check(&[
        ("My boyfriend is Tom.", "boyfriend=Tom"),
        ("My sister is Clara.", "sister=Clara"),
        ("My wife is Ana.", "wife=Ana"),
        ("My wife is Pregnant.", "wife.condition=Pregnant"),
        ("My dog is Rex.", "dog=Rex"),
        ("My mum is Ann and my dad is Bob.", "mother=Ann; father=Bob"),
        ("My little sister is Clara, she's a nurse.", "sister=Clara; Clara.job=nurse"),
        ("Mon copain est Paul.", "boyfriend=Paul"),
        ("Mon copain, c'est Paul.", "boyfriend=Paul"),
        ("Ma sœur, c'est Clara.", "sister=Clara"),
        ("Mon chien, c'est Filou.", "dog=Filou"),
        ("小明是我男朋友。", "boyfriend=小明"),
        ("豆豆是我女儿。", "daughter=豆豆"),
        ("我男朋友是小明。", "boyfriend=小明"),
        ("李娜是我同事。", "colleague=李娜"),
    ]);
    nothing(&[
        "My boyfriend is tall.",
        "小红不是我妹妹。",
        "小王以前是我女朋友。",
        "My boyfriend is ill.",
        "My boyfriend is Dutch.",
        "My boyfriend is Austrian.",
        "My boyfriend is Italian-American.",
        "My boyfriend is away.",
        "My boyfriend is Christian.",
        "My boyfriend is Catholic.",
        "My boyfriend is Christmas shopping.",
        "My cat is Siamese.",
        "My sister is Mum's favourite.",
        "My brother's Tesla is new.",
        "Is my boyfriend Tom?",
        "Mon copain est grand.",
        "Mon copain est Breton.",
        "Mon copain est malade.",
        "今天是我妈妈。",
        "他是我男朋友。",
        "咖啡是我朋友。",
        "我男朋友是小偷。",
        "医生是我爸爸。",
        "谁是我男朋友？",
    ]);
}

#[test]
fn things_are_had() {
    check(&[
        ("I have a red Vespa.", "has=a red Vespa"),
        ("I have a Honda.", "has=a Honda"),
        ("I have a boat.", "has=a boat"),
        ("I've got an old piano.", "has=an old piano"),
        ("We have a house in Spain.", "has=a house"),
        ("I have a mountain bike.", "has=a mountain bike"),
        ("I have two cars.", "has=two cars"),
        ("I have a Yamaha motorbike.", "has=a Yamaha motorbike"),
        ("I have a big house with a garden.", "has=a big house"),
        ("J'ai une voiture.", "has=une voiture"),
        ("J'ai une Clio.", "has=une Clio"),
        ("J'ai une petite voiture rouge.", "has=une petite voiture rouge"),
        ("On a un bateau.", "has=un bateau"),
        ("J'ai un ordinateur portable.", "has=un ordinateur portable"),
        ("我有一艘船。", "has=一艘船"),
    ]);
    nothing(&[
        "I have a headache.",
        "I have a question.",
        "I have a meeting.",
        "I have a cold.",
        "I have a feeling.",
        "I have a question about my car.",
        "I have a car to fix.",
        "I have a flat tyre.",
        "I have a phone call.",
        "I have a guitar lesson.",
        "I have a PhD.",
        "I have a Zoom at three.",
        "I have a Spanish exam.",
        "I have a boat race sometimes.",
        "If I have a boat, I'll sail.",
        "J'ai une question.",
        "J'ai un rhume.",
        "J'ai une idée.",
        "J'ai un cours de guitare.",
        "J'ai un entretien parfois.",
        "我有一个问题。",
    ]);
}

#[test]
fn fears_are_told() {
    check(&[
        ("I'm afraid of spiders.", "fears=spiders"),
        ("I am scared of dogs.", "fears=dogs"),
        ("I'm really terrified of heights.", "fears=heights"),
        ("I'm afraid of the dark.", "fears=the dark"),
        ("I'm scared of spiders and snakes.", "fears=spiders; fears=snakes"),
        ("I'm afraid of flying.", "fears=flying"),
        ("I have a fear of needles.", "fears=needles"),
        ("I've always been afraid of the dark.", "fears=the dark"),
        ("J'ai peur du noir et des serpents.", "fears=noir; fears=serpents"),
        ("I'm not afraid of spiders any more.", "~fears=spiders"),
        ("J'ai peur des araignées.", "fears=araignées"),
        ("J'ai très peur du noir.", "fears=noir"),
        ("Je n'ai plus peur des araignées.", "~fears=araignées"),
        ("我害怕蜘蛛。", "fears=蜘蛛"),
        ("我很怕狗。", "fears=狗"),
        ("我不怕蜘蛛了。", "~fears=蜘蛛"),
    ]);
    nothing(&[
        "I'm afraid so.",
        "I'm afraid not.",
        "I'm afraid that it's late.",
        "I'm afraid I can't come.",
        "I'm afraid of losing you.",
        "I'm scared of you.",
        "I'm scared of what comes next.",
        "I'm afraid of the answer.",
        "My sister is afraid of spiders.",
        "Are you afraid of spiders?",
        "J'ai peur de rater le train.",
        "J'ai peur que tu partes.",
        "J'ai peur pour toi.",
        "J'ai peur du résultat.",
        "我怕你生气。",
        "我害怕失去你。",
    ]);
}

#[test]
fn teaching_is_work() {
    check(&[
        ("I teach maths at a school in Ghent.", "teaches=maths; employer=a school"),
        ("I teach English.", "teaches=English"),
        ("J'enseigne les maths au lycée.", "teaches=les maths"),
        ("我教数学。", "teaches=数学"),
    ]);
    nothing(&[
        "I teach my dog tricks.",
        "I teach you how to swim.",
        "I teach myself the piano.",
        "That will teach me.",
        "我教我儿子数学。",
        "J'enseigne.",
    ]);
}

#[test]
fn an_exam_on_a_day_is_an_appointment() {
    check(&[
        ("我6月15日考试。", "appointment=2023-06-15 考试"),
        ("我12月5日考试。", "appointment=2023-12-05 考试"),
        ("我下周五面试。", "appointment=2023-05-19 面试"),
        ("我们6月15号比赛。", "appointment=2023-06-15 比赛"),
        ("我6月15日数学考试。", "appointment=2023-06-15 数学考试"),
    ]);
    nothing(&["我昨天考试。", "我6月15日考试吗？", "我考试考砸了。"]);
}

#[test]
fn what_is_on_a_day_is_a_date_to_keep() {
    check(&[
        ("My surgery is on June 2.", "appointment=2023-06-02 surgery"),
        ("I have surgery on Friday.", "appointment=2023-05-12 surgery"),
        ("I'm having knee surgery on June 2.", "appointment=2023-06-02 knee surgery"),
        ("I've got finals on June 2.", "appointment=2023-06-02 finals"),
        ("I take my driving test on June 2.", "appointment=2023-06-02 driving test"),
        ("My flight to Oslo is on June 2.", "appointment=2023-06-02 flight to Oslo"),
        ("Our train to New York leaves on Friday.", "appointment=2023-05-12 train to New York"),
        ("My interview with Acme is on June 2.", "appointment=2023-06-02 interview with Acme"),
        ("I fly to Oslo on 3 June.", "plan=2023-06-03 Oslo"),
        ("We leave for Rome next Friday.", "plan=2023-05-12 Rome"),
        ("I'm flying to Oslo on 3 June.", "plan=2023-06-03 Oslo"),
        ("Ilse's wedding is on December 3.", "appointment=2023-12-03 Ilse's wedding"),
        ("My sister Ilse's wedding is on December 3.", "appointment=2023-12-03 Ilse's wedding; sister=Ilse"),
        (
            "My cousin Theo's graduation is on 5 July.",
            "appointment=2023-07-05 Theo's graduation; cousin=Theo",
        ),
        ("My niece's christening is on 5 July.", "appointment=2023-07-05 My niece's christening"),
        ("Tom and Ada's wedding is on 1 June.", "appointment=2023-06-01 Tom and Ada's wedding"),
        (
            "Tom and Ada's anniversary party is on 1 June.",
            "appointment=2023-06-01 Tom and Ada's anniversary party",
        ),
        ("I live in Rome and Ada's wedding is on 1 June.", "home=Rome"),
        ("I'm going to Clara's wedding on 12 June.", "plan=2023-06-12 Clara's wedding"),
        ("I'm going to Clara's wedding on June 12 at 3.", "plan=2023-06-12 Clara's wedding at 3"),
        ("I'm planning to visit Bath tomorrow.", "plan=2023-05-10 visit Bath"),
        ("Tom's birthday party is on Friday.", "appointment=2023-05-12 Tom's birthday party"),
        ("Mon opération est vendredi.", "appointment=2023-05-12 opération"),
        ("Je me fais opérer vendredi.", "appointment=2023-05-12 opérer"),
        ("Je me fais opérer du genou le 2 juin.", "appointment=2023-06-02 opérer du genou"),
        ("Je prends l'avion pour Oslo le 3 juin.", "plan=2023-06-03 Oslo"),
        ("Le mariage d'Ilse est le 3 décembre.", "appointment=2023-12-03 mariage d'Ilse"),
        ("我星期五做手术。", "appointment=2023-05-12 手术"),
        ("Le mariage de ma sœur est le 12 juin.", "appointment=2023-06-12 mariage de ma sœur"),
        ("Le baptême de Léo et Zoé est le 12 juin.", "appointment=2023-06-12 baptême de Léo et Zoé"),
        ("小丽的婚礼在十二月三号。", "appointment=2023-12-03 小丽的婚礼"),
        ("我妹妹的婚礼在6月12日。", "appointment=2023-06-12 我妹妹的婚礼"),
        ("我6月3日看牙医。", "appointment=2023-06-03 看牙医"),
        ("我6月5日考驾照。", "appointment=2023-06-05 考驾照"),
        ("我六月三号飞奥斯陆。", "plan=2023-06-03 奥斯陆"),
        ("We got married on Saturday.", "relationship status=married"),
        ("We got married in secret!", "relationship status=married"),
    ]);
    nothing(&[
        "I had surgery on Friday.",
        "Ilse's wedding was lovely.",
        "My sister said I have surgery on Friday, as a joke.",
        "I fly kites on the beach.",
        "If I have surgery on Friday, who feeds the cat?",
        "My flight to Oslo was late.",
        "My sister and Tom's wedding is on 1 June.",
        "My niece's christening was lovely.",
        "我妹妹的婚礼很美。",
        "我昨天看牙医。",
        "They got married in secret.",
        "I have exams on my mind.",
        "我星期五做饭。",
    ]);
}
