//! What people ask not to be talked of, and the words by which texts are about it. Must not know how texts are searched.
//!
//! Words stand between blanks. `_` stands for a blank within what belongs together, `*` at a word's end for any ending, `~` before a word that means this only in texts of its
//! own language, `=` before one whose accents tell it from another word, and `!` before what means something else, though a word of the list is in it. Before `|` stand the words that name the matter itself; behind it those that say something of it.
//! Accents may be missing in texts, and characters may be traditional.

use super::Row;
use crate::store::FactKind;

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "money",
        heads: "money finances finance cash savings budget argent finances fric thune thunes pognon 钱 金钱 财务 财政 经济 经济状况 经济情况",
        english: "money moneys finance finances financial financially | saving_for card_declined card_got_declined card_was_declined stock_market !paid_attention !pay_attention !rich_in atm cash broke skint penniless poor poverty afford affords afforded affordable unaffordable expensive costs_a costs_me cost_me \
            cost_a price_of budget budgets budgeting saving_up saved_up savings save_up invest* shares stocks crypto bitcoin bank bank_account banks banker overdraft overdrawn tax taxes taxman \
            pension pensions benefits universal_credit dole inherit* inheritance lottery rich richer wealthy wealth spend spends spent spending bills the_bill a_bill paid_for pay_for pays_for paying_for \
            i_pay i_paid we_pay we_paid pays_the paid_the pay_the pay_off paid_off pay_back paid_back euros dollars quid bucks grand_a purse wallet \
            !spent_the !spend_the !spent_a !spend_a !spent_my !spent_all !spend_all !spent_time !spend_time !spending_time !river_bank !food_bank !poor_thing !poor_you !poor_me !poor_dog !poor_cat !broke_my \
            !broke_his !broke_her !broke_the !broke_a !broke_up !broke_down !broke_off !broke_out !broke_into !shares_my !shares_a !shares_the",
        french: "argent fric thune thunes pognon finances financier financière financiers financières | compte_en_banque carte_bleue fauché fauchée ruiné ruinée pauvre pauvreté ~cher chère coûte coûtent coûté coûtait coûtes ~prix budget \
            épargne épargner économies économiser livret investi* bourse crypto banque banquier banquière découvert impôt impôts taxe taxes retraite allocation allocations allocs chômage rsa caf héritage hérité \
            loto riche dépense dépenses dépenser dépensé facture factures payer paye payé payée payent paie j'ai_payé euros balles ~liquide porte-monnaie portefeuille \
            !cher_ami !chère_amie !cher_journal !ma_chère !mon_cher !bourse_d",
        chinese: "钱 金钱 财务 £ € $ | 百块 千块 块钱 转账 转给我 没钱 存钱 攒钱 穷 富有 存款 存了 积蓄 预算 投资 股票 基金 理财 银行 税 退休金 养老金 补贴 遗产 彩票 花了多少 花费 贵 便宜 账单 支付 付了 房价 元钱 万元 块钱 一千 两千 三千 四千 五千 六千 七千 八千 九千 一万 两万 \
            !宝贵 !珍贵 !贵姓 !高贵 !贵阳 !贵州 !贵人 !贵宾",
        parts: &["pay", "debt", "rent"],
        kinds: &[],
    },
    Row {
        name: "pay",
        heads: "salary wage wages pay income earnings paycheck payslip salaire paye paie revenu revenus 工资 薪水 收入 薪资",
        english: "salary salaries wage wages pay income earnings | earn earns earned earning earner paycheck paychecks paycheque payslip payday pay_rise payrise raise_at bonus bonuses tips minimum_wage \
            underpaid overpaid well_paid badly_paid get_paid gets_paid got_paid getting_paid paid_me pays_me paying_me a_month_before_tax i_make_about \
            !pay_attention !paid_attention !pays_attention !paying_attention !pay_a_visit !pay_for",
        french: "salaire salaires ~paye ~paie revenu revenus | gagne gagner gagné smic augmentation ~prime ~primes ~treizième_mois payé payée mal_payé bien_payé \
            !gagné_le !gagné_la !gagné_un !gagné_une !gagner_le !gagner_la !gagne_le !gagne_la !gagné_du_temps !gagner_du_temps",
        chinese: "工资 薪水 收入 薪资 | 月薪 年薪 底薪 薪酬 薪 挣 赚 奖金 加薪 涨薪 发薪 年终奖 提成 !挣扎",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "debt",
        heads: "debt debts loan loans mortgage bankruptcy dette dettes crédit crédits emprunt emprunts prêt surendettement 债 债务 贷款 欠款 欠债",
        english: "debt debts loan loans mortgage bankrupt bankruptcy | indebted owe owes owed owing borrow* lend lends lent lending creditor* credit_card credit_cards creditworthy instalment* installment* \
            bailiff* repay* repossess* foreclos* arrears interest_rate interest_rates payday_loan in_the_red \
            !owe_you !owe_him_an !owe_her_an !owe_them_an !borrow_a_book !borrowed_a_book !lend_me_an_ear !lent_me_a_book !lent_me_his_book",
        french: "dette dettes crédit crédits emprunt emprunts surendettement | endetté endettée endettés dois_de_l'argent devait_de_l'argent doit_de_l'argent lui_dois leur_dois emprunter emprunté emprunte créancier* huissier* prêt_immobilier prêt_étudiant \
            rembourse* agios interdit_bancaire faillite découvert !rembourse_moi",
        chinese: "债 债务 贷款 欠款 | 房贷 车贷 借钱 借了 欠 还款 还贷 还不起 信用卡 花呗 破产 利息 分期 负债 !欠揍 !欠佳 !道歉",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "rent",
        heads: "rent loyer 房租 租金",
        english: "rent rents rental | rented renting landlord* tenant* tenancy evict* eviction lease deposit_back council_tax electricity_bill gas_bill heating_bill energy_bill utilities \
            !rent_a_car !rented_a_car !rent_a_boat !rented_a_boat !rented_a_bike !rent_a_bike !rent_a_film",
        french: "loyer loyers | propriétaire proprio locataire* expuls* ~bail caution charges_locatives facture_d'électricité facture_de_gaz",
        chinese: "房租 租金 | 房东 租房 租客 押金 水电费 物业费 交租",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "work",
        heads: "work job jobs career careers profession occupation employment employer workplace travail boulot taf emploi métier carrière 工作 职业 上班 事业 职场",
        english: "job jobs career careers profession professions occupation occupations employment employer employers employed | cut_my_hours my_hours work_hours payroll !office_chair !office_hours tutoring i_coach unemployed unemployment jobless workplace worker workers workload workday workmate \
            workmates coworker coworkers co-worker co-workers colleague colleagues boss bosses supervisor line_manager my_manager my_managers our_manager the_manager hr human_resources office offices shift shifts \
            night_shift overtime promotion promoted demoted resign resigned resigning resignation redundant redundancy laid_off layoff layoffs lay_off lay-offs sacked the_sack fired fire_me fires_me let_me_go let_go_from hire hires hired hiring \
            recruit* interview_at job_interview interviewed_at appraisal performance_review probation_period deadline deadlines meeting meetings client clients customer customers \
            teammate my_team our_team conference_call zoom_call teams_call cv résumé linkedin notice_period handed_in_my_notice gave_notice gave_my_notice self-employed freelance freelancing freelancer freelancers \
            internship intern trainee apprenticeship apprentice commute commutes commuting retire retires retired retiring retirement i_quit quit_my strike union wfh home_office business_trip nine_to_five burnout burned_out burnt_out \
            i_teach i_taught i_nurse i_manage on_call \
            !i_quit_smoking !quit_smoking !quit_drinking !box_office !post_office !strike_a !meeting_my !meeting_him !meeting_her !meeting_them !meeting_you !meeting_up !meeting_a !fired_up !camp_fire !the_european_union !steve_jobs \
            !like_a_boss !career_of_the",
        french: "boulot boulots taf emploi emplois métier métiers carrière carrières profession professions employeur employeurs | j'enseigne enseigner j'enseignais !chef_est_venu_nous !chef_cuisinier grand_chef employé employée salarié salariée chômage chômeur chômeuse bosse bosser bossé collègue collègues \
            ~chef ~cheffe ~chefs mon_patron ma_patronne le_patron la_patronne ~patron ~patronne supérieur_hiérarchique manager drh rh ~bureau au_bureau entreprise ma_boîte la_boîte =viré virée =virés virer licencié licenciée licenciés licencier licenciement \
            embauche embauché embauchée embaucher recruté recrutée recrutement démission démissionné démissionner démissionne promu promue promotion entretien_d'embauche entretien_annuel réunion réunions client clients cliente clientes \
            cdi cdd intérim intérimaire ~stage stagiaire alternance apprenti apprentie apprentissage retraite retraité retraitée heures_sup heures_supplémentaires télétravail grève syndicat cv lettre_de_motivation indépendant \
            auto-entrepreneur freelance collègue burn-out préavis rupture_conventionnelle période_d'essai pointer_au patron \
            !chef_de_gare !chef_d'orchestre !chef_d'œuvre !bureau_de_poste !bureau_de_tabac",
        chinese: "工作 职业 上班 | 我教 教书 当老师 下班 加班 值班 夜班 早班 晚班 调休 老板 上司 领导 同事 经理 主管 公司 单位 职场 职位 岗位 辞职 离职 跳槽 辞退 解雇 开除 裁员 被裁 裁掉 失业 下岗 炒鱿鱼 面试 简历 招聘 入职 录用 实习 升职 晋升 转正 \
            试用期 退休 项目 客户 出差 开会 会议 绩效 考核 打工 兼职 创业 请假 打卡 事业 !工作日历 !领导人 !公司法",
        parts: &["pay"],
        kinds: &[FactKind::Work],
    },
    Row {
        name: "school",
        heads: "school college university uni studies study studying classes école lycée collège fac université études 学校 上学 学习 学业 大学 读书",
        english: "school schools school's schooling college colleges university universities uni studies exam exams homework grades degree degrees thesis | bad_grade good_grade a_grade my_grade grade_in teacher teachers classroom classmate classmates class classes lesson lessons \
            essay essays coursework assignment assignments dissertation lecture lectures lecturer professor professors tutor tutors study studied studying student students semester term_paper campus tuition detention \
            gcse gcses a-level a-levels sat sats midterm midterms finals mock mocks my_marks revision revise revising graduate graduated graduating graduation bachelor's master's masters phd diploma freshman sophomore high_school \
            headmaster headteacher principal pupil pupils expelled dropped_out drop_out pop_quiz term_time \
            !first_class !second_class !world_class !middle_class !working_class !school_of_fish !degrees_outside !degrees_today",
        french: "école écoles lycée lycées collège collèges fac université universités études examen examens devoirs =thèse | ~cours classe classes prof profs professeur professeure professeurs instit maître maîtresse élève élèves \
            étudiant étudiante étudiants étudie étudier étudié étudiais partiel partiels bac brevet licence master doctorat mémoire dissertation ~notes bulletin ~note_en rentrée camarade_de_classe amphi campus semestre redouble redoublé redoubler \
            diplôme diplômé diplômée concours prépa proviseur principal cpe !en_cours !au_cours !cours_d'eau !bien_sûr !première_classe",
        chinese: "学校 上学 学习 学业 考试 大学 作业 论文 成绩 | 老师 同学 高考 中考 考研 期末 期中 考砸 考了 课 上课 下课 逃课 补课 补习 高中 初中 小学 毕业 学期 学位 教授 导师 班主任 校 学生 研究生 博士 硕士 学费 挂科 答辩 \
            !课题 !同学会",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "health",
        heads: "health illness illnesses sickness disease diseases diagnosis santé maladie maladies diagnostic 健康 病 疾病 病情 生病 身体健康",
        english: "health illness illnesses sickness disease diseases diagnosis diagnosed sick ill | hurts hurt_my my_back my_knee dizzy nausea nauseous vomit* threw_up throwing_up !hurts_me !feelings diagnose diagnoses symptom symptoms hospital hospitals hospitalised hospitalized clinic doctor doctors doctor's gp nurse nurses surgeon \
            surgery operation operated consultant specialist ambulance emergency_room er icu blood_test blood_tests scan scans mri ct_scan x-ray biopsy ultrasound \
            ~pain ~pains painful chronic ache aches aching headache headaches migraine migraines backache fever infection infections virus flu covid pneumonia bronchitis asthma asthmatic diabetes diabetic epilepsy epileptic seizure seizures \
            stroke heart_attack heart_disease heart_condition arthritis thyroid lupus crohn's fibromyalgia endometriosis eczema psoriasis blood_pressure cholesterol anaemia anemia anaemic kidney kidneys liver ulcer hernia \
            wheelchair disability disabled crutches plaster_cast broke_my_leg broke_my_arm broke_my_wrist broken_leg broken_arm broken_wrist flare-up relapse relapsed remission recovering recovery checkup check-up appointment_at_the_hospital \
            !sick_of !ill_be !sick_joke !operation_system !computer_virus",
        french: "santé maladie maladies malade malades diagnostic diagnostiqué diagnostiquée | symptôme symptômes hôpital hôpitaux hospitalisé hospitalisée clinique médecin médecins docteur généraliste spécialiste chirurgien chirurgienne \
            infirmier_m'a infirmière_m'a opération opéré opérée urgences samu ambulance prise_de_sang analyses scanner irm radio_du échographie biopsie douleur douleurs douloureux mal_au mal_à mal_de mal_aux mal_partout migraine migraines fièvre infection \
            virus grippe covid pneumonie bronchite asthme asthmatique diabète diabétique épilepsie épileptique crise_cardiaque avc infarctus arthrose arthrite thyroïde sclérose endométriose eczéma psoriasis ~tension cholestérol anémie ~rein ~reins ~foie \
            ulcère hernie fauteuil_roulant handicap handicapé handicapée béquilles ~plâtre rechute rémission kiné arrêt_maladie ald \
            !mal_à_l'aise !mal_de_mer !mal_au_courant",
        chinese: "健康 病 疾病 | 血压 血糖 头晕 恶心 呕吐 难受 医院 医生 看病 住院 出院 手术 症状 体检 检查结果 化验 验血 急诊 救护车 疼 痛 发烧 感冒 咳嗽 哮喘 糖尿病 高血压 心脏 中风 癫痫 过敏 炎 病毒 新冠 甲状腺 肾 肝 骨折 受伤 残疾 轮椅 复发 康复 治疗 确诊 \
            !病毒式 !电脑病毒 !毛病不少 !疼爱 !心疼 !痛快 !头疼的问题 !炎热 !肝胆",
        parts: &["medication", "mind", "cancer"],
        kinds: &[FactKind::Health],
    },
    Row {
        name: "medication",
        heads: "medication medications medicine meds pills médicaments médicament 药 吃药 药物",
        english: "medication medications medicine medicines meds | pill pills tablet tablets prescription prescriptions prescribed prescribe pharmacy pharmacist dose doses dosage side_effect side_effects painkiller painkillers \
            antidepressant* antibiotic* insulin sertraline fluoxetine prozac zoloft citalopram escitalopram lexapro venlafaxine mirtazapine duloxetine bupropion wellbutrin lithium lamotrigine quetiapine olanzapine risperidone aripiprazole \
            diazepam valium xanax lorazepam clonazepam zopiclone methylphenidate ritalin adderall concerta vyvanse metformin ozempic semaglutide statin* beta_blocker* steroid* cortisone prednisone ibuprofen paracetamol codeine morphine tramadol \
            oxycodone gabapentin pregabalin methotrexate levothyroxine warfarin inhaler epipen injection injections injecting vaccine vaccinated chemo",
        french: "médicament médicaments | traitement traitements cachet cachets comprimé comprimés pilule pilules gélule gélules ordonnance ordonnances prescrit prescrite pharmacie pharmacien dose doses effets_secondaires antidépresseur* antibiotique* \
            anxiolytique* somnifère* antidouleur* insuline sertraline fluoxétine prozac lithium xanax valium lexomil ritaline metformine ozempic cortisone ibuprofène doliprane codéine morphine tramadol piqûre piqûres injection vaccin vacciné \
            vaccinée ventoline",
        chinese: "药 药物 | 吃药 服药 药片 处方 药房 剂量 副作用 胰岛素 抗抑郁 抗生素 安眠药 止痛 打针 输液 疫苗 激素 !农药 !火药 !芍药",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "mind",
        heads: "mental_health depression anxiety therapy burnout santé_mentale dépression anxiété thérapie 心理健康 抑郁 抑郁症 焦虑 焦虑症 心理问题",
        english: "mental_health mental_illness depression depressed anxiety | depressive bipolar psychosis psychotic schizophreni* ptsd ocd adhd autism autistic panic_attack* panicked therapy therapist therapists therapy's counsellor counselor \
            counselling counseling psychiatrist* psychiatric psychologist* nervous_breakdown breakdown burnout burned_out burnt_out trauma traumatic traumatised traumatized eating_disorder anorexi* bulimi* insomnia \
            !broke_down_car",
        french: "santé_mentale dépression dépressif dépressive déprimé déprimée anxiété | anxieux anxieuse angoisse angoisses bipolaire psychose schizophrén* tdah autisme autiste crise_de_panique crises_d'angoisse crise_d'angoisse thérapie thérapeute psy psychiatre* \
            psychologue* burn-out burnout traumatisme traumatisé traumatisée anorexi* boulimi* insomnie insomnies toc",
        chinese: "心理健康 抑郁 焦虑 | 躁郁 双相 精神 心理咨询 心理医生 咨询师 恐慌 惊恐 崩溃 失眠 创伤 厌食 暴食 自闭 多动 强迫症 !精神奕奕 !精神饱满 !精神抖擞",
        parts: &["suicide"],
        kinds: &[],
    },
    Row {
        name: "cancer",
        heads: "cancer tumour tumor leukaemia leukemia tumeur leucémie 癌 癌症 肿瘤 白血病",
        english: "cancer cancers tumour tumours tumor tumors leukaemia leukemia | chemo chemotherapy radiotherapy radiation oncolog* biopsy metasta* malignant lymphoma melanoma mastectomy lump remission terminal hospice palliative",
        french: "cancer cancers tumeur tumeurs leucémie | chimio chimiothérapie radiothérapie rayons oncolog* biopsie métastase* lymphome mélanome mastectomie rémission palliatifs",
        chinese: "癌 肿瘤 白血病 | 化疗 放疗 恶性 活检 转移了 晚期",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "suicide",
        heads: "suicide self-harm suicide_attempt automutilation 自杀 自残",
        english: "suicide suicides suicidal self-harm self-harmed self-harming | kill_myself killed_himself killed_herself killed_themselves kill_himself kill_herself end_my_life ended_his_life ended_her_life took_his_own_life took_her_own_life take_my_own_life \
            cut_myself cutting_myself hurt_myself overdose overdosed hanged_himself hanged_herself want_to_die wanted_to_die",
        french: "suicide suicides suicidé suicidée suicider suicidaire automutilation | me_tuer en_finir s'est_pendu me_scarifier scarifications scarifie mutiler mutile envie_de_mourir voulais_mourir veux_mourir s'est_tué s'est_tuée",
        chinese: "自杀 自残 | 轻生 寻短见 割腕 跳楼 上吊 不想活 想死 自尽",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "allergy",
        heads: "allergy allergies allergie allergies 过敏",
        english: "allergy allergies allergic allergen allergens | anaphyla* epipen hay_fever antihistamine* hives",
        french: "allergie allergies allergique allergiques allergène | anaphyla* antihistaminique* urticaire rhume_des_foins",
        chinese: "过敏 |",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "pregnancy",
        heads: "pregnancy pregnancies fertility infertility miscarriage abortion ivf grossesse grossesses fertilité infertilité fausse_couche avortement ivg fiv 怀孕 孕 流产 备孕 堕胎",
        english: "pregnancy pregnancies pregnant miscarriage miscarriages abortion ivf | we're_expecting is_expecting i'm_expecting she_is_due she's_due i'm_due due_in !expecting_you !expecting_a_call miscarried miscarry stillbirth stillborn abort aborted trimester ultrasound due_date expecting_a_baby expecting_our expecting_my morning_sickness midwife midwives \
            fertility infertile infertility fertile conceive conceived ovulation ovulating trying_for_a_baby try_for_a_baby maternity maternity_leave labour_ward in_labour in_labor contractions c-section caesarean cesarean giving_birth give_birth gave_birth \
            birth newborn foetus fetus embryo embryos the_baby a_baby our_baby my_baby baby_bump positive_test pregnancy_test lost_the_baby lost_a_baby lost_our_baby \
            !date_of_birth !birth_certificate !birth_place",
        french: "grossesse grossesses enceinte fausse_couche fausses_couches avortement ivg fiv | fausse-couche avorter avorté échographie accouche accoucher accouché accouchement sage-femme fertilité infertile infertilité stérile ovulation concevoir \
            maternité congé_maternité contractions césarienne naissance nouveau-né fœtus foetus embryon bébé attend_un_bébé attends_un_enfant essai_bébé perdu_le_bébé perdu_un_bébé mort-né test_de_grossesse nausées_matinales gynéco",
        chinese: "怀孕 孕 流产 堕胎 | 要当妈妈 要当爸爸 当妈妈了 当爸爸了 有了身孕 备孕 产检 预产期 打胎 引产 小产 胎 宝宝 分娩 生产时 剖腹 顺产 月子 不孕 试管 产假 生孩子 助产 害喜 孕吐 !胎儿床 !轮胎 !车胎",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "weight",
        heads: "weight body diet dieting calories looks appearance poids corps régime apparence 体重 身材 减肥 外貌 长相",
        english: "weight weigh weighs weighed weighing body diet diets dieting calories | calorie kilos kilo kg pounds lbs stone_lighter stone_heavier fat fatter obese obesity overweight underweight chubby skinny thin thinner slim slimmer bmi belly thighs \
            hips double_chin scales bathroom_scale lose_weight lost_weight gained_weight put_on_weight ozempic anorexi* bulimi* binge bingeing binged purge purging eating_disorder dress_size size_zero ugly stretch_marks cellulite gym ~figure \
            look_in_the_mirror my_looks appearance !body_of_water !figure_out !figured_out !fat_chance !thin_ice !anybody",
        french: "poids pèse peser pesé corps ~régime ~régimes calorie calories | kilo kilos gros grosse grossi grossir maigre maigri maigrir minceur ~mince obèse obésité surpoids imc ventre cuisses hanches bourrelets ~balance anorexi* boulimi* mincir silhouette \
            cellulite vergetures moche laide ~physique !en_gros !gros_bisous !gros_câlin !grosse_pluie !grosse_fatigue",
        chinese: "体重 身材 减肥 | 胖 瘦 公斤 斤 卡路里 节食 肥 肥胖 发福 腰围 肚子上 大腿 体型 暴食 厌食 催吐 丑 长相 外貌 !瘦西湖 !斤斤计较 !肥皂 !肥沃",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "food",
        heads: "food eating meals meal diet nutrition eating_disorder nourriture manger alimentation repas bouffe 吃 食物 饮食 吃饭 吃东西 进食",
        english: "food foods eat eats ate eaten eating meal meals | breakfast lunch dinner supper brunch snack snacks snacked calorie calories hungry hunger starving starve appetite full_up diet dieting binge binged bingeing purge purging \
            cook cooks cooked cooking recipe recipes bake baked baking fry fried restaurant restaurants takeaway takeout pizza burger fries chips chocolate cake cakes biscuit biscuits cookie cookies bread pasta rice soup salad meat chicken fish_and_chips \
            cheese sandwich sandwiches dessert pudding sweets candy ice_cream vegan vegetarian anorexi* bulimi* eating_disorder overeat* fasting skipped_lunch skipped_dinner !food_for_thought !piece_of_cake",
        french: "nourriture ~mange ~manger mangé mangeais manges bouffe repas | petit-déjeuner petit_déjeuner déjeuner déjeuné dîner dîné goûter souper faim appétit affamé affamée grignote grignoter calorie calories ~régime cuisine cuisiner cuisiné recette recettes \
            ~four restaurant resto pizza burger frites chocolat gâteau gâteaux biscuit biscuits ~pain pâtes riz soupe salade viande poulet fromage sandwich dessert bonbons glace végétarien végétarienne végan anorexi* boulimi* =jeûne =jeûner",
        chinese: "吃 食物 饮食 | 早饭 午饭 晚饭 早餐 午餐 晚餐 夜宵 零食 饿 胃口 食欲 做饭 菜 餐 卡路里 节食 厌食 暴食 面包 米饭 面条 饺子 蛋糕 巧克力 火锅 外卖 素食 !吃惊 !吃力 !吃亏 !吃醋",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "alcohol",
        heads: "alcohol alcoholism drinking booze sobriety alcool alcoolisme 酒 喝酒 酗酒 酒精 酒瘾",
        english: "alcohol alcoholic alcoholics alcoholism booze sober sobriety | drunk drunken drinker drinkers hungover hangover hangovers beer beers wine wines whisky whiskey vodka gin rum tequila brandy cider lager champagne prosecco cocktail cocktails pint pints \
            ~pub ~pubs bar_last tipsy wasted_last blackout blacked_out boozy relapse relapsed rehab detox twelve_step 12-step aa binge_drinking drink_too_much drank_too_much drinking_too_much drink_again drank_again drinking_again stopped_drinking stop_drinking \
            quit_drinking gave_up_drinking started_drinking start_drinking drinking_problem drink_problem heavy_drinking i_drink_to drink_driving drink_and_drive units_a_week went_drinking go_drinking out_drinking drinking_buddies had_a_drink need_a_drink a_few_drinks \
            some_drinks my_drinking his_drinking her_drinking !wine_gums !root_beer !ginger_beer",
        french: "alcool alcoolique alcooliques alcoolisme | trop_bu ai_bu bu_un_verre ivre ivresse saoul saoule soûl bourré bourrée cuite gueule_de_bois bière bières vin ~vins whisky vodka rhum pastis champagne apéro cocktail cocktails bistrot picole picoler picolé sobre sobriété \
            sevrage ~cure désintox rechute rechuté bois_trop bu_trop boire_trop arrêté_de_boire arrêter_de_boire recommencé_à_boire buveur biture alcoolémie pinte pintes",
        chinese: "酒 喝酒 酗酒 酒精 | 喝多 喝高 喝大 喝醉 醉 宿醉 戒酒 啤酒 白酒 红酒 酒吧 断片 !酒店 !酒窝 !陶醉 !酒精消毒",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "drugs",
        heads: "drugs drug addiction addictions drogue drogues addiction 毒品 吸毒 毒瘾 上瘾",
        english: "drug drugs addict addicts addicted addiction addictions | cocaine coke_habit heroin meth methadone fentanyl opioid* opiate* crack ketamine ecstasy mdma lsd acid_trip weed marijuana cannabis joint joints stoned stoner high_on get_high got_high getting_high \
            overdose overdosed rehab detox dealer dealers junkie needle needles relapse relapsed clean_for sober pothead edibles snort* !drug_store !drugstore !weeds !addicted_to_this_song",
        french: "drogue drogues drogué droguée droguer addict addiction addictions toxicoman* toxico | cocaïne coke héroïne méthadone cannabis weed beuh joint joints shit ecstasy mdma lsd défoncé défoncée overdose désintox sevrage dealer ~deal seringue ~cure rechute rechuté",
        chinese: "毒品 吸毒 毒瘾 | 大麻 海洛因 可卡因 冰毒 摇头丸 戒毒 嗑药 贩毒 上瘾 瘾 !网瘾",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "smoking",
        heads: "smoking cigarettes tobacco cigarette tabac clope clopes fumer 抽烟 吸烟 烟 戒烟",
        english: "smoking smoke smokes smoked smoker smokers cigarette cigarettes tobacco | cig cigs fag fags nicotine vape vapes vaping vaped ashtray lighter pack_a_day cigar cigars !smoke_alarm !smoke_detector !smoked_salmon",
        french: "tabac cigarette cigarettes clope clopes fume fumer fumé fumeur fumeuse | nicotine vapote vapoter vapoteuse cendrier briquet paquet_par_jour sevrage !saumon_fumé",
        chinese: "抽烟 吸烟 烟 | 香烟 戒烟 烟瘾 电子烟 尼古丁 !烟花 !烟台 !油烟 !烟雾",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "gambling",
        heads: "gambling betting casino jeux_d'argent paris_sportifs 赌博 赌",
        english: "gamble gambles gambled gambling gambler betting casino | casinos bet bets poker roulette slot_machine slot_machines slots bookie bookies odds scratchcard* lottery jackpot blackjack !i_bet !you_bet",
        french: "casino jeux_d'argent paris_sportifs | parier parié parie poker roulette machines_à_sous loto pmu grattage tiercé jackpot addiction_au_jeu",
        chinese: "赌博 赌 | 赌场 赌钱 彩票 老虎机 下注 输光 赌债 麻将 !打赌",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "religion",
        heads: "religion god faith church beliefs religion dieu foi église 宗教 信仰 上帝 信教",
        english: "religion religions religious god faith church churches | gods pray prays prayed praying prayer prayers bible scripture* quran koran torah jesus christ christian christians christianity catholic catholics protestant* baptist* evangelical* mormon* \
            jehovah's islam muslim muslims mosque jew jews jewish judaism synagogue rabbi hindu* buddhis* temple priest priests pastor vicar bishop pope nun nuns monk monks imam mass sunday_service sermon hymn* baptism baptised baptized communion confession \
            sin sins heaven hell atheis* agnostic* spiritual ramadan lent worship* !oh_god !oh_my_god !my_god !thank_god !god_knows !for_god's !good_god !what_the_hell !hell_of !mass_of !lent_me !lent_him",
        french: "religion religions religieux religieuse dieu foi église églises | dieux prie prier prière prières bible évangile* coran torah jésus christ chrétien chrétienne chrétiens catholique* protestant* évangélique* islam musulman* mosquée juif juive juifs \
            judaïsme synagogue rabbin hindou* bouddh* temple prêtre prêtres curé pasteur évêque pape nonne moine imam messe sermon baptême baptisé baptisée communion confesse confesser =péché =péchés paradis enfer athée* agnostique* croyant croyante spirituel \
            ramadan carême !mon_dieu !bonne_foi !mauvaise_foi !ma_foi !dieu_merci",
        chinese: "宗教 信仰 上帝 信教 | 教堂 教会 祈祷 祷告 神父 牧师 圣经 耶稣 基督 天主 佛 菩萨 寺庙 寺 庙 和尚 道教 伊斯兰 穆斯林 清真寺 古兰经 真主 洗礼 礼拜天做礼拜 做礼拜 念经 拜佛 烧香 天堂 地狱 无神论 !佛山 !庙会",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "politics",
        heads: "politics elections election government politique politiques élections élection gouvernement 政治 选举 政府 时政",
        english: "politics political politically politician politicians election elections government | vote votes voted voting voter voters president presidential prime_minister minister ministers parliament congress senate senator senators mp mps \
            democrat democrats democratic_party republican republicans labour_party tory tories conservative conservatives liberal liberals left-wing right-wing far_right far_left socialist* communist* fascis* populis* brexit referendum campaign_trail \
            party_leader trump biden harris obama putin zelensky macron starmer protest protests protester* demonstration policy policies immigration migrants nato",
        french: "politique politiques politicien politiciens élection élections gouvernement | vote voter voté votes électeur* président présidente présidentielle* ministre ministres premier_ministre parlement assemblée député* sénat* maire mairie \
            gauche_radicale la_gauche la_droite extrême_droite extrême_gauche socialiste* communiste* républicains macron mélenchon marine_le_pen le_pen bardella trump poutine zelensky référendum manif manifs manifestation manifestations gilets_jaunes immigration migrants \
            !à_la_gauche !sur_la_gauche !sur_la_droite !à_la_droite",
        chinese: "政治 选举 政府 | 投票 总统 主席 总理 议会 国会 议员 政党 党派 民主党 共和党 共产党 国民党 特朗普 拜登 普京 游行 抗议 示威 政策 移民政策 左派 右派 外交",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "sex",
        heads: "sex sexuality intimacy sexe sexualité intimité 性 性生活 性爱",
        english: "sex sexual sexually sexuality intimacy | intercourse orgasm* porn pornography horny erection erections erectile libido condom condoms masturbat* foreplay virgin virginity slept_with sleep_with sleeping_with one-night_stand one_night_stand hooked_up hookup \
            hook_up naked nude nudes blowjob kink* fetish* std stds contraception in_bed_with make_love made_love making_love lingerie vibrator !same-sex_couple !naked_eye",
        french: "sexe sexes sexuel sexuelle sexuels sexuelles sexualité | coucher_avec couché_avec couche_avec couchons orgasme* porno pornographie libido érection préservatif préservatifs capote capotes masturb* préliminaires vierge virginité baiser_avec baisé \
            coup_d'un_soir faire_l'amour fait_l'amour faisons_l'amour nu_devant contraception mst lingerie",
        chinese: "性爱 性生活 | 做爱 上床 性关系 性欲 高潮 色情 黄片 自慰 手淫 避孕 套套 处女 处男 一夜情 裸照 约炮 勃起 性病 亲热 !高潮迭起",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "death",
        heads: "death deaths dying dead grief mourning bereavement funeral mort décès deuil enterrement funérailles obsèques 死 死亡 去世 过世 离世 丧事 葬礼",
        english: "death deaths dead die dies died dying deceased passed_away passing_away passes_away | passed_on his_passing her_passing their_passing funeral funerals grave graves graveyard cemetery buried bury burial coffin cremat* ashes wake_for mourn mourns mourned \
            mourning grief grieve grieves grieved grieving bereaved bereavement condolence* widow widowed widower obituary headstone tombstone lost_my_mother lost_my_mum lost_my_mom lost_my_father lost_my_dad lost_my_brother lost_my_sister lost_my_son lost_my_daughter \
            lost_my_wife lost_my_husband lost_my_grandmother lost_my_grandfather lost_my_gran lost_my_grandma lost_my_grandpa lost_my_best_friend lost_him lost_her killed murdered stillborn fatal hospice in_memory_of \
            !dying_to !dead_tired !to_death !dead_line !died_laughing !phone_died !battery_died !phone_is_dead !battery_is_dead !battery_dead !dead_end !dead_battery !die_for !dead_serious",
        french: "mort morte morts mortes mourir meurt meurs décès décédé décédée décédés | mourait mourra mourant mourante enterrement enterré enterrée enterrer funérailles obsèques deuil deuils cercueil tombe tombes cimetière crémation incinéré incinérée cendres \
            veuf veuve orphelin orpheline condoléances disparition disparu disparue nous_a_quittés perdu_ma_mère perdu_mon_père perdu_mon_frère perdu_ma_sœur perdu_mon_mari perdu_ma_femme perdu_mon_fils perdu_ma_fille perdu_ma_grand-mère perdu_mon_grand-père =tué =tuée \
            !mort_de_rire !morte_de_rire !mort_de_fatigue !morte_de_fatigue !mort_de_faim !morte_de_faim !mort_de_froid !meurs_de !mourir_de_rire !je_tombe !tombe_malade !tombe_amoureux !il_tombe !elle_tombe !ça_tombe !tombe_bien !point_mort \
            !lapin_est_mort_de_rire",
        chinese: "死 去世 过世 离世 逝世 | 奶奶走了 爷爷走了 爸爸走了 妈妈走了 外婆走了 外公走了 姥姥走了 姥爷走了 亡 葬礼 丧 坟 墓 骨灰 追悼 守灵 出殡 火化 遗体 遗像 哀悼 悼 走了以后我很难过 永远离开 没能救 病逝 遇难 寡妇 遗孀 头七 清明 扫墓 吊唁 \
            !累死 !饿死 !笑死 !吓死 !气死 !急死 !烦死 !热死 !冷死 !困死 !渴死 !忙死 !死机 !死板 !死党 !沮丧 !死活 !要死了吗 !逃亡 !清明节放假",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "divorce",
        heads: "divorce divorces separation breakup break-up séparation rupture 离婚 分手 分居",
        english: "divorce divorces divorced divorcing separation separated breakup break-up broke_up broken_up breaking_up break_up split_up splitting_up | my_lawyer her_lawyer his_lawyer the_judge signed_the_papers family_court kids_every_other settlement custody alimony child_support maintenance_payments divorce_papers decree divorcee ex-wife ex-husband ex_wife ex_husband \
            moved_out marriage_ended end_of_my_marriage end_of_our_marriage left_my_husband left_my_wife my_husband_left my_wife_left he_left_me she_left_me left_me dumped_me dumped_him dumped_her cheated_on_me affair mediation",
        french: "divorce divorces divorcé divorcée divorcés divorcer séparation séparé séparée séparés séparer rupture rompu | mon_avocat mon_avocate le_juge son_avocat signé_les_papiers garde_alternée garde_partagée garde_des_enfants la_garde pension_alimentaire ex-femme ex-mari m'a_quitté m'a_quittée l'ai_quitté l'ai_quittée \
            m'a_larguée m'a_largué m'a_trompé m'a_trompée fin_de_mon_mariage avocat_du_divorce prestation_compensatoire",
        chinese: "离婚 分手 分居 | 律师 法官 签了字 离了婚 离了 抚养权 抚养费 赡养费 前夫 前妻 出轨 小三 婚姻破裂 散了 甩了 !距离了",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "love",
        heads: "dating love_life relationships romance amours vie_amoureuse relations_amoureuses 恋爱 感情生活 谈恋爱",
        english: "dating romance romantic relationship relationships love_life | ~date ~dates dated tinder bumble hinge crush crushes in_love falling_in_love fell_in_love boyfriend girlfriend partner lover lovers single flirt* kissed kiss kissing situationship ghosted asked_me_out \
            asked_him_out asked_her_out asked_out soulmate heartbreak heartbroken !due_date !up_to_date !date_of_birth !out_of_date !to_date !single_room !in_love_with_this_song !not_a_single !every_single",
        french: "amour amours amoureux amoureuse vie_amoureuse couple | tinder rencard rendez-vous_galant copain copine petit_ami petite_amie mec meuf célibataire célib drague draguer embrassé embrasser crush coup_de_foudre chagrin_d'amour cœur_brisé \
            !amour_de_chien",
        chinese: "恋爱 爱情 感情 | 约会 男朋友 女朋友 男友 女友 对象 相亲 单身 暗恋 表白 接吻 亲吻 喜欢上 失恋 初恋 情人 心上人 脱单",
        parts: &["divorce"],
        kinds: &[],
    },
    Row {
        name: "marriage",
        heads: "marriage wedding mariage mariages noces 结婚 婚姻 婚礼",
        english: "marriage marriages married marry marries marrying wedding weddings | engaged ~engagement fiancé fiancée fiance fiancee proposed_to proposal bride groom bridesmaid* best_man honeymoon wedding_dress newlywed* vows",
        french: "mariage mariages =marié mariée =mariés marier noces épouser épousé | fiancé fiancée fiançailles demande_en_mariage robe_de_mariée lune_de_miel ~alliance",
        chinese: "结婚 婚姻 婚礼 | 订婚 求婚 嫁 娶 新娘 新郎 蜜月 领证 婚纱 !嫁接",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "war",
        heads: "war wars army military guerre guerres armée 战争 打仗 军队 当兵",
        english: "war wars wartime army military soldier soldiers | battle battles battlefield bomb bombs bombed bombing bombings shelling shelled missile missiles drone_strike drone_strikes airstrike* air_raid invade* invasion invaded refugee refugees troops front_line frontline \
            drafted conscript* veteran veterans deployed deployment trenches tank tanks rifle combat ceasefire occupation_of occupied_by genocide massacre ukraine gaza iraq afghanistan !star_wars !tank_top !fish_tank !gas_tank",
        french: "guerre guerres armée soldat soldats militaire militaires | bataille combats ~combat bombe bombes bombardé bombardement bombardements obus missile missiles invasion envahi envahir réfugié réfugiés réfugiée troupes ~front mobilisé mobilisation \
            conscription vétéran tranchées ~char ~chars cessez-le-feu génocide massacre ukraine gaza irak afghanistan !front_de_mer",
        chinese: "战争 打仗 军队 | 当过兵 服役 参战 战 战场 士兵 当兵 参军 炸弹 轰炸 导弹 空袭 入侵 难民 前线 征兵 退伍 老兵 坦克 停火 屠杀 乌克兰 加沙 !挑战 !战胜自己 !冷战了几天",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "abuse",
        heads: "abuse violence assault rape trauma bullying abus violence violences agression viol harcèlement 虐待 家暴 暴力 强奸 性侵 霸凌",
        english: "abuse abused abuses abusing abusive abuser violence violent assault assaulted assaults rape raped rapist bullying bullied bully bullies | molest* hit_me hits_me beat_me beats_me beaten_up slapped_me punched_me kicked_me choked_me hurt_me hurts_me threatened_me \
            threatens_me harass* stalk* restraining_order groped groping touched_me domestic_violence trauma traumatised traumatized shelter mugged attacked_me",
        french: "abus abusé abusée abuser violence violences violent violente agression agressé agressée viol violé violée violeur harcèlement harcelé harcelée | attouchements frappe_moi m'a_frappé m'a_frappée me_frappait me_battait battu battue gifle gifler giflé giflée menacé menacée \
            inceste maltraité maltraitée maltraitance traumatisme harceleur brutalisé coups_de_mon !battu_un_record",
        chinese: "虐待 家暴 暴力 强奸 性侵 霸凌 | 打我 打了我 骂我 猥亵 骚扰 跟踪我 欺负 欺凌 侵犯 威胁我 施暴 !打我电话 !骂我懒",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "accident",
        heads: "accident accidents crash car_crash 车祸 事故",
        english: "accident accidents crash crashed crashes car_crash | collision collided hit_by_a_car ran_over run_over wreck wrecked totalled totaled whiplash skidded !by_accident !computer_crashed !app_crashed",
        french: "accident accidents accidenté accidentée | collision percuté percutée renversé renversée carambolage crash dérapé tonneaux",
        chinese: "车祸 事故 | 撞车 撞了 翻车 追尾 被撞",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "law",
        heads: "prison jail court lawsuit trial tribunal procès 监狱 坐牢 官司",
        english: "prison jail ~court trial lawsuit police | prisons jailed imprisoned arrest arrested arrests charged_with sentenced sentence_of probation ~parole convicted conviction felony crime crimes criminal lawyer lawyers solicitor barrister judge jury sued sue_him sue_her sue_them sue_me suing ~bail \
            inmate guard_at handcuff* fined a_fine cops cop !tennis_court !food_court !trial_version !free_trial",
        french: "prison tribunal procès police | taule incarcéré incarcérée emprisonné arrêté_par garde_à_vue condamné condamnée condamnation sursis crime crimes criminel avocat avocate avocats juge juges jugement plainte porté_plainte amende détenu menottes flics flic \
            bracelet_électronique",
        chinese: "监狱 坐牢 官司 法院 警察 | 入狱 被捕 逮捕 拘留 判刑 判了 起诉 律师 法官 犯罪 犯法 罪 罚款 缓刑 手铐 派出所 !得罪 !罪魁",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "covid",
        heads: "covid corona pandemic lockdown covid pandémie confinement 疫情 新冠 隔离",
        english: "covid covid-19 corona coronavirus pandemic lockdown | lockdowns quarantine* vaccine vaccines vaccinated mask masks pcr social_distancing long_covid",
        french: "covid covid-19 corona coronavirus pandémie confinement | confinements confiné confinée quarantaine vaccin vaccins vacciné vaccinée masque masques pcr covid_long",
        chinese: "疫情 新冠 隔离 | 封城 封控 核酸 疫苗 口罩 阳性 阳了 !隔离霜",
        parts: &[],
        kinds: &[],
    },
];

/// What somebody works as, behind "I'm a" and the like.
pub(super) const PROFESSIONS: [&str; 2] = [
    "nurse doctor gp teacher lecturer professor engineer developer programmer designer lawyer solicitor barrister paralegal writer author artist musician chef cook baker butcher waiter waitress bartender barista accountant architect scientist researcher electrician \
        plumber carpenter joiner welder roofer builder mechanic driver pilot soldier officer policeman policewoman firefighter paramedic pharmacist dentist vet veterinarian farmer gardener journalist editor photographer translator librarian manager secretary \
        receptionist salesperson salesman saleswoman cashier therapist psychologist psychiatrist consultant analyst hairdresser barber beautician physio physiotherapist midwife surgeon carer caregiver assistant nanny childminder postman courier radiographer optician \
        osteopath agent attendant guard tailor painter sculptor actor actress dancer singer composer mathematician physicist chemist biologist historian freelancer cleaner janitor clerk banker broker trader civil_servant social_worker tutor coach trainer \
        technician sysadmin admin administrator foreman labourer laborer factory_worker bricklayer plasterer decorator fisherman sailor judge priest pastor ceo director producer realtor waiter",
    "infirmier infirmière instit institutrice instituteur prof professeur professeure enseignant enseignante aide-soignant aide-soignante sage-femme kiné kinésithérapeute ostéopathe orthophoniste éducateur éducatrice assistant assistante caissier caissière maçon \
        ouvrier ouvrière technicien technicienne commercial commerciale menuisier menuisière facteur factrice libraire fleuriste barman barmaid animateur animatrice consultant consultante juriste notaire chirurgien chirurgienne médecin docteur docteure ingénieur \
        ingénieure développeur développeuse programmeur programmeuse avocat avocate écrivain écrivaine artiste musicien musicienne cuisinier cuisinière serveur serveuse comptable architecte chercheur chercheuse électricien électricienne plombier plombière chauffeur \
        chauffeuse pilote militaire policier policière gendarme pompier pompière pharmacien pharmacienne dentiste vétérinaire agriculteur agricultrice journaliste photographe traducteur traductrice bibliothécaire secrétaire vendeur vendeuse psychologue boulanger \
        boulangère pâtissier pâtissière boucher coiffeur coiffeuse graphiste fonctionnaire informaticien informaticienne cadre gérant gérante directeur directrice formateur formatrice livreur agent hôtesse steward routier jardinier jardinière nounou",
];

/// The same, in Chinese behind 我是 and the like; the beginning may say more.
pub(super) const PROFESSIONS_CHINESE: &str = "老师 教师 护士 医生 工程师 程序员 设计师 律师 作家 画家 音乐家 厨师 服务员 会计 建筑师 科学家 研究员 教授 电工 司机 飞行员 军人 警察 消防员 药剂师 牙医 兽医 农民 记者 摄影师 翻译 图书管理员 经理 \
    秘书 销售 销售员 心理咨询师 自由职业者 公务员 面包师 理发师 快递员 外卖员 幼师 编辑 店长 教练 护工 保安 木匠 裁缝 分析师 产品经理 调酒师 咖啡师 主管 总监 助理 前台 保姆 月嫂 工人 收银员 保洁 技术员 法官 导游 空姐 主播 演员 歌手 程序猿";
