//! The tools around the engine, on tiny models: their output is what other programs read.

use serde_json::Value;

use super::{TINY, User, fixture, json, stderr, stdout};

/// What llama.cpp answers for [`TINY`].
fn reference() -> Value {
    serde_json::from_str(&std::fs::read_to_string(fixture("tiny/qwen3.json")).unwrap()).unwrap()
}

#[test]
fn tokenize_takes_stdin_exactly() {
    let user = User::new();
    for case in reference()["tokenize"].as_array().unwrap() {
        let text = case["text"].as_str().unwrap();
        for (arguments, ids) in [(vec![], &case["ids"]), (vec!["--special"], &case["ids_special"])] {
            let mut command = user.abide(["tokenize".to_owned(), fixture(TINY)]);
            let told = command.args(arguments).write_stdin(text).assert().success();
            assert_eq!(&json(&told), ids, "{text:?}");
        }
    }
    let line = |text: &'static str| {
        stdout(&user.abide(["tokenize", &fixture(TINY)]).write_stdin(text).assert().success())
    };
    assert_ne!(line("fox"), line("fox\n"));
    assert_eq!(line(""), "[]\n");
    user.abide(["tokenize", &fixture(TINY)]).write_stdin(&b"\xff"[..]).assert().code(2);
}

#[test]
fn logits_are_those_of_llama_cpp() {
    let user = User::new();
    let reference = reference();
    let prompt = &reference["prompts"][1];
    let ids: Vec<String> = prompt["ids"].as_array().unwrap().iter().map(Value::to_string).collect();
    let line = format!(
        "logits {} --ids {} --top 320 --greedy 3 --ops reference --cache f32",
        fixture(TINY),
        ids.join(",")
    );
    let steps = json(&user.run(&line).success())["steps"].clone();
    assert_eq!(steps.as_array().unwrap().len(), 3);
    let top = steps[0]["top"].as_array().unwrap();
    assert_eq!(top.len(), 320);
    assert_eq!(steps[0]["id"], top[0][0]);
    let expected = prompt["logprobs"].as_array().unwrap();
    for pair in top {
        let id = pair[0].as_u64().unwrap() as usize;
        let difference = pair[1].as_f64().unwrap() - expected[id].as_f64().unwrap();
        assert!(difference.abs() <= 1e-3, "token {id} differs by {difference}");
    }
}

#[test]
fn bench_writes_what_programs_read() {
    let user = User::new();
    let line = format!("bench {} -p 8,16 -n 4 --depth 0,32 -r 2 -t 1 -o json", fixture(TINY));
    let results = json(&user.run(&line).success());
    let names: Vec<&str> =
        results.as_array().unwrap().iter().map(|result| result["test"].as_str().unwrap()).collect();
    assert_eq!(names, ["pp8", "pp16", "tg4", "pp8@d32", "pp16@d32", "tg4@d32"]);
    for result in results.as_array().unwrap() {
        assert_eq!((&result["model"], &result["file"]), (&"qwen3".into(), &"qwen3.gguf".into()));
        assert_eq!((&result["threads"], &result["device"]), (&1.into(), &"cpu".into()));
        let rate = &result["tokens_per_second"];
        assert!(rate["mean"].as_f64().unwrap() > 0.0 && rate["stddev"].is_number());
        assert_eq!(rate["samples"].as_array().unwrap().len(), 2);
    }
}

/// Threads that share a core would wait for each other.
#[cfg(target_os = "linux")]
#[test]
fn there_are_no_more_threads_than_the_process_may_use_cores() {
    let user = User::new();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let cores = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap().trim();
    let one = &cores[..cores.find(|character: char| !character.is_ascii_digit()).unwrap_or(cores.len())];
    let on_one = |line: &str| {
        let line = format!("-c {one} {} {line}", env!("CARGO_BIN_EXE_abide"));
        let mut command = assert_cmd::Command::new("taskset");
        json(&command.args(line.split(' ')).env("ABIDE_HOME", user.home.path()).assert().success())
    };
    let results = on_one(&format!("bench {} -p 4 -n 0 -r 1 -o json", fixture(TINY)));
    assert_eq!(results[0]["threads"], 1);
    let threads = "-t 2 -p 4 -n 0 -r 1 -o json";
    assert_eq!(on_one(&format!("bench {} {threads}", fixture(TINY)))[0]["threads"], 2, "as wanted");
}

#[test]
fn bench_lets_sequences_grow_together() {
    let user = User::new();
    let line = format!("bench {} -p 4 -n 4 --sequences 1,3 --depth 0,40 -r 1 -o json", fixture(TINY));
    let results = json(&user.run(&line).success());
    let told = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| (result["test"].as_str().unwrap(), result["sequences"].as_u64().unwrap()));
    let expected = ["pp4", "tg4", "tg4×3", "pp4@d40", "tg4@d40", "tg4×3@d40"];
    assert_eq!(told.collect::<Vec<_>>(), expected.map(|test| (test, if test.contains('×') { 3 } else { 1 })));
}

/// What was measured before a failure is told, and the failure too.
#[test]
fn bench_keeps_what_it_measured_when_a_later_model_fails() {
    let user = User::new();
    let whole = std::fs::read(fixture(TINY)).unwrap();
    let cut = user.write("cut.gguf", &whole[..whole.len() / 2]);
    let line = format!("{} {} -p 4 -n 0 -r 1", fixture(TINY), cut.display());
    let failed = user.run(&format!("bench {line} -o json")).code(5);
    assert_eq!(json(&failed).as_array().unwrap().len(), 1);
    assert!(stderr(&failed).contains("cut.gguf"), "{}", stderr(&failed));
    assert!(stdout(&user.run(&format!("bench {line}")).code(5)).contains("| pp4 "));
    let (first, second) = line.split_once(' ').unwrap();
    assert_eq!(stdout(&user.run(&format!("bench {second} {first}")).code(5)), "", "nothing was measured");
}

#[test]
fn bench_results_are_compared() {
    let user = User::new();
    let line = format!("bench {} -p 4 -n 2 -r 1 -o", fixture(TINY));
    let a = user.write("a.json", stdout(&user.run(&format!("{line} json")).success()));
    let b = user.write("b.jsonl", stdout(&user.run(&format!("{line} jsonl")).success()));
    let compare = format!("bench --compare {} {}", a.display(), b.display());
    assert!(stdout(&user.run(&compare).success()).contains("| qwen3 | pp4 "));
    let compared = json(&user.run(&format!("{compare} -o json")).success());
    assert_eq!(compared["pairs"].as_array().unwrap().len(), 2);
    user.write("b.jsonl", "{}");
    user.run(&compare).code(1);
}

#[test]
fn bench_tables_name_machine_and_kernels() {
    let user = User::new();
    let table = stdout(&user.run(&format!("bench {} -p 4 -n 0 -r 1", fixture(TINY))).success());
    let header = table.lines().next().unwrap();
    assert!(header.starts_with("abide ") && header.contains("kernels "), "{header}");
    assert!(table.contains("| pp4 "), "{table}");
    let csv = stdout(&user.run(&format!("bench {} -p 4 -n 0 -r 1 -o csv", fixture(TINY))).success());
    assert!(csv.starts_with("model,file,test,threads,device,"), "{csv}");
}

#[test]
fn perplexity_scores_the_second_halves() {
    let user = User::new();
    let text = user.write("text.txt", "the fox and the river\n".repeat(20));
    let line = format!("perplexity {} {} --context 16 --chunks 3", fixture(TINY), text.display());
    let result = json(&user.run(&format!("{line} --json --ops reference --cache f32")).success());
    assert_eq!((&result["chunks"], &result["scored_tokens"]), (&3.into(), &(3 * 7).into()));
    let perplexity = result["perplexity"].as_f64().unwrap();
    assert!(perplexity > 1.0, "{perplexity}");
    let told = user.run(&format!("{line} --ops reference --cache f32")).success();
    assert!(stdout(&told).starts_with(&format!("{perplexity:.4} ± ")), "{}", stdout(&told));
    let short = user.write("short.txt", "the fox");
    user.run(&format!("perplexity {} {}", fixture(TINY), short.display())).code(2);
}

#[test]
fn show_tells_what_the_engine_makes_of_it() {
    let user = User::new();
    let shown = json(&user.run(&format!("show {} --json", fixture(TINY))).success());
    assert_eq!(shown["engine"]["architecture"], "qwen3");
    assert!(shown["engine"]["memory"]["weights"].as_u64().unwrap() > 0);
    assert_eq!(shown["metadata"]["tokenizer.ggml.tokens"].as_array().unwrap().len(), 320);
    let text = stdout(&user.run(&format!("show {}", fixture(TINY))).success());
    assert!(text.contains("320 in all") && text.contains("a base model"), "{text}");
}

#[test]
fn template_needs_messages_and_a_template() {
    let user = User::new();
    let messages = r#"[{"role":"user","content":"hello"}]"#;
    let failed = user.abide(["template", &fixture(TINY)]).write_stdin(messages).assert().failure();
    assert!(stderr(&failed).contains("base model"), "{}", stderr(&failed));
    user.abide(["template", &fixture(TINY)]).write_stdin("hello").assert().code(2);
}

#[test]
fn run_prints_the_answer_and_nothing_else() {
    let user = User::new();
    let line = format!("run {} --seed 3 -n 8", fixture(TINY));
    let run = |line: &str, stdin: &'static str| {
        user.abide(line.split(' ').chain(["the fox"])).write_stdin(stdin).assert().success()
    };
    let told = run(&line, "");
    assert!(stderr(&told).contains("base model"), "{}", stderr(&told));
    assert_eq!(stdout(&run(&line, "")), stdout(&told), "the same seed gives the same answer");
    let result = json(&run(&format!("{line} --json"), ""));
    assert_eq!(stdout(&told).trim_end_matches('\n'), result["text"].as_str().unwrap().trim_end_matches('\n'));
    assert_eq!(result["usage"]["completion_tokens"], 8);
    assert_eq!(result["finish_reason"], "max_tokens");
    let prompt_tokens =
        |stdin| json(&run(&format!("{line} --json"), stdin))["usage"]["prompt_tokens"].as_u64().unwrap();
    assert!(prompt_tokens(" and the river") > prompt_tokens(""), "a pipe is appended");
}

#[test]
fn run_reads_its_prompt_from_stdin() {
    let user = User::new();
    for prompt in [vec![], vec!["-"]] {
        let arguments = [vec!["run", "--raw", "-n", "2"], prompt].concat();
        let mut command = user.abide(["run"]);
        command.arg(fixture(TINY)).args(&arguments[1..]);
        command.write_stdin("the fox\n").assert().success();
    }
    user.abide(["run", &fixture(TINY)]).write_stdin(" \n").assert().code(2);
    let long = "the fox ".repeat(1000);
    let failed = user.abide(["run", &fixture(TINY)]).write_stdin(long).assert().code(2);
    assert!(stderr(&failed).contains("1024"), "{}", stderr(&failed));
}

#[test]
fn chat_works_from_a_pipe() {
    let user = User::new();
    let lines = "the fox\n/stats\n/nonsense\nthe river\n/quit\nnever said\n";
    let arguments = ["chat", "--plain", "--model", &fixture(TINY), "-n", "4", "--temperature", "0"];
    let told = user.abide(arguments).write_stdin(lines).assert().success();
    assert!(!stdout(&told).contains('\u{1b}'));
    let notices = stderr(&told);
    for part in ["base model", "context:", "no command /nonsense", "cut after 4 tokens"] {
        assert!(notices.contains(part), "{part}: {notices}");
    }
    // Answers have no other lines: a tiny model says nothing sensible, but the same again.
    assert_eq!(stdout(&user.abide(arguments).write_stdin(lines).assert()), stdout(&told));
    user.abide(arguments).write_stdin("").assert().success();
}
