//! Load on servers that speak OpenAI's chat completions, on loopback: time to the first token and between tokens, and
//! tokens per second of all streams together. Servers take turns, so that a busy minute of the machine hits all of them.
//! Must not know which server it measures.
//!
//! ```text
//! cargo bench -p abide-server --bench serve -- abide=http://127.0.0.1:11435 llama-server=http://127.0.0.1:8080
//! ```
//!
//! `--check` holds the first server to floors: eight streams together are three times as fast as one, and as eight of each further server
//! that is named; the first token of a short request among eight streams takes no longer than 1.5 times what it takes alone, and a step of
//! theirs. What is missed is told on stderr, a line each, and the exit status is 1.

use std::io::{BufRead as _, BufReader};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::{Value, json};

const WORDS: [&str; 8] =
    ["rain", "a lighthouse", "tea", "an old map", "snow", "a violin", "the sea", "a garden"];

/// How many times as fast as one stream, and as eight of another server, eight streams have to be.
const SPEED_FLOOR: f64 = 3.0;
/// How many times as long as alone the first token of a short request may take among eight streams, beside a step of theirs.
const FIRST_TOKEN_CEILING: f64 = 1.5;

/// Short requests of a round, alone and among others.
const NEWCOMERS: usize = 5;

/// Measures servers under load.
#[derive(Debug, Parser)]
struct Arguments {
    /// Servers, each as NAME=URL
    #[arg(required = true, value_name = "NAME=URL", value_parser = parse_server)]
    servers: Vec<Server>,
    /// The model's name in requests
    #[arg(long, default_value = "smollm2-135m-instruct")]
    model: String,
    /// Numbers of streams at once
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8,16")]
    streams: Vec<usize>,
    /// Most tokens of each answer
    #[arg(long, default_value_t = 96)]
    tokens: usize,
    /// Answers that each stream asks for, one after the other
    #[arg(long, default_value_t = 3)]
    answers: usize,
    /// Rounds; the report gives medians
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Exit with 1 if the first server is not as fast as it should be; needs 1 and 8 streams
    #[arg(long)]
    check: bool,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone)]
struct Server {
    name: String,
    url: String,
}

fn parse_server(text: &str) -> Result<Server, String> {
    let (name, url) = text.split_once('=').ok_or("write NAME=URL")?;
    if !url.starts_with("http://127.0.0.1") && !url.starts_with("http://localhost") {
        return Err("the URL must begin with http://127.0.0.1 or http://localhost".into());
    }
    Ok(Server { name: name.into(), url: url.trim_end_matches('/').into() })
}

/// One answer as its reader saw it.
#[derive(Debug, Default)]
struct Heard {
    first: Duration,
    gaps: Vec<Duration>,
    tokens: u64,
}

/// All answers of one load.
#[derive(Debug)]
struct Load {
    heard: Vec<Heard>,
    time: Duration,
}

impl Load {
    fn tokens_per_second(&self) -> f64 {
        self.heard.iter().map(|heard| heard.tokens).sum::<u64>() as f64 / self.time.as_secs_f64()
    }
}

fn main() {
    let arguments = Arguments::parse();
    if arguments.check && [1, 8].iter().any(|streams| !arguments.streams.contains(streams)) {
        eprintln!("error: --check needs 1 and 8 among --streams");
        std::process::exit(2);
    }
    for server in &arguments.servers {
        // Loads the model and fills no cache that the others have not.
        if let Err(problem) = ask(server, &arguments.model, "Say hello.", 4) {
            eprintln!("error: {} at {} does not answer: {problem}", server.name, server.url);
            std::process::exit(1);
        }
    }
    let mut rows = Vec::new();
    for &streams in &arguments.streams {
        let mut loads: Vec<Vec<Load>> = arguments.servers.iter().map(|_| Vec::new()).collect();
        for round in 0..arguments.rounds {
            for (server, loads) in arguments.servers.iter().zip(&mut loads) {
                loads.push(run(server, &arguments, streams, round));
            }
        }
        for (server, loads) in arguments.servers.iter().zip(&loads) {
            rows.push(row(&server.name, &streams.to_string(), loads));
        }
    }
    let mut alone = Vec::new();
    for server in &arguments.servers {
        let mut times = Newcomer::default();
        for round in 0..arguments.rounds {
            newcomer(server, &arguments, round, &mut times);
        }
        alone.push(json!({
            "server": server.name,
            "alone_ms": milliseconds(median(times.alone)),
            "among_eight_ms": milliseconds(median(times.among)),
            "step_ms": milliseconds(median(times.steps)),
        }));
    }
    report(&rows, &alone, arguments.json);
    if arguments.check {
        let missed = missed(&arguments.servers, &rows, &alone);
        missed.iter().for_each(|floor| eprintln!("missed: {floor}"));
        if !missed.is_empty() {
            std::process::exit(1);
        }
    }
}

/// The floors that the first server misses, in sentences.
fn missed(servers: &[Server], loads: &[Value], newcomers: &[Value]) -> Vec<String> {
    let speed = |server: &Server, streams: &str| {
        let load = loads.iter().find(|load| load["server"] == *server.name && load["streams"] == *streams);
        load.and_then(|load| load["tokens_per_second"].as_f64()).unwrap_or_default()
    };
    let Some((first, others)) = servers.split_first() else { return Vec::new() };
    let eight = speed(first, "8");
    let one = (format!("one stream of {}", first.name), speed(first, "1"));
    let others = others.iter().map(|other| (format!("eight of {}", other.name), speed(other, "8")));
    let slow = std::iter::once(one).chain(others).filter(|(_, other)| eight < SPEED_FLOOR * other);
    let mut missed: Vec<String> = slow
        .map(|(name, other)| {
            let of = format!("eight streams of {} make {eight} tokens per second", first.name);
            format!("{of}, less than {SPEED_FLOOR} times the {other} of {name}")
        })
        .collect();
    let newcomer = newcomers.iter().find(|newcomer| newcomer["server"] == *first.name);
    let time = |field| newcomer.and_then(|newcomer| newcomer[field].as_f64()).unwrap_or_default();
    let (among, alone, step) = (time("among_eight_ms"), time("alone_ms"), time("step_ms"));
    if among > FIRST_TOKEN_CEILING * alone + step {
        missed.push(format!(
            "the first token of a short request takes {among} ms among eight streams, more than {FIRST_TOKEN_CEILING} times \
             the {alone} ms alone and a step of {step} ms"
        ));
    }
    missed
}

/// So many streams, each asking for some answers in turn.
fn run(server: &Server, arguments: &Arguments, streams: usize, round: usize) -> Load {
    let barrier = Barrier::new(streams + 1);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..streams)
            .map(|stream| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let one = |number: usize| {
                        let word = WORDS[(stream + number) % WORDS.len()];
                        let question = format!("Tell story {round}.{stream}.{number} about {word}.");
                        ask(server, &arguments.model, &question, arguments.tokens)
                            .expect("the server answers")
                    };
                    (0..arguments.answers).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        let heard = readers.into_iter().flat_map(|reader| reader.join().expect("a reader ends")).collect();
        Load { heard, time: start.elapsed() }
    })
}

/// Times to the first token of short requests, on the idle server and while eight others are being answered, and times
/// between the tokens of these: the steps that are under way when somebody comes.
#[derive(Default)]
struct Newcomer {
    alone: Vec<Duration>,
    among: Vec<Duration>,
    steps: Vec<Duration>,
}

fn newcomer(server: &Server, arguments: &Arguments, round: usize, times: &mut Newcomer) {
    let short = |tag: &str| {
        let question = |number| format!("Name a colour. ({tag} {round}.{number})");
        let one =
            |number| ask(server, &arguments.model, &question(number), 2).expect("the server answers").first;
        (0..NEWCOMERS).map(one).collect::<Vec<_>>()
    };
    times.alone.extend(short("alone"));
    let barrier = &Barrier::new(9);
    let among = thread::scope(|scope| {
        let tell = |stream| {
            scope.spawn(move || {
                let question = format!("Tell story {round}.{stream} about everything.");
                let mut begun = false;
                let heard = ask_and_tell(server, &arguments.model, &question, 384, &mut || {
                    if !std::mem::replace(&mut begun, true) {
                        barrier.wait();
                    }
                });
                heard.expect("the server answers").gaps
            })
        };
        let readers: Vec<_> = (0..8).map(tell).collect();
        barrier.wait();
        let among = short("among others");
        times.steps.extend(readers.into_iter().flat_map(|reader| reader.join().expect("a reader ends")));
        among
    });
    times.among.extend(among);
}

fn ask(server: &Server, model: &str, question: &str, tokens: usize) -> Result<Heard, String> {
    ask_and_tell(server, model, question, tokens, &mut || {})
}

/// Asks, reads the stream, and calls `hear` at each token.
fn ask_and_tell(
    server: &Server,
    model: &str,
    question: &str,
    tokens: usize,
    hear: &mut dyn FnMut(),
) -> Result<Heard, String> {
    let body = json!({
        "model": model,
        "messages": [{ "role": "user", "content": question }],
        "max_tokens": tokens,
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    let start = Instant::now();
    let url = format!("{}/v1/chat/completions", server.url);
    let mut answer = ureq::post(url).send_json(body).map_err(|error| error.to_string())?;
    let (mut heard, mut last) = (Heard::default(), None);
    for line in BufReader::new(answer.body_mut().as_reader()).lines() {
        let line = line.map_err(|error| error.to_string())?;
        let Some(data) = line.strip_prefix("data: ").filter(|data| *data != "[DONE]") else { continue };
        let chunk: Value = serde_json::from_str(data).map_err(|error| format!("{error} in {data}"))?;
        if let Some(error) = chunk.get("error") {
            return Err(error.to_string());
        }
        if let Some(count) = chunk["usage"]["completion_tokens"].as_u64() {
            heard.tokens = count;
        }
        if chunk["choices"][0]["delta"]["content"].as_str().is_some_and(|text| !text.is_empty()) {
            let now = Instant::now();
            match last.replace(now) {
                None => heard.first = now - start,
                Some(before) => heard.gaps.push(now - before),
            }
            hear();
        }
    }
    Ok(heard)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn percentile(times: &[Duration], share: f64) -> Duration {
    let index = (share * times.len() as f64).ceil() as usize;
    times.get(index.saturating_sub(1)).copied().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

fn row(server: &str, streams: &str, loads: &[Load]) -> Value {
    let mut speeds: Vec<_> = loads.iter().map(Load::tokens_per_second).collect();
    speeds.sort_by(f64::total_cmp);
    let all = || loads.iter().flat_map(|load| &load.heard);
    let mut firsts: Vec<_> = all().map(|heard| heard.first).collect();
    let mut gaps: Vec<_> = all().flat_map(|heard| heard.gaps.iter().copied()).collect();
    firsts.sort_unstable();
    gaps.sort_unstable();
    let of = |times: &[Duration]| {
        let at = |share| milliseconds(percentile(times, share));
        json!({ "p50": at(0.5), "p95": at(0.95), "p99": at(0.99) })
    };
    json!({
        "server": server,
        "streams": streams,
        "tokens_per_second": speeds[speeds.len() / 2].round(),
        "first_token_ms": of(&firsts),
        "between_tokens_ms": of(&gaps),
    })
}

fn report(rows: &[Value], newcomers: &[Value], as_json: bool) {
    if as_json {
        println!("{:#}", json!({ "loads": rows, "newcomers": newcomers }));
        return;
    }
    println!(
        "| streams | server | tokens/s | first token p50 / p95 / p99, ms | between tokens p50 / p95 / p99, ms |"
    );
    println!("| ---: | --- | ---: | ---: | ---: |");
    let three = |value: &Value| format!("{} / {} / {}", value["p50"], value["p95"], value["p99"]);
    for row in rows {
        let (first, between) = (three(&row["first_token_ms"]), three(&row["between_tokens_ms"]));
        let (streams, server) =
            (row["streams"].as_str().unwrap_or("?"), row["server"].as_str().unwrap_or("?"));
        println!("| {streams} | {server} | {} | {first} | {between} |", row["tokens_per_second"]);
    }
    println!(
        "\n| server | first token of a short request alone, ms | among eight streams, ms | between their tokens, ms |"
    );
    println!("| --- | ---: | ---: | ---: |");
    for row in newcomers {
        let server = row["server"].as_str().unwrap_or("?");
        println!("| {server} | {} | {} | {} |", row["alone_ms"], row["among_eight_ms"], row["step_ms"]);
    }
}
