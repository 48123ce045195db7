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
        heads: "money finances finance cash savings budget argent finances fric thune thunes pognon 钱 金钱 财务 财政 经济 经济状况 经济情况 poverty pauvreté 贫穷 月光",
        english: "money moneys finance finances financial financially | got_no_money cash_machine m_broke am_broke was_broke were_broke are_broke we're_broke they're_broke he_broke_again flat_broke so_broke totally_broke completely_broke \
            always_broke still_broke broke_again m_rich am_rich are_rich they're_rich he_rich she_rich he_is_rich she_is_rich so_rich get_rich getting_rich \
            got_rich rich_people rich_parents rich_family rich_man richest make_ends_meet making_ends_meet paycheck_to_paycheck bank_card piggy_bank !pay_?_attention \
            !paid_?_attention !paying_?_attention !pays_?_attention !spent_?_afternoon !spent_?_evening !spent_?_morning !spent_?_day !spent_?_week !spent_?_hours \
            !spent_?_weekend saving_for card_declined card_got_declined card_was_declined stock_market cash skint penniless poor poverty afford affords afforded affordable unaffordable expensive costs_a costs_me cost_me \
            cost_a price_of budget budgets budgeting saving_up saved_up savings save_up invest* shares stocks crypto bitcoin bank bank_account banks banker overdraft overdrawn tax taxes taxman \
            pension pensions benefits universal_credit dole inherit* inheritance lottery wealthy wealth spend spends spent spending bills the_bill a_bill paid_for pay_for pays_for paying_for \
            i_pay i_paid we_pay we_paid pays_the paid_the pay_the pay_off paid_off pay_back paid_back euros dollars quid bucks grand_a purse wallet \
            !spent_the !spend_the !spent_a !spend_a !spent_my !spent_all !spend_all !spent_time !spend_time !spending_time !river_bank !food_bank !poor_thing !poor_you !poor_me !poor_dog !poor_cat \
            !shares_my !shares_a !shares_the he_was_rich she_was_rich i_was_rich they_were_rich we_were_rich",
        french: "argent fric thune thunes pognon finances financier financière financiers financières | à_sec fin_de_mois fins_de_mois joindre_les_deux_bouts interdit_bancaire pouvoir_d'achat salaire loyer !dépensé_?_énergie !dépense_?_énergie !dépenser_?_énergie \
            !me_dépenser !se_dépenser compte_en_banque carte_bleue fauché fauchée ruiné ruinée pauvre pauvreté ~cher chère coûte coûtent coûté coûtait coûtes ~prix budget \
            épargne épargner économies économiser livret investi* bourse crypto banque banquier banquière découvert impôt impôts taxe taxes retraite allocation allocations allocs chômage rsa caf héritage hérité \
            loto riche dépense dépenses dépenser dépensé facture factures payer paye payé payée payent paie j'ai_payé euros balles ~liquide porte-monnaie portefeuille \
            !cher_ami !chère_amie !cher_journal !ma_chère !mon_cher !bourse_d",
        chinese: "钱 金钱 财务 £ € $ | 月光族 又月光了 成月光 吃土 手头紧 手头有点紧 手头很紧 缺钱 透支 亏了 亏本 亏钱 揭不开锅 百块 千块 块钱 转账 转给我 没钱 存钱 攒钱 穷 富有 存款 存了 积蓄 预算 投资 股票 基金 理财 银行 税 退休金 养老金 补贴 遗产 彩票 花了多少 花费 贵 便宜 账单 支付 付了 房价 元钱 万元 块钱 一千 两千 三千 四千 五千 六千 七千 八千 九千 一万 两万 \
            !宝贵 !珍贵 !贵姓 !高贵 !贵阳 !贵州 !贵人 !贵宾",
        parts: &["pay", "debt", "rent"],
        kinds: &[],
    },
    Row {
        name: "pay",
        heads: "salary wage wages pay income earnings paycheck payslip salaire paye paie revenu revenus 工资 薪水 收入 薪资",
        english: "salary salaries wage wages pay income earnings | a_raise got_raise pay_cut earn earns earned earning earner paycheck paychecks paycheque payslip payday pay_rise payrise raise_at bonus bonuses minimum_wage \
            underpaid overpaid well_paid badly_paid get_paid gets_paid got_paid getting_paid paid_me pays_me paying_me a_month_before_tax i_make_about \
            !pay_attention !paid_attention !pays_attention !paying_attention !pay_a_visit !pay_for my_tips in_tips !pay_?_attention !paid_?_attention !paying_?_attention",
        french: "salaire salaires ~paye ~paie revenu revenus | gagne gagner gagné smic augmentation ~prime ~primes ~treizième_mois payé payée mal_payé bien_payé \
            !gagné_le !gagné_la !gagné_un !gagné_une !gagner_le !gagner_la !gagne_le !gagne_la !gagné_du_temps !gagner_du_temps",
        chinese: "工资 薪水 收入 薪资 | 月薪 年薪 底薪 薪酬 薪 挣 赚 奖金 加薪 涨薪 发薪 年终奖 提成 !挣扎",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "debt",
        heads: "debt debts loan loans mortgage bankruptcy dette dettes crédit crédits emprunt emprunts prêt surendettement 债 债务 贷款 欠款 欠债",
        english: "debt debts loan loans mortgage bankrupt bankruptcy | pawn* overdraft indebted owe owes owed owing borrow* creditor* credit_card credit_cards creditworthy instalment* installment* \
            bailiff* repay* repossess* foreclos* arrears interest_rate interest_rates payday_loan in_the_red \
            !owe_you !owe_him_an !owe_her_an !owe_them_an !borrow_a_book !borrowed_a_book !lend_me_an_ear !lent_me_a_book !lent_me_his_book lend_money lent_money lending_money lend_?_money lent_?_money lent_?_?_euros lent_?_?_pounds lent_?_?_dollars moneylender",
        french: "dette dettes crédit crédits emprunt emprunts surendettement | à_découvert refusé_le_prêt remboursement* hypothèque* endetté endettée endettés dois_de_l'argent devait_de_l'argent doit_de_l'argent lui_dois leur_dois emprunter emprunté emprunte créancier* huissier* prêt_immobilier prêt_étudiant \
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
        english: "job jobs career careers profession professions occupation occupations employment employer employers employed | called_in_sick job_cuts half_the_team the_staff was_let_go were_let_go been_let_go got_let_go being_let_go interview interviews my_contract the_contract desk_job headhunt* secondment severance zero-hours \
            timesheet* stand-up_meeting cut_my_hours my_hours work_hours payroll !office_chair !office_hours tutoring i_coach unemployed unemployment jobless out-of-work out_of_work overwork* workplace worker workers workload workday workmate \
            workmates coworker coworkers co-worker co-workers colleague colleagues boss bosses supervisor line_manager my_manager my_managers our_manager the_manager hr human_resources office offices shift shifts \
            night_shift overtime promotion promoted demoted resign resigned resigning resignation redundant redundancy laid_off layoff layoffs lay_off lay-offs sacked the_sack fired fire_me fires_me let_me_go let_go_from hire hires hired hiring \
            recruit* interview_at job_interview interviewed_at appraisal performance_review probation_period deadline deadlines meeting meetings client clients customer customers \
            teammate conference_call zoom_call teams_call cv résumé linkedin notice_period handed_in_my_notice gave_notice gave_my_notice self-employed freelance freelancing freelancer freelancers \
            internship intern trainee apprenticeship apprentice commute commutes commuting retire retires retired retiring retirement i_quit quit_my strike union wfh home_office business_trip nine_to_five burnout burned_out burnt_out \
            i_teach i_taught i_nurse i_manage on_call \
            !i_quit_smoking !quit_smoking !quit_drinking !box_office !post_office !strike_a !meeting_my !meeting_him !meeting_her !meeting_them !meeting_you !meeting_up !meeting_a !fired_up !camp_fire !the_european_union !steve_jobs \
            !like_a_boss !career_of_the team_meeting team_leader team_lead",
        french: "boulot boulots taf emploi emplois métier métiers carrière carrières profession professions employeur employeurs | été_viré suis_viré es_viré fait_virer me_virer te_virer se_faire_virer mis_à_la_porte plan_social mutation mon_contrat cadence* open_space pointeuse astreinte* \
            !bossé_?_piano !bossé_?_guitare !bossé_mon !bossé_ma !bossé_mes !bosser_mon !bosser_ma !bosse_mon !bosse_ma j'enseigne enseigner j'enseignais !chef_est_venu_nous !chef_cuisinier grand_chef employé employée salarié salariée chômage chômeur chômeuse bosse bosser bossé collègue collègues \
            ~chef ~cheffe ~chefs mon_patron ma_patronne le_patron la_patronne ~patron ~patronne supérieur_hiérarchique manager drh rh ~bureau au_bureau entreprise ma_boîte la_boîte licencié licenciée licenciés licencier licenciement \
            embauche embauché embauchée embaucher recruté recrutée recrutement démission démissionné démissionner démissionne promu promue promotion entretien_d'embauche entretien_annuel réunion réunions client clients cliente clientes \
            cdi cdd intérim intérimaire ~stage stagiaire alternance apprenti apprentie apprentissage retraite retraité retraitée heures_sup heures_supplémentaires télétravail grève syndicat cv lettre_de_motivation indépendant \
            auto-entrepreneur freelance collègue burn-out préavis rupture_conventionnelle période_d'essai pointer_au patron \
            !chef_de_gare !chef_d'orchestre !chef_d'œuvre !bureau_de_poste !bureau_de_tabac",
        chinese: "工作 职业 上班 | 炒了我 被炒 劝退 待业 工位 甲方 合同到期 奖惩 值夜班 !电脑不工作 !机器不工作 !手机不工作 !空调不工作 !冰箱不工作 !洗衣机不工作 !正常工作 我教 教书 当老师 下班 加班 值班 夜班 早班 晚班 调休 老板 上司 领导 同事 经理 主管 公司 单位 职场 职位 岗位 辞职 离职 跳槽 辞退 解雇 开除 裁员 被裁 裁掉 失业 下岗 炒鱿鱼 面试 简历 招聘 入职 录用 实习 升职 晋升 转正 \
            试用期 退休 项目 客户 出差 开会 会议 绩效 考核 打工 兼职 创业 请假 打卡 事业 !工作日历 !领导人 !公司法",
        parts: &["pay"],
        kinds: &[FactKind::Work],
    },
    Row {
        name: "school",
        heads: "school college university uni studies study studying classes école lycée collège fac université études 学校 上学 学习 学业 大学 读书",
        english: "school schools school's schooling college colleges university universities uni studies exam exams homework grades degree degrees thesis | dropping_out skipped_class bunked_off failed_maths failed_math failed_my failed_the_test failed_the_class failed_a_test failed_biology failed_chemistry failed_physics failed_history failed_english \
            my_test a_test_on maths_test math_test history_test spelling_test report_card got_an_a got_a_b got_a_c got_a_d got_an_f kindergarten preschool playground recess \
            truant* scholarship schoolmate schoolwork my_teacher bad_grade good_grade a_grade my_grade grade_in teacher teachers classroom classmate classmates class classes lesson lessons \
            essay essays coursework assignment assignments dissertation lecture lectures lecturer professor professors tutor tutors study studied studying student students semester term_paper campus tuition detention \
            gcse gcses a-level a-levels sats midterm midterms finals mock mocks my_marks revision revise revising graduate graduated graduating graduation bachelor's master's masters phd diploma freshman sophomore high_school \
            headmaster headteacher principal pupil pupils expelled dropped_out drop_out pop_quiz term_time \
            !first_class !second_class !world_class !middle_class !working_class !school_of_fish !degrees_outside !degrees_today the_sat",
        french: "école écoles lycée lycées collège collèges fac université universités études examen examens devoirs =thèse | mauvaise_note bonne_note mauvaises_notes bonnes_notes sale_note eu_une_note la_moyenne contrôle_de_maths contrôle_de_français contrôle_d'anglais contrôle_d'histoire \
            contrôle_de_physique raté_mon_contrôle interro interrogation_écrite devoir_de devoir_surveillé récré cour_de_récréation cantine conseil_de_classe cartable \
            heures_de_colle maternelle ~cours classe classes prof profs professeur professeure professeurs instit maître maîtresse élève élèves \
            étudiant étudiante étudiants étudie étudier étudié étudiais partiel partiels bac brevet licence master doctorat mémoire dissertation ~notes bulletin ~note_en rentrée camarade_de_classe amphi campus semestre redouble redoublé redoubler \
            diplôme diplômé diplômée concours prépa proviseur principal cpe !en_cours !au_cours !cours_d'eau !bien_sûr !première_classe",
        chinese: "学校 上学 学习 学业 考试 大学 作业 论文 成绩 | 不及格 及格 分数 成绩单 数学课 语文课 同桌 校园 幼儿园 退学 开除学籍 休学 转学 食堂 奖学金 老师 同学 高考 中考 考研 期末 期中 考砸 考了 课 上课 下课 逃课 补课 补习 高中 初中 小学 毕业 学期 学位 教授 导师 班主任 校 学生 研究生 博士 硕士 学费 挂科 答辩 \
            !课题 !同学会",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "health",
        heads: "health illness illnesses sickness disease diseases diagnosis santé maladie maladies diagnostic 健康 病 疾病 病情 生病 身体健康",
        english: "health illness illnesses sickness disease diseases diagnosis diagnosed sick ill | cardiolog* dermatolog* neurolog* gynaecolog* gynecolog* urolog* rheumatolog* endocrinolog* called_in_sick my_head_hurts puke puked puking unwell sore_throat runny_nose cough coughing coughed sneez* have_a_cold had_a_cold got_a_cold caught_a_cold bad_cold stomach_bug \
            food_poisoning diarrh* constipat* sprain* twisted_my_ankle fracture* stitches rash swollen fainted fainting passed_out concussion bleed* infected hiv parkinson* \
            multiple_sclerosis have_ms has_ms with_ms dialysis transplant* pacemaker bedridden in_bed_with_a_fever test_results physio physiotherapy toothache root_canal \
            tinnitus sciatica slipped_disc bad_back short_of_breath out_of_breath palpitation* unconscious coma sepsis polio tuberculosis hepatitis menopause period_pain cramps \
            broke_?_leg broke_?_arm broke_?_wrist broke_?_ankle broke_?_toe broke_?_foot broke_?_hip broke_?_nose broke_?_collarbone broken_ankle broken_hip broken_toe \
            broken_foot broken_rib* high_blood !has_a_virus !got_a_virus !threw_up_my_hands !table_has_a_broken_leg !car_needs_a_doctor !doctor_who hurts hurt_my my_back my_knee dizzy nausea nauseous vomit* threw_up throwing_up !hurts_me !feelings diagnose diagnoses symptom symptoms hospital hospitals hospitalised hospitalized clinic doctor doctors doctor's gp nurse nurses surgeon \
            surgery operation operated consultant specialist ambulance emergency_room er icu blood_test blood_tests scan scans mri ct_scan x-ray biopsy ultrasound \
            ~pain ~pains painful chronic ache aches aching headache headaches migraine migraines backache fever infection infections virus flu covid pneumonia bronchitis asthma asthmatic diabetes diabetic epilepsy epileptic seizure seizures \
            stroke heart_attack heart_disease heart_condition arthritis thyroid lupus crohn's fibromyalgia endometriosis eczema psoriasis blood_pressure cholesterol anaemia anemia anaemic kidney kidneys liver ulcer hernia \
            wheelchair disability disabled crutches plaster_cast broke_my_leg broke_my_arm broke_my_wrist broken_leg broken_arm broken_wrist flare-up relapse relapsed remission recovering recovery checkup check-up appointment_at_the_hospital \
            !sick_of !ill_be !sick_joke !operation_system !computer_virus",
        french: "santé maladie maladies malade malades diagnostic diagnostiqué diagnostiquée | cardiologue dermato* neurolog* gynéco* ophtalmo* pneumolog* urolog* rhumato* endocrinolog* vomi* hypertension tension_artérielle cassé_la_jambe cassé_le_bras cassé_le_poignet cassé_la_cheville cassé_le_pied cassé_la_hanche cassé_une cassé_le_nez \
            casser_la_jambe casser_le_bras fracture* entorse foulé_la foulé_le évanoui* malaise* vertige* diarrhée* constip* tousse toux rhume enrhum* angine otite gastro \
            indigestion intoxication points_de_suture cicatrice* rage_de_dents carie parkinson sclérose_en_plaques vih sida dialyse greffe pacemaker souffran* souffre_de \
            me_soigner guéri guérir convalescence alité saigne* hémorragie coma tuberculose hépatite ménopause lumbago sciatique hernie_discale tour_de_reins acouphène* nausée* \
            !malade_de_rire !malades_de_rire !malade_de_jalousie !ordi_a_un_virus !ordinateur_a_un_virus !pc_a_un_virus !téléphone_a_un_virus symptôme symptômes hôpital hôpitaux hospitalisé hospitalisée clinique médecin médecins docteur généraliste spécialiste chirurgien chirurgienne \
            infirmier_m'a infirmière_m'a opération opéré opérée urgences samu ambulance prise_de_sang analyses scanner irm radio_du échographie biopsie douleur douleurs douloureux mal_au mal_à mal_de mal_aux mal_partout migraine migraines fièvre infection \
            virus grippe covid pneumonie bronchite asthme asthmatique diabète diabétique épilepsie épileptique crise_cardiaque avc infarctus arthrose arthrite thyroïde sclérose endométriose eczéma psoriasis ~tension cholestérol anémie ~rein ~reins ~foie \
            ulcère hernie fauteuil_roulant handicap handicapé handicapée béquilles ~plâtre rechute rémission kiné arrêt_maladie ald \
            !mal_à_l'aise !mal_de_mer !mal_au_courant",
        chinese: "健康 病 疾病 | 吐了 呕 拉肚子 腹泻 便秘 流鼻血 鼻塞 流鼻涕 嗓子 扁桃体 扭伤 扭了腰 扭了脚 扭到 骨裂 缝针 晕倒 昏倒 昏迷 中暑 皮疹 湿疹 痛风 结石 囊肿 结节 脂肪肝 心梗 脑梗 帕金森 艾滋 透析 移植 不舒服 身体不好 吃坏 流感 肺 脚断了 腿断了 手断了 摔断 打石膏 更年期 耳鸣 腰突 椎间盘 !吐了口气 \
            !吐了一口气 !吐了吐舌头 !中病毒 !中了病毒 血压 血糖 头晕 恶心 呕吐 难受 医院 医生 看病 住院 出院 手术 症状 体检 检查结果 化验 验血 急诊 救护车 疼 痛 发烧 感冒 咳嗽 哮喘 糖尿病 高血压 心脏 中风 癫痫 过敏 炎 病毒 新冠 甲状腺 肾 肝 骨折 受伤 残疾 轮椅 复发 康复 治疗 确诊 \
            !病毒式 !电脑病毒 !毛病不少 !疼爱 !心疼 !痛快 !头疼的问题 !炎热 !肝胆",
        parts: &["medication", "mind", "cancer"],
        kinds: &[FactKind::Health],
    },
    Row {
        name: "medication",
        heads: "medication medications medicine meds pills médicaments médicament 药 吃药 药物",
        english: "medication medications medicine medicines meds | my_jab vitamin* pill pills tablet tablets prescription prescriptions prescribed prescribe pharmacy pharmacist dose doses dosage side_effect side_effects painkiller painkillers \
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
        heads: "mental_health depression anxiety therapy burnout santé_mentale dépression anxiété thérapie 心理健康 抑郁 抑郁症 焦虑 焦虑症 心理问题 mental_illness panic panic_attacks bipolar_disorder bipolar ptsd ocd self_esteem self-esteem mood_swings angoisse angoisses crises_de_panique crises_d'angoisse troubles_mentaux 心理 恐慌症 惊恐 双相 躁郁症 强迫症",
        english: "mental_health mental_illness depression depressed anxiety | hands_shake hands_shook hands_tremble hands_were_shaking lost_interest_in lost_all_interest see_the_point see_no_point what's_the_point mental_breakdown my_meds cry_every cried_every crying_every cry_all cried_all crying_all cry_myself cried_myself cry_at_night crying_at_night can't_stop_crying \
            couldn't_stop_crying feel_empty felt_empty feeling_empty empty_inside feel_hopeless felt_hopeless feeling_hopeless so_hopeless hopelessness feel_numb felt_numb \
            numb_inside worthless* can't_get_out_of_bed couldn't_get_out_of_bed cannot_get_out_of_bed not_get_out_of_bed can't_get_up couldn't_get_up stayed_in_bed_all \
            stay_in_bed_all in_bed_for_days in_bed_all_day feels_pointless feel_pointless everything_is_pointless life_is_pointless nothing_brings nothing_matters no_joy \
            feel_so_low feel_low feeling_low felt_low feel_down feeling_down felt_down rock_bottom despair* can't_cope meltdown* antidepressant* ssri ssris prozac zoloft \
            sertraline citalopram escitalopram lexapro xanax valium anxious anxiously panic panicking panicky heart_races heart_raced heart_was_racing heart_pounds \
            couldn't_breathe can't_breathe hyperventilat* phobia phobias obsessive intrusive_thoughts overthink* can't_stop_worrying couldn't_stop_worrying worried_sick \
            worry_all_the always_worry so_nervous too_nervous mood_swing* hear_voices heard_voices hearing_voices paranoi* psych_ward mental_hospital low_mood depressive bipolar psychosis psychotic schizophreni* ptsd ocd panic_attack* panicked therapy therapist therapists therapy's counsellor counselor \
            counselling counseling psychiatrist* psychiatric psychologist* nervous_breakdown breakdown burnout burned_out burnt_out trauma traumatic traumatised traumatized \
            !broke_down_car",
        french: "santé_mentale dépression dépressif dépressive déprimé déprimée anxiété | me_sens_inutile sers_à_rien pleure_toute pleure_toutes pleure_tous pleure_tout pleure_sans pleuré_toute pleuré_toutes pleuré_tous pleurais_toute pleurais_toutes pleurer_sans pleure_le_soir \
            pleure_la_nuit sens_vide sentais_vide senti_vide vide_intérieur vide_à_l'intérieur goût_à_rien goût_de_rien envie_de_rien arrive_pas_à_sortir_du_lit \
            arrive_plus_à_sortir_du_lit arrivais_plus_à_sortir_du_lit arrive_pas_à_me_lever arrive_plus_à_me_lever peux_plus_me_lever broie_du_noir broyais_du_noir \
            broyer_du_noir broyé_du_noir idées_noires pensées_noires désespoir désespéré sans_espoir plus_d'espoir antidépresseur* anxiolytique* moral_à_zéro \
            moral_dans_les_chaussettes moral_au_plus_bas fond_du_trou fond_du_gouffre mal-être mal_être psychothérap* boule_au_ventre boule_à_la_gorge angoiss* panique paniqué \
            paniquer palpitation* phobie* rumine ruminer ruminations très_anxieux sors_plus_de_chez me_sens_nul me_sens_nulle haine_de_moi !pas_de_panique anxieux anxieuse angoisse angoisses bipolaire psychose schizophrén* crise_de_panique crises_d'angoisse crise_d'angoisse thérapie thérapeute psy psychiatre* \
            psychologue* burn-out burnout traumatisme traumatisé traumatisée toc",
        chinese: "心理健康 抑郁 焦虑 | 低落 什么都不想做 只想躺着 每天都哭 晚上都哭 每晚都哭 天天哭 整天哭 整夜哭 哭了一晚 哭了一夜 哭到天亮 总是哭 老是哭 常常哭 一直哭 想哭 不想起床 起不来床 起不了床 下不了床 心里空 内心空 空虚 没兴趣 没有兴趣 不感兴趣 提不起劲 提不起兴趣 绝望 无望 没有希望 看不到希望 情绪低落 心情低落 心情很差 没有动力 麻木 心累 抗抑郁 \
            百忧解 总是担心 一直担心 老是担心 担心得 紧张得 太紧张 心慌 胸闷 胡思乱想 恐惧症 社恐 幻听 幻觉 想太多 压力大 压力很大 一文不值 没用的人 躁郁 双相 精神 心理咨询 心理医生 咨询师 恐慌 惊恐 崩溃 创伤 强迫症 !精神奕奕 !精神饱满 !精神抖擞",
        parts: &["suicide", "eating", "autism", "adhd"],
        kinds: &[],
    },
    Row {
        name: "cancer",
        heads: "cancer tumour tumor leukaemia leukemia tumeur leucémie 癌 癌症 肿瘤 白血病",
        english: "cancer cancers tumour tumours tumor tumors leukaemia leukemia | stage_four stage_three stage_iv spread_to_my spread_to_the_liver spread_to_the_lungs spread_to_the_bones spread_to_the_lymph spread_to_the_brain spread_to_his \
            spread_to_her relapse scan_was_clear lost_my_hair lost_her_hair chemo chemotherapy radiotherapy radiation oncolog* biopsy metasta* malignant lymphoma melanoma mastectomy lump remission terminal hospice palliative",
        french: "cancer cancers tumeur tumeurs leucémie | stade_quatre cancéreu* perdu_mes_cheveux perdu_ses_cheveux chimio chimiothérapie radiothérapie rayons oncolog* biopsie métastase* lymphome mélanome mastectomie rémission palliatifs",
        chinese: "癌 肿瘤 白血病 | 扩散 掉头发了 复查 化疗 放疗 恶性 活检 转移了 晚期",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "suicide",
        heads: "suicide self-harm suicide_attempt automutilation 自杀 自残",
        english: "suicide suicides suicidal self-harm self-harmed self-harming | no_way_out_but end_it_all ending_it_all ended_it_all end_my_own end_his_life don't_want_to_live didn't_want_to_live not_want_to_live no_longer_want_to_live not_want_to_be_here \
            don't_want_to_be_here didn't_want_to_be_here be_here_any_more be_here_anymore want_to_be_dead wish_i_was_dead wish_i_were_dead wished_i_was_dead \
            wish_i_had_never_been_born better_off_without_me better_off_dead too_many_pills bottle_of_pills handful_of_pills all_my_pills took_pills hanged hang_myself \
            hanging_himself hung_himself hung_herself jumped_off_a_bridge jumped_off_the_bridge jump_off_a_bridge jump_off_the_bridge jumped_off_a_roof jumped_off_the_roof \
            jump_off_a_roof jumped_off_a_building jumped_from_a_bridge jumped_from_the_roof jumped_in_front_of jump_in_front_of thinking_about_jumping thought_about_jumping \
            thought_of_jumping on_the_ledge slit_my slit_his slit_her cut_my_wrist cut_my_wrists cut_my_arm cut_my_arms cut_my_thighs cut_his_wrists cut_her_wrists \
            cutting_my_arms self_harm dark_thoughts took_his_life took_her_life take_my_life taking_my_life took_their_own_life no_reason_to_live nothing_to_live_for \
            reason_to_go_on suicide_note crisis_line crisis_hotline samaritans not_wake_up never_wake_up didn't_want_to_wake_up drown_myself shot_himself shot_herself \
            shoot_myself gassed_himself !want_to_live_in !want_to_live_with !want_to_live_at !want_to_live_here !want_to_live_near !want_to_live_there !want_to_live_alone \
            !want_to_live_on kill_myself killed_himself killed_herself killed_themselves kill_himself kill_herself end_my_life ended_his_life ended_her_life took_his_own_life took_her_own_life take_my_own_life \
            cut_myself cutting_myself hurt_myself hanged_himself hanged_herself want_to_die wanted_to_die overdose overdosed",
        french: "suicide suicides suicidé suicidée suicider suicidaire automutilation | voulu_mourir vouloir_mourir veut_mourir voulait_mourir voudrais_mourir plus_envie_de_vivre pas_envie_de_vivre envie_de_vivre veux_plus_vivre voulais_plus_vivre \
            boîte_de_cachets boîte_de_médicaments tube_de_cachets plaquette_de_cachets avalé_des_cachets avalé_tous trop_de_cachets trop_de_médicaments tous_mes_cachets \
            pendu_dans s'est_pendue me_pendre se_pendre jeté_d'un_pont jetée_d'un_pont jeté_du_pont jetée_du_pont jeter_d'un_pont jeter_du_pont jeté_par_la_fenêtre \
            jetée_par_la_fenêtre jeter_par_la_fenêtre jeté_sous jetée_sous jeter_sous défenestré* donné_la_mort donnée_la_mort donner_la_mort ouvert_les_veines ouvrir_les_veines \
            taillé_les_veines tailler_les_veines idées_noires idées_suicidaires mettre_fin_à_mes_jours fin_à_mes_jours fin_à_ses_jours scarif* mieux_sans_moi lettre_d'adieu \
            plus_me_réveiller jamais_me_réveiller tiré_une_balle tirer_une_balle !en_finir_avec me_tuer en_finir s'est_pendu me_scarifier scarifications scarifie mutiler mutile envie_de_mourir voulais_mourir veux_mourir s'est_tué s'est_tuée",
        chinese: "自杀 自残 | 想过死 想到死 割过腕 割了腕 割手腕 跳了楼 跳过楼 跳桥 跳河 跳江 跳海 吞了一瓶 吞药 吞了药 一瓶安眠药 上了吊 吊死 活着没意思 活着没意义 活着没劲 活不下去 不如死 死了算了 一了百了 结束生命 结束自己 结束这一切 自伤 遗书 烧炭 喝农药 喝了农药 不想醒来 没有我会更好 !想死你 !想死我 轻生 寻短见 割腕 跳楼 上吊 不想活 想死 自尽",
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
        heads: "pregnancy pregnancies fertility infertility miscarriage abortion ivf grossesse grossesses fertilité infertilité fausse_couche avortement ivg fiv 怀孕 孕 流产 备孕 堕胎 pregnant childbirth accouchement stérilité 不孕 试管 生孩子",
        english: "pregnancy pregnancies pregnant miscarriage miscarriages abortion ivf | weeks_along months_along two_lines water_broke waters_broke expecting_a_child expecting_a_boy expecting_a_girl expecting_twins expecting_again expecting_in she_expecting m_due i_am_due she_due \
            baby_is_due can't_have_children can't_have_kids cannot_have_children no_heartbeat !in_a_heartbeat heartbeat positive_pregnancy knocked_up surrogate* surrogacy \
            egg_donor sperm !expecting_a_parcel !expecting_a_package !expecting_a_letter !expecting_the !expecting_to !expecting_some !expecting_him !expecting_her \
            !expecting_them !expecting_it !expecting_that !expecting_guests !expecting_visitors !expecting_company !expecting_rain she_is_due she's_due miscarried miscarry stillbirth stillborn abort aborted trimester ultrasound due_date expecting_a_baby expecting_our expecting_my morning_sickness midwife midwives \
            fertility infertile infertility fertile conceive conceived ovulation ovulating trying_for_a_baby try_for_a_baby maternity maternity_leave labour_ward in_labour in_labor contractions c-section caesarean cesarean giving_birth give_birth gave_birth \
            birth newborn foetus fetus embryo embryos the_baby a_baby our_baby my_baby baby_bump positive_test pregnancy_test lost_the_baby lost_a_baby lost_our_baby \
            !date_of_birth !birth_certificate !birth_place we're_expecting is_expecting !expecting_you !expecting_a_call",
        french: "grossesse grossesses enceinte fausse_couche fausses_couches avortement ivg fiv | nausée perdu_les_eaux perdre_les_eaux poche_des_eaux attends_un_bébé attendons_un_bébé attends_des_jumeaux est_en_cloque retard_de_règles règles_en_retard \
            pas_avoir_d'enfants pas_avoir_d'enfant pma terme_en !date_de_naissance !lieu_de_naissance !acte_de_naissance !certificat_de_naissance fausse-couche avorter avorté échographie accouche accoucher accouché accouchement sage-femme fertilité infertile infertilité stérile ovulation concevoir \
            maternité congé_maternité contractions césarienne naissance nouveau-né fœtus foetus embryon bébé attend_un_bébé attends_un_enfant essai_bébé perdu_le_bébé perdu_un_bébé mort-né test_de_grossesse nausées_matinales gynéco",
        chinese: "怀孕 孕 流产 堕胎 | 羊水 破水 怀上 怀了 胎心 验孕 两条杠 人流 孩子没保住 保胎 要当妈妈 要当爸爸 当妈妈了 当爸爸了 有了身孕 备孕 产检 预产期 打胎 引产 小产 胎 宝宝 分娩 生产时 剖腹 顺产 月子 不孕 试管 产假 生孩子 助产 害喜 孕吐 !胎儿床 !轮胎 !车胎",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "weight",
        heads: "weight body diet dieting calories looks appearance poids corps régime apparence 体重 身材 减肥 外貌 长相 weight_loss obesity body_image surpoids obésité 胖 肥胖 外表",
        english: "weight weigh weighs weighed weighing body diet diets dieting calories | jeans_don't_fit trousers_don't_fit clothes_don't_fit nothing_fits don't_fit_any_more few_pounds put_on_?_pounds put_on_?_?_pounds pounds_overweight pounds_lighter \
            pounds_heavier kilos_heavier gained_?_pounds gain_?_pounds lost_?_pounds lose_?_pounds gaining_weight losing_weight slimming my_clothes_don't_fit trousers_fit jeans_fit \
            love_handles waistline muffin_top body_image flabby skip_meals skipping_meals !kilos_of !kilo_of !kg_of !scales_of !scales_on !thin_slices !gym_class calorie kilos kilo kg lbs stone_lighter stone_heavier fat fatter obese obesity overweight underweight chubby skinny thin thinner slim slimmer bmi belly thighs \
            hips double_chin scales bathroom_scale lose_weight lost_weight gained_weight put_on_weight ozempic anorexi* bulimi* binge bingeing binged purge purging eating_disorder dress_size size_zero ugly stretch_marks cellulite gym ~figure \
            look_in_the_mirror my_looks appearance !body_of_water !figure_out !figured_out !fat_chance !thin_ice !anybody",
        french: "poids pèse peser pesé corps ~régime ~régimes calorie calories | pris_du_ventre prend_du_ventre pris_des_kilos pris_un_peu_de_poids pris_du_poids perdre_du_poids trop_gros trop_grosse suis_gros suis_grosse si_gros si_grosse me_trouve_gros me_trouve_grosse me_sens_gros me_sens_grosse sens_grosse \
            étais_gros étais_grosse devenu_gros devenue_grosse mon_ventre rentre_plus_dans_mon rentre_plus_dans_ma kilos_en_trop culotte_de_cheval balance_affiche \
            image_de_mon_corps !kilos_de !kilo_de !suis_balance grossi grossir maigre maigri maigrir minceur ~mince obèse obésité surpoids imc cuisses hanches bourrelets ~balance anorexi* boulimi* mincir silhouette \
            cellulite vergetures moche laide !en_gros !gros_bisous !gros_câlin !grosse_pluie !grosse_fatigue ~kilo ~kilos mon_physique son_physique",
        chinese: "体重 身材 减肥 | 重了 穿不上 斤了 斤重 公斤了 长肉 赘肉 掉秤 上秤 称体重 称了体重 身材焦虑 小肚子 双下巴 微胖 苗条 穿不下 !小丑 !肥料 !肥牛 胖 瘦 卡路里 节食 肥 肥胖 发福 腰围 肚子上 大腿 体型 暴食 厌食 催吐 丑 长相 外貌 !瘦西湖 !斤斤计较 !肥皂 !肥沃",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "food",
        heads: "food eating meals meal diet nutrition nourriture manger alimentation repas bouffe 吃 食物 饮食 吃饭 吃东西 进食",
        english: "food foods eat eats ate eaten eating meal meals | hangry ate_up leftover leftovers groceries breakfast lunch dinner supper brunch snack snacks snacked calorie calories hungry hunger starving starve appetite full_up diet dieting binge binged bingeing purge purging \
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
        english: "alcohol alcoholic alcoholics alcoholism booze sober sobriety | glass_of_red glass_of_white to_aa an_aa aa_meeting aa_meetings at_aa in_aa drank_a_lot drank_every drink_every drinks_too_much drinks_a_lot been_drinking off_the_wagon on_the_wagon dry_january \
            bar_crawl pub_crawl a_drinker bottle_of_red bottle_of_white passed_out_drunk liquor schnapps bourbon drunk drunken drinker drinkers hungover hangover hangovers beer beers wine wines whisky whiskey vodka gin rum tequila brandy cider lager champagne prosecco cocktail cocktails pint pints \
            ~pub ~pubs bar_last tipsy wasted_last blackout blacked_out boozy relapse relapsed rehab detox twelve_step 12-step binge_drinking drink_too_much drank_too_much drinking_too_much drink_again drank_again drinking_again stopped_drinking stop_drinking \
            quit_drinking gave_up_drinking started_drinking start_drinking drinking_problem drink_problem heavy_drinking i_drink_to drink_driving drink_and_drive units_a_week went_drinking go_drinking out_drinking drinking_buddies had_a_drink need_a_drink a_few_drinks \
            some_drinks my_drinking his_drinking her_drinking !wine_gums !root_beer !ginger_beer",
        french: "alcool alcoolique alcooliques alcoolisme | bouteille_de_rouge bouteille_de_blanc bouteille_de_rosé verre_de_rouge verre_de_blanc verre_de_rosé bu_hier bu_toute bu_un_coup boire_un_coup bu_quelques boit_trop bois_plus !bois_plus_d'eau !bois_plus_de buvais_plus boit_plus bu_depuis boire_pour_oublier alcoolis* \
            beurré torché éméché ivrogne* vodkas cuver dessoûl* !verre_d'eau !verre_de_lait !verre_de_jus trop_bu ivre ivresse saoul saoule soûl bourré bourrée cuite gueule_de_bois bière bières vin ~vins whisky vodka rhum pastis champagne apéro cocktail cocktails bistrot picole picoler picolé sobre sobriété \
            sevrage ~cure désintox rechute rechuté bois_trop bu_trop boire_trop arrêté_de_boire arrêter_de_boire recommencé_à_boire buveur biture alcoolémie pinte pintes bu_un_verre",
        chinese: "酒 喝酒 酗酒 酒精 | 醉酒 喝断片 干杯 酒量 酒驾 喝多 喝高 喝大 喝醉 醉 宿醉 戒酒 啤酒 白酒 红酒 酒吧 断片 !酒店 !酒窝 !陶醉 !酒精消毒",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "drugs",
        heads: "drugs drug addiction addictions drogue drogues addiction 毒品 吸毒 毒瘾 上瘾 cocaine weed cannabis heroin cocaïne héroïne 大麻",
        english: "drug drugs addict addicts addicted addiction addictions | on_drugs i_was_high we_were_high he_was_high she_was_high i'm_high m_high high_as_a_kite high_all smoked_crack crack_cocaine on_crack shoot_up shooting_up \
            magic_mushrooms shrooms speedball bong spliff !car_dealer !art_dealer !joint_account !my_joints !joint_pain !knitting_needle* !pine_needle* cocaine coke_habit heroin meth methadone fentanyl opioid* opiate* ketamine ecstasy mdma lsd acid_trip weed marijuana cannabis joint joints stoned stoner high_on get_high got_high getting_high \
            overdose overdosed rehab detox dealer dealers junkie needle needles relapse relapsed clean_for sober pothead edibles snort* !drug_store !drugstore !weeds !addicted_to_this_song",
        french: "drogue drogues drogué droguée droguer addict addiction addictions toxicoman* toxico | fumé_un_joint fume_un_joint pris_de_la_coke sous_coke sniff* shooté shooter_à piquouse champignons_hallucinogènes !joint_du !joint_de !défoncé_la cocaïne héroïne méthadone cannabis weed beuh joint joints ecstasy mdma lsd défoncé défoncée overdose désintox sevrage dealer ~deal seringue ~cure rechute rechuté ~coke ~shit",
        chinese: "毒品 吸毒 毒瘾 | 吸过毒 飞叶子 !过瘾 大麻 海洛因 可卡因 冰毒 摇头丸 戒毒 嗑药 贩毒 上瘾 瘾 !网瘾",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "smoking",
        heads: "smoking cigarettes tobacco cigarette tabac clope clopes fumer 抽烟 吸烟 烟 戒烟",
        english: "smoking smoke smokes smoked smoker smokers cigarette cigarettes tobacco | chain-smok* pack_of_marlboro rolling_papers !smoke_over !smoke_from !smoke_rose !black_smoke !smoke_signal cig cigs fag fags nicotine vape vapes vaping vaped ashtray pack_a_day cigar cigars !smoke_alarm !smoke_detector !smoked_salmon my_lighter cigarette_lighter",
        french: "tabac cigarette cigarettes clope clopes fumer fumé fumeur fumeuse | mégot* mes_clopes paquet_de_clopes nicotine vapote vapoter vapoteuse cendrier briquet paquet_par_jour sevrage !saumon_fumé ~fume",
        chinese: "抽烟 吸烟 烟 | 抽了根 抽一根 抽了一根 戒了烟 香烟 戒烟 烟瘾 电子烟 尼古丁 !烟花 !烟台 !油烟 !烟雾",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "gambling",
        heads: "gambling betting casino jeux_d'argent paris_sportifs 赌博 赌 paris_hippiques loterie lottery 博彩 彩票",
        english: "gamble gambles gambled gambling gambler betting casino | put_?_on_the put_?_on_a_horse put_money_on the_slots bet_on bets_on betting_on placed_a_bet lost_a_bet won_a_bet a_bet_on my_bets bet_money bet_all bet_everything bet_my_whole bet_?_on bet_?_euros bet_?_dollars \
            bet_?_pounds bet_?_hundred bookmaker* horse_racing the_races casinos poker roulette slot_machine slot_machines slots bookie bookies scratchcard* lottery jackpot blackjack the_odds !all_odds",
        french: "casino jeux_d'argent paris_sportifs | paris_hippiques courses_hippiques perdu_au_jeu perdu_aux_jeux joué_au_tiercé machine_à_sous bandit_manchot !parie_que !parie_qu'il !parie_qu'elle !parie_qu'on \
            !parie_qu'ils parier parié parie poker roulette machines_à_sous loto pmu grattage tiercé jackpot addiction_au_jeu",
        chinese: "赌博 赌 | 输了钱 输钱 赢钱 博彩 赌球 赌马 澳门输 赌场 赌钱 彩票 老虎机 下注 输光 赌债 麻将 !打赌",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "religion",
        heads: "religion god faith church beliefs religion dieu foi église 宗教 信仰 上帝 信教 islam christianity 佛教 基督教 伊斯兰教",
        english: "religion religions religious god faith church churches | said_grace say_grace kosher halal hanukkah passover pesach yom_kippur shabbat sabbath christmas_mass midnight_mass eid diwali pilgrimage hajj parish congregation preach* preacher rosary \
            theolog* sect holy_water holy_communion for_lent during_lent in_lent convert_to converted_to bat_mitzvah bar_mitzvah believer* unbeliever godless !god_it !god_i \
            !god_that !god_what !god_how !god_you !god_this !god_he !god_she !god_we !god_they !god_no !god_yes !faith_in_you !faith_in_me !faith_in_him !faith_in_her \
            !faith_in_us !faith_in_them !faith_in_people !faith_in_humanity !faith_in_it !good_faith !bad_faith !heaven_knows !good_heavens gods pray prays prayed praying prayer prayers bible scripture* quran koran torah jesus christ christian christians christianity catholic catholics protestant* baptist* evangelical* mormon* \
            jehovah's islam muslim muslims mosque jew jews jewish judaism synagogue rabbi hindu* buddhis* temple priest priests pastor vicar bishop pope nun nuns monk monks imam sunday_service sermon hymn* baptism baptised baptized communion confession \
            sin sins heaven hell atheis* agnostic* spiritual ramadan worship* !oh_god !oh_my_god !my_god !thank_god !god_knows !for_god's !good_god !what_the_hell !hell_of ~mass !mass_of",
        french: "religion religions religieux religieuse dieu foi église églises | casher halal pèlerinage paroisse hanouka shabbat aïd diwali crucifix chapelet converti_à convertie_à convertir_à catéchisme !en_prie !dieu_que !dieu_quel !dieu_qu'il \
            !nom_de_dieu dieux prie prier prière prières bible évangile* coran torah jésus christ chrétien chrétienne chrétiens catholique* protestant* évangélique* islam musulman* mosquée juif juive juifs \
            judaïsme synagogue rabbin hindou* bouddh* temple prêtre prêtres pasteur évêque pape nonne moine imam messe sermon baptême baptisé baptisée communion confesse confesser =péché =péchés paradis enfer athée* agnostique* croyant croyante spirituel \
            ramadan carême !mon_dieu !bonne_foi !mauvaise_foi !ma_foi !dieu_merci ~curé",
        chinese: "宗教 信仰 上帝 信教 | 信主 信神 教徒 信徒 修行 拜神 神明 十字架 弥撒 斋戒 开斋 朝圣 皈依 斋月 诵经 教堂 教会 祈祷 祷告 神父 牧师 圣经 耶稣 基督 天主 佛 菩萨 寺庙 寺 庙 和尚 道教 伊斯兰 穆斯林 清真寺 古兰经 真主 洗礼 礼拜天做礼拜 做礼拜 念经 拜佛 烧香 天堂 地狱 无神论 !佛山 !庙会",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "politics",
        heads: "politics elections election government politique politiques élections élection gouvernement 政治 选举 政府 时政 president trump 总统",
        english: "politics political politically politician politicians election elections government | mayor councillor candidate_for presidential_candidate ballot ballots polling_station exit_poll coalition_government impeach* dictator* sanctions tariff tariffs \
            capitalis* marxis* zionis* israel palestin* gaza hamas kremlin white_house downing_street chancellor merkel merz orban erdogan modi netanyahu milei meloni farage \
            sunak vance thatcher the_left_and the_right_and the_bill_passed passed_the_bill gun_control supreme_court_ruling vote votes voted voting voter voters president presidential prime_minister minister ministers parliament congress senate senator senators mp mps \
            democrat democrats democratic_party republican republicans labour_party tory tories conservative conservatives liberal liberals left-wing right-wing far_right far_left socialist* communist* fascis* populis* brexit referendum campaign_trail \
            party_leader trump biden harris obama putin zelensky macron starmer protest protests protester* demonstration policy policies immigration migrants nato",
        french: "politique politiques politicien politiciens élection élections gouvernement | !président_du_club !présidente_du_club !président_de_l'association élu_président élus candidat_à candidat_aux scrutin urnes sondage sondages grève_générale chancelier retailleau dictat* gouverneur droite_et_gauche la_gauche_et \
            palestin* israël campagne_électorale ministère loi_travail capitalis* !la_droite_était !à_ma_gauche vote voter voté votes électeur* président présidente présidentielle* ministre ministres premier_ministre parlement assemblée député* sénat* maire mairie \
            gauche_radicale la_gauche la_droite extrême_droite extrême_gauche socialiste* communiste* républicains macron mélenchon marine_le_pen le_pen bardella trump poutine zelensky référendum manif manifs manifestation manifestations gilets_jaunes immigration migrants \
            !à_la_gauche !sur_la_gauche !sur_la_droite !à_la_droite",
        chinese: "政治 选举 政府 | 大选 候选人 市长 省长 习近平 首相 内阁 独裁 法案 制裁 关税 贪官 官员 反对党 投票 总统 主席 总理 议会 国会 议员 政党 党派 民主党 共和党 共产党 国民党 特朗普 拜登 普京 游行 抗议 示威 政策 移民政策 左派 右派 外交",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "sex",
        heads: "sex intimacy sexe intimité 性 性生活 性爱",
        english: "sex sexual sexually intimacy | !same_sex !same-sex slept_together sleep_together sleeping_together in_bed_together threesome brothel prostitut* !virgin_olive !extra_virgin !virgin_forest intercourse orgasm* porn pornography horny erection erections erectile libido condom condoms masturbat* foreplay slept_with sleep_with sleeping_with one-night_stand one_night_stand hooked_up hookup \
            hook_up naked nude nudes blowjob kink* fetish* std stds contraception in_bed_with make_love made_love making_love lingerie vibrator !same-sex_couple !naked_eye virgin virginity",
        french: "sexe sexes sexuel sexuelle sexuels sexuelles sexualité | couché_ensemble coucher_ensemble couche_ensemble plan_cul prostitu* !olive_vierge !forêt_vierge coucher_avec couché_avec couche_avec couchons orgasme* porno pornographie libido érection préservatif préservatifs capote capotes masturb* préliminaires vierge virginité baiser_avec baisé \
            coup_d'un_soir faire_l'amour fait_l'amour faisons_l'amour nu_devant contraception mst lingerie",
        chinese: "性爱 性生活 | 上过床 上了床 啪啪 性骚扰 嫖 !上床睡觉 !上床休息 !爬上床 做爱 上床 性关系 性欲 高潮 色情 黄片 自慰 手淫 避孕 套套 处女 处男 一夜情 裸照 约炮 勃起 性病 亲热 !高潮迭起",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "death",
        heads: "death deaths dying dead grief mourning bereavement funeral mort décès deuil enterrement funérailles obsèques 死 死亡 去世 过世 离世 丧事 葬礼",
        english: "death deaths dead die dies died dying deceased passed_away passing_away passes_away | lost_dad lost_mum lost_mom lost_grandpa lost_grandma lost_gran lost_granny lost_nan lost_?_father lost_?_mother lost_?_dad lost_?_mum lost_?_mom lost_?_grandpa \
            lost_?_grandma lost_?_grandfather lost_?_grandmother lost_?_husband lost_?_wife lost_?_son lost_?_daughter lost_?_brother lost_?_sister !dying_of_boredom \
            !bored_to_death !plant_died !plants_died !car_died !laptop_died !computer_died !engine_died gone_forever gone_for_ever buried_him buried_her buried_them buried_my buried_our was_buried is_buried were_buried put_?_to_sleep put_to_sleep had_to_put \
            put_him_down put_her_down lost_my_dog lost_my_cat lost_our_dog lost_our_cat passed_in_her_sleep passed_in_his_sleep last_breath rainbow_bridge drowned the_wake \
            eulogy urn miss_my_late my_late !killed_me !killed_it !grave_mistake !put_the_baby_to_sleep !put_the_kids_to_sleep passed_on his_passing her_passing their_passing funeral funerals graveyard cemetery bury burial coffin cremat* ashes wake_for mourn mourns mourned \
            mourning grief grieve grieves grieved grieving bereaved bereavement condolence* widow widowed widower obituary headstone tombstone lost_my_mother lost_my_mum lost_my_mom lost_my_father lost_my_dad lost_my_brother lost_my_sister lost_my_son lost_my_daughter \
            lost_my_wife lost_my_husband lost_my_grandmother lost_my_grandfather lost_my_gran lost_my_grandma lost_my_grandpa lost_my_best_friend lost_him lost_her murdered stillborn fatal hospice in_memory_of \
            !dying_to !dead_tired !to_death !dead_line !died_laughing !phone_died !battery_died !phone_is_dead !battery_is_dead !battery_dead !dead_end !dead_battery !die_for !dead_serious ~grave ~graves killed",
        french: "mort morte morts mortes mourir meurt meurs décès décédé décédée décédés | perdu_?_mère perdu_?_père perdu_?_frère perdu_?_sœur perdu_?_mari perdu_?_femme perdu_?_fils perdu_?_fille !mort_de_trouille !morte_de_trouille !mort_de_peur \
            !morte_de_peur !mort_d'ennui !morte_d'ennui !mort_de_honte !morte_de_honte !plante_est_morte parti_trop_tôt partie_trop_tôt rendu_l'âme dernier_souffle piquer_le_chien piquer_mon_chien fait_piquer noyé noyée corbillard \
            chambre_funéraire pompes_funèbres testament toussaint perdu_mon_chien perdu_mon_chat !batterie_est_morte !batterie_morte !téléphone_est_mort !pile_est_morte \
            !piles_mortes !temps_mort !nature_morte !angle_mort !langue_morte !mourir_d'envie !lapin_mort mourait mourra mourant mourante enterrement enterré enterrée enterrer funérailles obsèques deuil deuils cercueil cimetière crémation incinéré incinérée cendres \
            veuf veuve orphelin orpheline condoléances disparition disparu disparue nous_a_quittés perdu_ma_mère perdu_mon_père perdu_mon_frère perdu_ma_sœur perdu_mon_mari perdu_ma_femme perdu_mon_fils perdu_ma_fille perdu_ma_grand-mère perdu_mon_grand-père =tué =tuée \
            !mort_de_rire !morte_de_rire !mort_de_fatigue !morte_de_fatigue !mort_de_faim !morte_de_faim !mort_de_froid !meurs_de !mourir_de_rire !tombe_malade !tombe_amoureux !tombe_bien !point_mort \
            !lapin_est_mort_de_rire =tombe =tombes !je_tombe !il_tombe !elle_tombe !ça_tombe !on_tombe !tombe_bien !tombe_à !tombe_sur il_s'est_éteint elle_s'est_éteinte père_s'est_éteint mère_s'est_éteinte grand-mère_s'est_éteinte grand-père_s'est_éteint",
        chinese: "死 去世 过世 离世 逝世 | 月份走了 月走了 年走了 那年走了 突然走了 !无聊死 我妈走了 我爸走了 母亲走了 父亲走了 老伴走了 他走了三年 她走了三年 走了一年 走了两年 走了三年 走了好几年 走了很多年 走了多年 离开了我们 不在了 不在人世 人没了 咽气 断气 下葬 入土 火葬 灵堂 忌日 周年祭 牺牲 奶奶走了 爷爷走了 爸爸走了 妈妈走了 外婆走了 外公走了 姥姥走了 姥爷走了 亡 葬礼 丧 坟 墓 骨灰 追悼 守灵 出殡 火化 遗体 遗像 哀悼 悼 走了以后我很难过 永远离开 没能救 病逝 遇难 寡妇 遗孀 头七 清明 扫墓 吊唁 \
            !累死 !饿死 !笑死 !吓死 !气死 !急死 !烦死 !热死 !冷死 !困死 !渴死 !忙死 !死机 !死板 !死党 !沮丧 !死活 !要死了吗 !逃亡 !清明节放假",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "divorce",
        heads: "divorce divorces separation breakup break-up séparation rupture 离婚 分手 分居 affair infidelity adultery adultère infidélité tromperie 出轨 婚外情",
        english: "divorce divorces divorced divorcing separation separated breakup break-up broke_up broken_up breaking_up break_up split_up splitting_up | every_other_weekend my_ex her_ex his_ex their_ex marriage_is_over marriage_was_over our_marriage prenup joint_custody took_the_kids trial_separation called_off_the_wedding estranged \
            !separated_the !separate_the !separating_the !separated_my !separate_my my_lawyer her_lawyer his_lawyer signed_the_papers family_court kids_every_other settlement custody alimony child_support maintenance_payments divorce_papers decree divorcee ex-wife ex-husband ex_wife ex_husband \
            moved_out marriage_ended end_of_my_marriage end_of_our_marriage left_my_husband left_my_wife my_husband_left my_wife_left he_left_me she_left_me left_me dumped_me dumped_him dumped_her cheated_on_me affair mediation the_judge",
        french: "divorce divorces divorcé divorcée divorcés divorcer séparation séparé séparée séparés séparer rupture rompu | mon_ex ton_ex son_ex fin_de_notre_mariage parti_avec_une_autre partie_avec_un_autre résidence_alternée jaf conciliation !séparé_les !séparer_les !sépare_les \
            !séparé_le !séparer_le !juge_de_touche !juge_de_ligne !rompu_le mon_avocat mon_avocate le_juge son_avocat signé_les_papiers garde_alternée garde_partagée garde_des_enfants la_garde pension_alimentaire ex-femme ex-mari m'a_quitté m'a_quittée l'ai_quitté l'ai_quittée \
            m'a_larguée m'a_largué m'a_trompé m'a_trompée fin_de_mon_mariage avocat_du_divorce prestation_compensatoire !quitté_la !quitté_le",
        chinese: "离婚 分手 分居 | 前任 我们分了 分了手 和他分了 跟他分了 和她分了 跟她分了 被甩 被分手 民政局 净身出户 婚外情 第三者 挽回 复合 我们散了 !分手机 律师 法官 签了字 离了婚 离了 抚养权 抚养费 赡养费 前夫 前妻 出轨 小三 婚姻破裂 甩了 !距离了",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "love",
        heads: "dating love_life relationships romance amours vie_amoureuse relations_amoureuses 恋爱 感情生活 谈恋爱 love crush crushes love_affair amour amoureux 爱 爱情 感情",
        english: "dating romance romantic relationship relationships love_life | head_over_heels held_hands holding_hands hold_hands cheating_on cheated_on a_crush true_love love_story love_affair love_letter love_letters first_love lovesick love_at_first my_love_life on_a_date a_date_with our_date my_date first_date \
            second_date third_date the_date_went date_night blind_date date_with went_on_dates going_on_dates grindr on_bumble on_hinge fallen_for fell_for falling_for met_a_guy \
            met_a_girl seeing_someone broke_my_heart break_my_heart breaks_my_heart broken_heart sweetheart valentine* butterflies_in_my love_him i_love_you loved_him m_single \
            am_single was_single still_single being_single single_again newly_single she_single he_single asked_me_on made_out_with making_out love_triangle unrequited \
            !fell_for_it !fell_for_the !fallen_for_the !fallen_for_it !fallen_for_a_trick !falling_for_it !business_partner !tennis_partner !dance_partner !sparring_partner dated tinder crush crushes in_love falling_in_love fell_in_love boyfriend girlfriend partner lover lovers flirt* kissed kiss kissing situationship ghosted asked_me_out \
            asked_him_out asked_her_out asked_out soulmate heartbreak heartbroken !in_love_with_this_song",
        french: "amour amours amoureux amoureuse vie_amoureuse | me_plaît_beaucoup pense_à_elle pense_à_lui un_faible_pour en_pince coup_de_cœur_pour brisé_le_cœur briser_le_cœur saint-valentin flirt flirter roucoul* âme_sœur plaquer plaqué rendez-vous_amoureux \
            site_de_rencontre site_de_rencontres mon_amoureux sors_avec_un sors_avec_une tombé_amoureux je_l'aime il_m'aime elle_m'aime tinder rencard rendez-vous_galant copain copine petit_ami petite_amie mec meuf célibataire célib drague draguer embrassé embrasser crush coup_de_foudre chagrin_d'amour cœur_brisé \
            !amour_de_chien ~couple",
        chinese: "恋爱 爱情 感情 | 吻 !吻合 谈了个 爱上 心动 喜欢他 喜欢她 追我 追她 追他 牵手 我爱他 我爱她 爱我 情书 情人节 暧昧 前任 渣男 渣女 恋人 约会 男朋友 女朋友 男友 女友 对象 相亲 单身 暗恋 表白 接吻 亲吻 失恋 初恋 情人 心上人 脱单 喜欢上他 喜欢上她 喜欢上了他 喜欢上了她 喜欢上一个 喜欢上了一个",
        parts: &["divorce"],
        kinds: &[],
    },
    Row {
        name: "marriage",
        heads: "marriage wedding mariage mariages noces 结婚 婚姻 婚礼",
        english: "marriage marriages married marry marries marrying wedding weddings | divorced_and_remarried remarried eloped elope hen_party stag_party my_wedding_dress wedding_ring engaged ~engagement fiancé fiancée fiance fiancee proposed_to proposal bride groom bridesmaid* best_man honeymoon wedding_dress newlywed* vows",
        french: "mariage mariages =marié mariée =mariés marier noces épouser épousé | fiancé fiancée fiançailles demande_en_mariage robe_de_mariée lune_de_miel ~alliance",
        chinese: "结婚 婚姻 婚礼 | 订婚 求婚 嫁 娶 新娘 新郎 蜜月 领证 婚纱 !嫁接",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "war",
        heads: "war wars army military guerre guerres armée 战争 打仗 军队 当兵 military_service service_militaire 服役",
        english: "war wars wartime army military soldier soldiers | rocket_fire rocket_attack rockets_fell air_raids bunker fought_in vietnam shells_fell blackout_curtains checkpoint sniper snipers grenade* landmine* minefield warzone war_zone nazi nazis hamas hezbollah taliban isis kyiv mariupol curfew \
            evacuat* !film_bombed !movie_bombed !show_bombed !joke_bombed !battle_of_wits !bath_bomb* !water_tank battle battles battlefield bomb bombs bombed bombing bombings shelling shelled missile missiles drone_strike drone_strikes airstrike* air_raid invade* invasion invaded refugee refugees troops front_line frontline \
            drafted conscript* veteran veterans deployed deployment trenches tank tanks rifle combat ceasefire occupation_of occupied_by genocide massacre ukraine gaza iraq afghanistan !star_wars !tank_top !fish_tank !gas_tank",
        french: "guerre guerres armée soldat soldats militaire militaires | tirs_de_roquettes roquette* grenade* mine_antipersonnel champ_de_mines couvre-feu évacué* nazi nazis démineur kiev !bombe_de_peinture !bombe_à !bombe_glacée bataille combats ~combat bombe bombes bombardé bombardement bombardements obus missile missiles invasion envahi envahir réfugié réfugiés réfugiée troupes ~front mobilisé mobilisation \
            conscription vétéran tranchées ~char ~chars cessez-le-feu génocide massacre ukraine gaza irak afghanistan !front_de_mer",
        chinese: "战争 打仗 军队 | 军人 部队 防空洞 地雷 手榴弹 狙击 纳粹 开战 侵略 撤离 !战略 !战绩 当过兵 服役 参战 战 战场 士兵 当兵 参军 炸弹 轰炸 导弹 空袭 入侵 难民 前线 征兵 退伍 老兵 坦克 停火 屠杀 乌克兰 加沙 !挑战 !战胜自己 !冷战了几天",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "abuse",
        heads: "abuse violence assault rape trauma bullying abus violence violences agression viol harcèlement 虐待 家暴 暴力 强奸 性侵 霸凌 bullies attouchements maltraitance 欺负 校园霸凌",
        english: "abuse abused abuses abusing abusive abuser violence violent assault assaulted assaults rape raped rapist bullying bullied bully bullies | beaten_by_her beaten_by_his beaten_by_my was_beaten_by used_to_hit used_to_beat beat_us beats_us hit_us hits_us beat_my_mother beat_my_mum beat_my_mom hit_my_mother hit_my_mum beat_her_up beat_him_up beat_me_up beating_me hitting_me picked_on_me \
            pick_on_me picks_on_me picking_on_me teased tease teasing laughed_at_me laugh_at_me laughing_at_me made_fun_of_me make_fun_of_me making_fun_of_me mocked_me \
            called_me_names call_me_names calling_me_names pushed_me shoved_me spat_at_me ganged_up gaslit gaslight* catcalled black_eye touched_me_where incest paedophil* \
            pedophil* forced_himself forced_me flashed_me !it_hit_me_that !it_hit_me_how !they_beat_us !team_beat_us !song_touched_me !film_touched_me !story_touched_me \
            !words_touched_me !music_touched_me molest* hit_me hits_me beat_me beats_me beaten_up slapped_me punched_me kicked_me choked_me hurt_me hurts_me threatened_me \
            threatens_me harass* stalk* restraining_order groped groping touched_me domestic_violence trauma traumatised traumatized shelter mugged attacked_me",
        french: "abus abusé abusée abuser violence violences violent violente agression agressé agressée viol violé violée violeur harcèlement harcelé harcelée | moquait_de moquaient_de moquent_de moqué_de_moi moquer_de_moi me_tapait me_tape_dessus m'a_tapé m'a_touchée m'ont_tapé m'ont_frappé frappait frappe_ma bousculé \
            insultait insultaient insulté humilié humiliation crachait_dessus souffre-douleur tripoté peloté pédophil* pervers_narcissique emprise femme_battue \
            coups_et_blessures œil_au_beurre_noir !frappé_à_la_porte !frappe_à_la_porte !frapper_à_la_porte attouchements frappe_moi m'a_frappé m'a_frappée me_frappait me_battait battu battue gifle gifler giflé giflée menacé menacée \
            inceste maltraité maltraitée maltraitance traumatisme harceleur brutalisé coups_de_mon !battu_un_record",
        chinese: "虐待 家暴 暴力 强奸 性侵 霸凌 | 打过我 打我妈 打妈妈 打老婆 打孩子 打过她 打她 打骂 动手打 扇耳光 耳光 挨打 被打 拳打 毒打 揍 嘲笑我 笑话我 孤立我 排挤 推我 辱骂 侮辱 羞辱 摸我 强暴 非礼 乱伦 !打她电话 !打他电话 打我 打了我 骂我 猥亵 骚扰 跟踪我 欺负 欺凌 侵犯 威胁我 施暴 !打我电话 !骂我懒",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "accident",
        heads: "accident accidents crash car_crash 车祸 事故 car_accident crashes collision accident_de_voiture",
        english: "accident accidents crash crashed crashes car_crash | drove_into_us drove_into_me drove_into_a lorry_drove truck_drove came_off_the_road off_the_motorway car_hit truck_hit van_hit lorry_hit bus_hit hit_by_a hit_by_the hit_a_tree hit_a_wall hit_a_deer hit_a_lamp knocked_off_my knocked_down_by ran_into_a_tree ambulance \
            airbag airbags rear-ended rear_ended head-on_collision rolled_over_twice overturned flipped_the_car fell_off_my_bike fell_off_the_roof pile-up write-off paramedic* \
            !crashed_on_his !crashed_on_her !crashed_on_the_sofa !crashed_on_a_sofa !crashed_at !crashed_the_party !crashed_a_party collision collided hit_by_a_car ran_over run_over wreck wrecked totalled totaled whiplash skidded !by_accident !computer_crashed !app_crashed",
        french: "accident accidents accidenté accidentée | ambulance airbag écrasé_par fauché_par percut* sortie_de_route tonneau tombé_de_vélo tombée_de_vélo foncé_dans rentré_dans_un_arbre rentrée_dans_un_arbre \
            collision percuté percutée carambolage crash dérapé tonneaux été_renversé est_fait_renverser suis_fait_renverser renversé_par voiture_m'a_renversé camion_m'a_renversé bus_m'a_renversé moto_m'a_renversé a_renversé_un_piéton",
        chinese: "车祸 事故 | 撞了我 被车撞 撞到我 撞上 救护车 气囊 刹车失灵 摔下 肇事 撞车 撞了 翻车 追尾 被撞",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "law",
        heads: "prison jail court lawsuit trial tribunal procès 监狱 坐牢 官司 law laws justice legal_trouble legal_troubles legal_problems court_case arrest loi lois justice tribunaux 法律 司法 法院",
        english: "law laws prison jail ~court trial lawsuit police | shoplift* caught_stealing got_a_fine get_a_fine paid_a_fine pay_a_fine had_a_fine a_fine_for a_fine_of the_fine parking_fine speeding_fine speeding_ticket parking_ticket speeding court_case \
            court_date court_hearing in_court to_court the_hearing my_hearing being_sued getting_sued got_sued legal legally illegal illegally behind_bars police_station \
            officer_arrested press_charges pressed_charges pleaded plead_guilty guilty_plea testify testified verdict community_service injunction attorney attorneys \
            restraining_order subpoena sheriff warrant deported deport* !court_jester !basketball_court !badminton_court !squash_court !on_the_court !on_court !in_law !in_laws \
            !trial_period !trial_run !clinical_trial !trial_lesson !trial_week prisons jailed imprisoned arrest arrested arrests charged_with sentenced sentence_of probation ~parole convicted conviction felony crime crimes criminal lawyer lawyers solicitor barrister jury sued sue_him sue_her sue_them sue_me suing ~bail \
            inmate guard_at handcuff* fined cops cop !tennis_court !food_court !trial_version !free_trial the_judge a_judge",
        french: "loi lois justice prison tribunal procès police | été_arrêté fait_arrêter suis_fait_arrêter huissier gendarme* contravention procès-verbal jugé coupable perquisition* mise_en_examen mis_en_examen en_justice \
            la_justice juridique illégal illégale au_tribunal partie_civile casier_judiciaire retrait_de_permis retrait_de_points expulsé flashé !mangé_un_avocat \
            !mange_un_avocat !manger_un_avocat !avocat_mûr !avocats_mûrs !avocat_crevettes !salade_d'avocat !purée_d'avocat !jugé_utile !gendarme_couché taule incarcéré incarcérée emprisonné arrêté_par garde_à_vue condamné condamnée condamnation sursis crime crimes criminel avocat avocate avocats juge juges jugement plainte porté_plainte amende détenu menottes flics flic \
            bracelet_électronique",
        chinese: "法律 司法 监狱 坐牢 官司 法院 警察 | 开庭 出庭 法庭 被告 原告 证人 违法 违章 罚单 罚了 交警 民警 坐过牢 看守所 刑 仲裁 报警 报了警 立案 传票 通缉 案子 入狱 被捕 逮捕 拘留 判刑 判了 起诉 律师 法官 犯罪 犯法 罪 罚款 缓刑 手铐 派出所 !得罪 !罪魁",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "covid",
        heads: "covid corona pandemic lockdown covid pandémie confinement 疫情 新冠 隔离 quarantine",
        english: "covid covid-19 corona coronavirus pandemic lockdown | tested_positive test_positive sense_of_smell sense_of_taste lost_my_smell lost_my_taste booster the_jab self-isolat* isolating wuhan delta_variant omicron lockdowns quarantine* vaccine vaccines vaccinated mask masks pcr social_distancing long_covid",
        french: "covid covid-19 corona coronavirus pandémie confinement | testé_positif testée_positive été_testé positif_au odorat perdu_le_goût vaccin* passe_sanitaire pass_sanitaire cas_contact gestes_barrières attestation_de_sortie confinements confiné confinée quarantaine vaccin vaccins vacciné vaccinée masque masques pcr covid_long",
        chinese: "疫情 新冠 隔离 | 居家隔离 健康码 做核酸 抗原 转阴 方舱 奥密克戎 二阳 !太阳 封城 封控 核酸 疫苗 口罩 阳性 阳了 !隔离霜",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "eating",
        heads: "eating_disorder eating_disorders anorexia bulimia binge_eating anorexie boulimie trouble_alimentaire troubles_alimentaires 厌食症 暴食症 厌食 暴食",
        english: "eating_disorder eating_disorders anorexi* bulimi* | binge binged bingeing binging purge purged purging threw_up throw_up throwing_up made_myself_sick make_myself_sick making_myself_sick laxative* \
            calorie calories starve starved starving skip_meals skipped_meals skip_dinner skipped_dinner skipped_lunch skipped_breakfast !threw_up_my_hands !starving_artist",
        french: "anorexi* boulimi* trouble_alimentaire troubles_alimentaires | fais_vomir faire_vomir faisais_vomir fait_vomir hyperphagie calories laxatif* saute_des_repas sauté_un_repas sauté_le_dîner me_prive_de",
        chinese: "厌食 暴食 | 催吐 不敢吃 不想吃 绝食 卡路里 热量 泻药 没吃饭",
        parts: &["weight"],
        kinds: &[],
    },
    Row {
        name: "autism",
        heads: "autism asperger asperger's autisme autisme_asperger 自闭症 自闭",
        english: "autism autistic asperger* | on_the_spectrum neurodiver* stimming meltdown* overstimulat*",
        french: "autisme autiste asperger | tsa neuroatypi* neurodiverg*",
        chinese: "自闭 | 阿斯伯格 孤独症",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "adhd",
        heads: "adhd attention_deficit tdah trouble_de_l'attention 多动症 多动",
        english: "adhd attention_deficit | ritalin adderall concerta vyvanse methylphenidate hyperactiv* can't_concentrate couldn't_concentrate can't_focus couldn't_focus hyperfocus*",
        french: "tdah trouble_de_l'attention déficit_de_l'attention | ritaline hyperacti* arrive_pas_à_me_concentrer arrive_plus_à_me_concentrer",
        chinese: "多动 | 注意力 利他林",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "sleep",
        heads: "sleep sleeping insomnia nightmares nightmare sommeil insomnie insomnies cauchemar cauchemars 睡眠 失眠 睡觉 噩梦",
        english: "sleep sleeps sleeping slept asleep insomnia sleepless | up_until up_till awake_again barely_slept insomniac awake_all awake_until awake_at awake_for lay_awake lie_awake lying_awake laid_awake wide_awake nightmare nightmares bad_dream bad_dreams melatonin zopiclone ambien \
            tossed_and_turned toss_and_turn tossing_and_turning nap naps napped napping up_all_night woke_up_every woke_up_in_the kept_waking keep_waking wake_up_at_night couldn't_nod_off snore* snoring apnoea apnea doze dozed overslept oversleep jet_lag \
            night_terrors not_a_wink !slept_with !sleep_with !sleeping_with !slept_together !sleeping_bag !put_to_sleep !sleepover",
        french: "sommeil ~dors ~dort dormi dormir dormais dormait insomnie insomnies | réveille_à réveillé_à réveillais_à réveille_chaque_nuit insomniaque nuit_blanche nuits_blanches cauchemar cauchemars réveillé_toutes réveille_toutes réveille_la_nuit réveillé_dans_la_nuit fermé_l'œil fermer_l'œil ferme_l'œil \
            somnifère* mélatonine sieste siestes endormir endormi endors somnole* apnée apnées ronfle* ronfler grasse_matinée mauvaise_nuit mauvaises_nuits !dormi_avec_lui !dormi_avec_elle",
        chinese: "睡 失眠 | 噩梦 恶梦 熬夜 通宵 半夜醒 早醒 睁着眼 褪黑素 安眠药 打鼾 打呼噜 赖床 一夜没合眼 没合眼 !睡衣 !睡莲 !睡袋",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "diabetes",
        heads: "diabetes diabète 糖尿病",
        english: "diabet* | insulin blood_sugar glucose hypo hypos hba1c metformin ozempic test_strips finger_prick prick_my_finger pricked_my_finger",
        french: "diabète diabét* | insuline glycémie hypoglycémie hyperglycémie metformine taux_de_sucre",
        chinese: "糖尿病 | 胰岛素 血糖 低血糖",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "dementia",
        heads: "dementia alzheimer alzheimer's démence 痴呆 老年痴呆 失智 阿尔茨海默 阿尔茨海默症",
        english: "dementia alzheimer* senile | forgets_who forgot_who_i forgets_my_name doesn't_recognise doesn't_recognize didn't_recognise_me didn't_recognize_me doesn't_know_who care_home nursing_home memory_loss losing_her_memory losing_his_memory",
        french: "démence alzheimer sénile | me_reconnaît_plus reconnaît_plus perd_la_mémoire perdu_la_mémoire perd_la_tête ehpad maison_de_retraite",
        chinese: "痴呆 失智 阿尔茨海默 | 认不出 不认识我 认不得 记不得我 养老院",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "stroke",
        heads: "stroke avc 中风",
        english: "stroke | paralysed paralyzed paralysis aphasia blood_clot slurred face_was_numb half_of_my_face half_my_face !stroke_of",
        french: "~avc | paralys* aphasie caillot",
        chinese: "中风 | 脑梗 脑溢血 偏瘫 半身不遂",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "sexuality",
        heads: "sexuality sexual_orientation orientation homosexuality coming_out being_gay gender_identity sexualité orientation_sexuelle homosexualité 同性恋 性取向 出柜 性别认同",
        english: "sexuality sexual_orientation homosexual* gay lesbian bisexual queer | transgender trans coming_out came_out_as came_out_to come_out_to come_out_as in_the_closet lgbt* gender_dysphoria nonbinary non-binary my_pronouns pride_parade homophob* transphob*",
        french: "sexualité orientation_sexuelle homosexu* gay lesbienne bisexuel* | trans transgenre coming_out homo homophob* transphob* sorti_du_placard sortie_du_placard fierté_gay gay_pride",
        chinese: "同性恋 性取向 出柜 | 跨性别 双性恋 男同 女同 同志酒吧 喜欢男生 喜欢女生 恐同",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "loneliness",
        heads: "loneliness being_alone isolation solitude isolement 孤独 寂寞 孤单",
        english: "loneliness lonely lonesome | evening_alone evenings_alone night_alone nights_alone weekend_alone weekends_alone christmas_alone haven't_talked_to haven't_spoken_to talked_to_anyone \
            spoken_to_anyone not_a_soul no_one_around no_friends any_friends without_friends friendless always_alone so_alone feel_alone felt_alone feeling_alone alone_all isolated isolation nobody_calls no_one_calls nobody_to_talk no_one_to_talk nobody_talks \
            nobody_likes no_one_likes nobody_cares no_one_cares nobody_came no_one_came left_out eat_alone ate_alone",
        french: "solitude | mange_seul mange_seule dîne_seul dîne_seule seul_tous_les seule_tous_les soirées_seul soirées_seule sens_seul sens_seule sentais_seul sentais_seule toujours_seul toujours_seule si_seul si_seule trop_seul trop_seule tellement_seul tellement_seule pas_d'amis pas_d'ami plus_d'amis aucun_ami isolé isolement personne_à_qui_parler \
            personne_ne_m'appelle personne_ne_me_parle personne_ne_m'aime",
        chinese: "孤独 寂寞 孤单 | 没有人可以说话 没人说话 没有人说话 没有人陪 没有人理 没有朋友 没朋友 没人理 没人陪 没人和我说话 没人跟我说话 没人懂我 总是一个人 独自一人 没人关心 没人爱",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "age",
        heads: "age ageing aging getting_old growing_old vieillir vieillesse âge 年龄 衰老 变老 年纪",
        english: "age ageing aging | turning_thirty turning_forty turning_fifty turning_sixty turning_seventy turned_thirty turned_forty turned_fifty turned_sixty turned_seventy feel_old feel_so_old felt_old feeling_old too_old getting_old growing_old \
            so_old i'm_old my_thirties my_forties my_fifties my_sixties wrinkle* grey_hair gray_hair grey_hairs menopause midlife years_old old_age !ice_age !for_ages !ages_ago !golden_age",
        french: "âge vieillir vieillis vieilli vieillesse | sens_vieux sens_vieille trop_vieux trop_vieille suis_vieux suis_vieille rides ridé cheveux_blancs cheveux_gris ménopause la_trentaine la_quarantaine la_cinquantaine la_soixantaine un_coup_de_vieux",
        chinese: "年龄 年纪 衰老 | 老了 变老 皱纹 白头发 白发 更年期 中年 岁了 奔三 奔四 奔五",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "crime",
        heads: "crime crimes burglary robbery theft mugging cambriolage vol_à_main_armée 犯罪 盗窃 抢劫 偷窃",
        english: "crime crimes robbery robberies burglary theft mugging | mugged robbed burgled burglar burglars broke_into break_into break-in stolen stole thief thieves pickpocket* murder* stabbed stabbing gunman vandal* kidnap* hostage gang gangs \
            scammed scam scams fraud !broke_into_tears !broke_into_song !broke_into_a !stole_my_heart !stole_the_show",
        french: "crime crimes cambriolage cambriolages braquage | cambriol* =volé =volée ~voleur ~voleurs vol_à agressé braqué pickpocket* meurtre meurtrier poignard* escroc* arnaque arnaqué kidnapp*",
        chinese: "犯罪 盗窃 抢劫 | 偷了 被偷 小偷 入室 被抢 抢了我 诈骗 骗子 被骗 杀人 凶手 绑架",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "news",
        heads: "news headlines newspapers actualité actualités infos 新闻",
        english: "news headlines newspaper | headline breaking_news",
        french: "actualité actualités infos | journal_télévisé jt",
        chinese: "新闻 | 头条",
        parts: &[],
        kinds: &[],
    },
    Row {
        name: "dismissal",
        heads: "unemployment redundancy layoff layoffs dismissal being_fired getting_fired chômage licenciement 失业 裁员 被裁",
        english: "unemployment unemployed redundancy redundant layoff* dismissal | jobless laid_off lay_off fired sacked the_sack was_let_go were_let_go lost_my_job losing_my_job job_centre jobcentre job_hunt* severance !fired_up",
        french: "chômage chômeur chômeuse licenciement licencié | été_viré suis_viré fait_virer mis_à_la_porte perdu_mon_travail perdu_mon_emploi perdu_mon_boulot pôle_emploi france_travail plan_social",
        chinese: "失业 裁员 | 被裁 裁掉 下岗 炒鱿鱼 被炒 辞退 解雇 劝退 没工作 丢了工作 待业",
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
