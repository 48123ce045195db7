//! Each format as it should be. The conversations are made up.

use std::io::Write as _;

use super::*;
use crate::transcript::TimeCertainty;

pub(in super::super) const CHATGPT: &str = r#"[{"title": "Garden", "create_time": 1700000000.5, "id": "c1", "current_node": "d2",
 "mapping": {
  "root": {"id": "root", "message": null, "parent": null, "children": ["s"]},
  "s": {"message": {"author": {"role": "system"}, "weight": 0, "content": {"content_type": "text", "parts": [""]}}, "parent": "root"},
  "a": {"message": {"author": {"role": "user"}, "create_time": 1700000001, "content": {"content_type": "multimodal_text", "parts":
     [{"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-7"}, "What is this?"]},
     "metadata": {"attachments": [{"id": "file-7", "name": "rose.jpg", "mime_type": "image/jpeg"}]}}, "parent": "s"},
  "b": {"message": {"author": {"role": "assistant"}, "create_time": 1700000003, "content": {"content_type": "text", "parts": ["A tulip."]},
     "metadata": {"model_slug": "gpt-x"}}, "parent": "a"},
  "t": {"message": {"author": {"role": "assistant"}, "create_time": 1700000005, "content": {"content_type": "thoughts",
     "thoughts": [{"summary": "Look", "content": "Thorns, so a rose."}]}}, "parent": "a"},
  "c": {"message": {"author": {"role": "assistant"}, "create_time": 1700000006, "content": {"content_type": "text", "parts": ["A rose."]}}, "parent": "t"},
  "x": {"message": {"author": {"role": "assistant"}, "recipient": "python", "content": {"content_type": "code", "text": "1+1"}}, "parent": "c"},
  "y": {"message": {"author": {"role": "tool"}, "content": {"content_type": "execution_output", "text": "2"}}, "parent": "x"},
  "d1": {"message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Thanks"]}, "weight": 1.0}, "parent": "y"},
  "d2": {"message": {"author": {"role": "user"}, "create_time": 1700000010, "content": {"content_type": "text", "parts": ["Thank you!"]}}, "parent": "y"}
 }}]"#;

#[test]
fn chatgpt_keeps_branches_thoughts_and_pictures() {
    let read = read("conversations.json", CHATGPT);
    assert_eq!(read.report.parts[0].format, Format::Chatgpt);
    assert_eq!(read.conversations[0].key, "c1");
    assert_eq!(read.active(), ["[picture: rose.jpg]\nWhat is this?", "A rose.", "Thank you!"]);
    assert_eq!(read.before("A tulip."), Some("[picture: rose.jpg]\nWhat is this?"));
    assert_eq!(read.before("Thanks"), Some("A rose."));
    assert_eq!(read.left_out(LeftOut::Thought), 1);
    let rose = read.find("A rose.");
    assert_eq!(rose.thought.as_deref(), Some("Thorns, so a rose."));
    assert_eq!(rose.time.unwrap().to_string(), "2023-11-14T22:13:26Z");
    assert_eq!(read.find("A tulip.").model.as_deref(), Some("gpt-x"));
    assert_eq!(read.find("Thanks").certainty, TimeCertainty::Approximate);
    assert_eq!((read.left_out(LeftOut::ToolMessage), read.left_out(LeftOut::SystemMessage)), (2, 1));
    assert_eq!(read.report.total.beside_active_path, 2);
    assert_eq!((read.report.total.attachments, read.report.doubts_total), (1, 0));
}

#[test]
fn claude_reads_blocks_branches_and_pasted_texts() {
    let read = read(
        "conversations.json",
        r#"[{"uuid": "u1", "name": "Trip", "created_at": "2024-02-03T10:00:00.000000Z", "current_leaf_message_uuid": "m3", "chat_messages": [
          {"uuid": "m1", "sender": "human", "text": "old", "content": [{"type": "text", "text": "Where to?"}], "created_at": "2024-02-03T10:00:01Z",
           "parent_message_uuid": "00000000-0000-4000-8000-000000000000",
           "attachments": [{"file_name": "", "extracted_content": "A long list"}, {"file_name": "map.pdf", "extracted_content": "…"}],
           "files": [{"file_kind": "image", "file_name": "beach.png"}]},
          {"uuid": "m2", "sender": "assistant", "text": "", "content": [{"type": "thinking", "thinking": "Sea?"}, {"type": "text", "text": "Brest."},
           {"type": "tool_use", "name": "web"}], "created_at": "2024-02-03T10:00:09+01:00", "parent_message_uuid": "m1"},
          {"uuid": "m3", "sender": "assistant", "text": "Nice.", "created_at": "2024-02-03T10:02:00Z", "parent_message_uuid": "m1"}]}]"#,
    );
    assert_eq!(read.report.parts[0].format, Format::Claude);
    assert_eq!(read.active(), ["Where to?\nA long list\n[file: map.pdf]\n…\n[picture: beach.png]", "Nice."]);
    assert_eq!(read.left_out(LeftOut::Thought), 1);
    let brest = read.find("Brest.");
    assert_eq!((brest.thought.as_deref(), brest.offset_seconds), (Some("Sea?"), Some(3_600)));
    assert!(!brest.active);
    assert_eq!(read.left_out(LeftOut::AttachmentContent), 0);
}

#[test]
fn claude_keeps_what_was_pasted_and_spoken_and_says_no_placeholder() {
    let long = "é".repeat(30_000);
    let read = read(
        "conversations.json",
        &format!(
            r#"[{{"uuid": "u1", "name": "Trip", "chat_messages": [
            {{"uuid": "m1", "sender": "human", "text": "", "content": [{{"type": "text", "text": ""}}],
             "attachments": [{{"file_name": "paste.txt", "extracted_content": "My sister Clara lives in Lisbon."}}]}},
            {{"uuid": "m2", "sender": "assistant", "text": "```\nThis block is not supported on your current device yet.\n```",
             "content": [{{"type": "tool_use", "name": "artifacts"}}]}},
            {{"uuid": "m3", "sender": "human", "text": "", "attachments": [{{"file_name": "b.txt", "extracted_content": "{long}"}}]}},
            {{"uuid": "m4", "sender": "assistant", "text": "voice", "content": [{{"type": "voice_note", "title": "t", "text": "spoken reply"}}]}}]}}]"#
        ),
    );
    assert_eq!(read.texts()[0], "[file: paste.txt]\nMy sister Clara lives in Lisbon.");
    assert_eq!((read.texts().len(), read.texts()[2]), (3, "spoken reply"));
    assert!(read.texts()[1].ends_with("é\n[…]") && read.texts()[1].chars().count() < 20_100);
    assert_eq!((read.left_out(LeftOut::AttachmentContent), read.left_out(LeftOut::ToolMessage)), (1, 1));
}

#[test]
fn deepseek_reads_its_export_and_its_page() {
    let export = read(
        "conversations.json",
        r#"[{"id": "d", "title": "诗", "inserted_at": "2025-03-30T04:49:36.505000+08:00", "mapping": {
          "root": {"id": "root", "parent": null, "children": ["1"], "message": null},
          "1": {"id": "1", "parent": "root", "message": {"files": [], "model": "deepseek-chat", "inserted_at": "2025-03-30T04:49:37+08:00",
            "fragments": [{"type": "REQUEST", "content": "写一首诗"}]}},
          "2": {"id": "2", "parent": "1", "message": {"model": "deepseek-reasoner", "inserted_at": "2025-03-30T04:49:50+08:00",
            "fragments": [{"type": "THINK", "content": "春天"}, {"type": "SEARCH", "content": ""}, {"type": "RESPONSE", "content": "春眠不觉晓"}]}}}}]"#,
    );
    assert_eq!(export.report.parts[0].format, Format::Deepseek);
    assert_eq!(export.active(), ["写一首诗", "春眠不觉晓"]);
    let reply = export.find("春眠不觉晓");
    assert_eq!((reply.speaker, reply.thought.as_deref()), (Speaker::Companion, Some("春天")));
    assert_eq!(reply.offset_seconds, Some(8 * 3_600));
    let page = read(
        "chat.json",
        r#"{"code": 0, "msg": "", "data": {"biz_code": 0, "biz_data": {"chat_session": {"id": "s", "title": "t", "current_message_id": 3, "inserted_at": 1763826110.6},
          "chat_messages": [{"message_id": 1, "parent_id": null, "role": "USER", "inserted_at": 1763826114.5, "fragments": [{"type": "REQUEST", "content": "Hi"}]},
          {"message_id": 2, "parent_id": 1, "role": "ASSISTANT", "content": "One"}, {"message_id": 3, "parent_id": 1, "role": "ASSISTANT", "content": "Two"}]}}}"#,
    );
    assert_eq!((page.active(), page.texts()), (vec!["Hi", "Two"], vec!["Hi", "One", "Two"]));
    assert_eq!(page.conversations[0].title, "t");
    let older = read(
        "conversations.json",
        r#"[{"id": "d", "title": "t", "inserted_at": "2025-02-01T10:00:00+08:00", "mapping": {
          "root": {"id": "root", "parent": null, "message": null},
          "1": {"id": "1", "parent": "root", "message": {"content": "Why?", "reasoning_content": null}},
          "2": {"id": "2", "parent": "1", "message": {"content": "Because.", "reasoning_content": "hm"}},
          "3": {"id": "3", "parent": "2", "message": {"content": "And how?"}}, "4": {"id": "4", "parent": "3", "message": {"content": "So."}}}}]"#,
    );
    let users: Vec<_> = older.messages.iter().filter(|message| message.speaker == Speaker::User).collect();
    assert_eq!(users.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["Why?", "And how?"]);
    assert_eq!(older.find("Because.").thought.as_deref(), Some("hm"));
}

#[test]
fn open_webui_keeps_branches_and_reasoning() {
    let chat = r#"{"id": "x", "title": "OW", "created_at": 1700000000, "chat": {"title": "OW", "models": ["m"], "history": {"currentId": "3", "messages": {
        "1": {"id": "1", "parentId": null, "childrenIds": ["2", "3"], "role": "user", "content": "Hello", "timestamp": 1700000000, "files": [{"type": "image", "url": "data:"}]},
        "2": {"id": "2", "parentId": "1", "childrenIds": [], "role": "assistant", "content": "Hi", "timestamp": 1700000005},
        "3": {"id": "3", "parentId": "1", "childrenIds": [], "role": "assistant", "model": "m", "timestamp": 1700000009,
            "content": "<details type=\"reasoning\" done=\"true\">\n<summary>Thought</summary>\n> be kind\n</details>\nHey"}}},
        "messages": [{"id": "1", "role": "user", "content": "Hello"}]}}"#;
    for text in [chat.to_owned(), format!("[{chat}]")] {
        let read = read("chat-export.json", &text);
        assert_eq!(read.report.parts[0].format, Format::OpenWebui);
        assert_eq!(read.active(), ["Hello\n[picture]", "Hey"]);
        assert_eq!(read.before("Hi"), Some("Hello\n[picture]"));
        let reply = read.find("Hey");
        assert_eq!((reply.thought.as_deref(), reply.model.as_deref()), (Some("> be kind"), Some("m")));
        assert_eq!(
            (read.conversations[0].title.as_str(), reply.time.unwrap().as_second()),
            ("OW", 1_700_000_009)
        );
    }
}

#[test]
fn character_ai_takes_a_conversations_time_where_its_messages_have_none() {
    let read = read(
        "cai_dump.json",
        r#"{"histories": {"histories": [{"external_id": "h1", "created": "2022-12-24T18:30:00.000000+00:00", "msgs": [
          {"text": "Welcome, traveller.", "src": {"is_human": false, "name": "Mira"}}, {"text": "Hello", "src": {"is_human": true, "name": "Jo"}}]}]}}"#,
    );
    assert_eq!(read.conversations[0].started.unwrap().to_string(), "2022-12-24T18:30:00Z");
    let said = read.find("Hello");
    assert!(said.time.unwrap().to_string().starts_with("2022-12-24T18:3"), "{said:?}");
    assert_eq!(said.certainty, TimeCertainty::Approximate);
}

#[test]
fn character_ai_reads_both_dumps() {
    let old = read(
        "cai.json",
        r#"{"info": {"character": {"name": "Mira"}}, "histories": {"histories": [
          {"external_id": "h1", "msgs": [{"text": "Welcome, traveller.", "src": {"is_human": false, "name": "Mira"}}, {"text": "Hello", "src": {"is_human": true, "name": "Jo"}}]},
          {"external_id": "h2", "msgs": [{"text": "Welcome, traveller.", "src": {"is_human": false, "name": "Mira"}}]}]}}"#,
    );
    assert_eq!(old.report.parts[0].format, Format::CharacterAi);
    assert_eq!((old.conversations.len(), old.messages.len()), (2, 3));
    assert_eq!(old.conversations[0].companion_name.as_deref(), Some("Mira"));
    assert_eq!(old.find("Hello").certainty, TimeCertainty::Unknown);
    let new = read(
        "cai.json",
        r#"{"turns": [{"turn_id": "2", "create_time": "2024-01-02T10:01:00Z", "author": {"name": "Mira", "is_human": false}, "primary_candidate_id": "b",
           "candidates": [{"candidate_id": "a", "raw_content": "Rain."}, {"candidate_id": "b", "raw_content": "Sun."}]},
          {"turn_id": "1", "create_time": "2024-01-02T10:00:00Z", "author": {"name": "Jo", "is_human": true}, "candidates": [{"candidate_id": "c", "raw_content": "Weather?"}]}]}"#,
    );
    assert_eq!((new.active(), new.texts()), (vec!["Weather?", "Sun."], vec!["Weather?", "Sun.", "Rain."]));
    assert_eq!(new.before("Rain."), Some("Weather?"));
}

pub(in super::super) const SILLYTAVERN: &str = r#"{"user_name":"Jo","character_name":"Mira","create_date":"2023-6-19 @14h 00m 00s 000ms","chat_metadata":{}}
{"name":"Mira","is_user":false,"send_date":"June 19, 2023 2:20pm","mes":"*waves* Hi Jo!","swipes":["*waves* Hi Jo!","Hello there."],"swipe_id":0}
{"name":"Jo","is_user":true,"send_date":"2023-06-19@14h21m05s","mes":"Hi!","extra":{"image":"user/images/cat.png"}}
{"name":"SillyTavern System","is_user":false,"is_system":true,"mes":"help text","extra":{"type":"help"}}
{"name":"Mira","is_user":false,"is_system":true,"send_date":1687184600000,"mes":"<think>be kind</think>Hidden from the model, but said.","extra":{"model":"m"}}
{"name":"Note","is_user":false,"is_system":true,"send_date":"2023-06-19T14:30:00.000Z","mes":"Night falls.","extra":{"type":"narrator"}}
"#;

#[test]
fn sillytavern_keeps_swipes_and_all_its_dates() {
    let read = read("Mira/Mira - 2023.jsonl", SILLYTAVERN);
    assert_eq!(read.report.parts[0].format, Format::Sillytavern);
    assert_eq!(read.conversations[0].companion_name.as_deref(), Some("Mira"));
    assert_eq!(
        read.active(),
        ["*waves* Hi Jo!", "Hi!\n[picture: cat.png]", "Hidden from the model, but said.", "Night falls."]
    );
    let swipe = read.find("Hello there.");
    assert!(!swipe.active && swipe.parent_key.is_none());
    assert_eq!(read.before("Hi!\n[picture: cat.png]"), Some("*waves* Hi Jo!"));
    assert_eq!(read.find("Night falls.").speaker, Speaker::Narrator);
    assert_eq!(read.find("Hidden from the model, but said.").thought.as_deref(), Some("be kind"));
    let times: Vec<_> = read
        .messages
        .iter()
        .filter(|message| message.active)
        .map(|message| message.time.unwrap().to_string())
        .collect();
    assert_eq!(
        times,
        ["2023-06-19T14:20:00Z", "2023-06-19T14:21:05Z", "2023-06-19T14:23:20Z", "2023-06-19T14:30:00Z"]
    );
    assert_eq!(read.left_out(LeftOut::SystemMessage), 1);
}

#[test]
fn sillytavern_takes_names_and_attachments_as_newer_versions_write_them() {
    let read = read(
        "Ann - 2025.jsonl",
        r#"{"chat_metadata": {"integrity": "abc"}, "user_name": "unused", "character_name": "unused"}
{"name": "Ann", "is_user": false, "send_date": "2025-10-01T09:59:00.000Z", "mes": "Hi"}
{"name": "Joe", "is_user": true, "send_date": "2025-10-01T10:00:00.000Z", "mes": "", "extra": {"media": [{"url": "/user/images/Ann/cat.png", "type": "image", "title": "my cat"}]}}
{"name": "Ann", "is_user": false, "send_date": "2025-10-01T10:00:05.000Z", "mes": "Nice!", "extra": {"media": [{"url": "data:video/mp4;base64,xx", "type": "video", "title": "a clip"}]}}
{"name": "Joe", "is_user": true, "send_date": "2025-10-01T10:01:00.000Z", "mes": "see", "extra": {"files": [{"url": "/user/files/x.txt", "name": "notes.txt"}]}}
"#,
    );
    let conversation = &read.conversations[0];
    assert_eq!(
        (conversation.user_name.as_deref(), conversation.companion_name.as_deref()),
        (Some("Joe"), Some("Ann"))
    );
    assert_eq!(
        read.active(),
        ["Hi", "[picture: cat.png]", "Nice!\n[recording: a clip]", "see\n[file: notes.txt]"]
    );
    assert_eq!((read.left_out(LeftOut::Empty), read.report.total.attachments), (0, 3));
    let without = "{\"chat_metadata\": {}, \"user_name\": \"unused\", \"character_name\": \"unused\"}\n";
    let chat = |words: &str| format!("{without}{{\"name\":\"Ann\",\"is_user\":false,\"mes\":\"{words}\"}}\n");
    let (one, other) = (super::read("a.jsonl", &chat("one")), super::read("b.jsonl", &chat("other")));
    assert_ne!(one.conversations[0].key, other.conversations[0].key);
    assert_eq!(one.conversations[0].companion_name.as_deref(), Some("Ann"));
}

#[test]
fn replika_is_turned_the_right_way_up() {
    let csv = "Timestamp,From,Text,Reaction,ID\n2023-02-03T10:02:00+00:00,Rep,\"Good, and you?\\nTell me!\",None,c\n\
               2023-02-03T10:01:00+00:00,Me,\"How are \"\"you\"\"?\",None,b\n2023-02-03T10:00:00+00:00,Rep,Hey,upvote,a\n";
    let csv = read("chat_backup.csv", csv);
    assert_eq!(csv.report.parts[0].format, Format::ReplikaCsv);
    assert_eq!(csv.texts(), ["Hey", "How are \"you\"?", "Good, and you?\nTell me!"]);
    assert_eq!(csv.find("Hey").speaker, Speaker::Companion);
    let json = read(
        "replika.json",
        r#"[{"sender": "Luna", "message": "Miss you", "time": "Last Sunday"}, {"sender": "You", "message": "Me too", "time": "Yesterday 10:32 PM"},
           {"sender": "Luna", "message": "Hug?", "time": null}, {"sender": "You", "message": "Hug!", "time": "2024-05-15T09:00:00Z"}]"#,
    );
    assert_eq!(json.report.parts[0].format, Format::Replika);
    let times: Vec<_> = json.messages.iter().map(|message| message.time.unwrap().to_string()).collect();
    assert_eq!(&times[1..], ["2024-05-14T22:32:00Z", "2024-05-15T03:46:00Z", "2024-05-15T09:00:00Z"]);
    assert!(times[0].starts_with("2024-05-"));
    assert_eq!(json.report.total.times_approximate, 3);
}

#[test]
fn koboldcpp_tells_instructions_and_a_models_own_tags_from_words() {
    let own = read(
        "saved.json",
        r#"{"gamestarted": true, "prompt": "{{[SYSTEM]}}Never break character.{{[SYSTEM_END]}}{{[INPUT]}}hello{{[INPUT_END]}}{{[OUTPUT]}}",
          "actions": ["Ahoy!{{[OUTPUT_END]}}{{[SYSTEM]}}The scene changes.{{[SYSTEM_END]}}{{[INPUT]}}Where to?{{[INPUT_END]}}"],
          "savedsettings": {"chatname": "Jo", "chatopponent": "Mira", "opmode": 4}}"#,
    );
    assert_eq!(own.texts(), ["hello", "Ahoy!", "Where to?"]);
    assert_eq!(own.find("Ahoy!").speaker, Speaker::Companion);
    assert_eq!(own.left_out(LeftOut::SystemMessage), 2);
    let alpaca = read(
        "saved.json",
        r####"{"gamestarted": true, "prompt": "### Instruction:\nhello kob\n### Response:\n", "actions": ["Ahoy!", "\n### Instruction:\nWhat is ### Response: for?\n### Response:\nA tag."],
          "savedsettings": {"opmode": 4, "instruct_starttag": "\\n### Instruction:\\n", "instruct_endtag": "\\n### Response:\\n", "instruct_systag": ""}}"####,
    );
    let said: Vec<_> = alpaca.messages.iter().map(|said| (said.speaker, said.text.as_str())).collect();
    let (user, companion) = (Speaker::User, Speaker::Companion);
    let words = [
        (user, "hello kob"),
        (companion, "Ahoy!"),
        (user, "What is ### Response: for?"),
        (companion, "A tag."),
    ];
    assert_eq!(said, words);
    let chatml = read(
        "saved.json",
        r#"{"gamestarted": true, "prompt": "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "actions": ["Hello"],
          "savedsettings": {"instruct_starttag": "<|im_start|>user\\n", "instruct_starttag_end": "<|im_end|>\\n", "instruct_endtag": "<|im_start|>assistant\\n",
            "instruct_systag": "<|im_start|>system\\n", "instruct_systag_end": "<|im_end|>\\n"}}"#,
    );
    assert_eq!((chatml.texts(), chatml.left_out(LeftOut::SystemMessage)), (vec!["Hi", "Hello"], 1));
}

#[test]
fn agnai_risu_koboldcpp_and_webui() {
    let agnai = read(
        "chat.json",
        r#"{"name": "Exported", "greeting": "", "treeLeafId": "cccccccc9", "messages": [
          {"_id": "aaaaaaaa", "createdAt": "2024-01-01T00:00:00Z", "handle": "Mira", "characterId": "imported", "msg": "Hi"},
          {"_id": "bbbbbbbb", "parent": "aaaaaaaa", "createdAt": "2024-01-01T00:01:00Z", "handle": "You", "userId": "u", "msg": "Bye"},
          {"_id": "cccccccc", "parent": "aaaaaaaa", "createdAt": "2024-01-01T00:02:00Z", "handle": "You", "userId": "u", "msg": "Stay"}]}"#,
    );
    assert_eq!((agnai.report.parts[0].format, agnai.active()), (Format::Agnai, vec!["Hi", "Stay"]));
    let risu = read(
        "Mira_chat.json",
        r#"{"type": "risuAllChats", "ver": 2, "data": [{"name": "A", "message": [{"role": "char", "data": "Hi", "time": 1700000000000}, {"role": "user", "data": "Yo", "name": "Jo"}]},
          {"name": "B", "message": [{"role": "user", "data": "Again"}]}]}"#,
    );
    assert_eq!((risu.report.parts[0].format, risu.texts()), (Format::Risu, vec!["Hi", "Yo", "Again"]));
    assert_eq!(risu.conversations.iter().map(|chat| chat.title.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    let kobold = read(
        "saved.json",
        r#"{"gamestarted": true, "prompt": "Mira: Welcome", "memory": "m", "actions": ["\n{{[INPUT]}}\nHello\n{{[OUTPUT]}}\n", "Nice to see you", "\nJo: And you\nMira: Thanks"],
          "savedsettings": {"chatname": "Jo", "chatopponent": "Mira||$||Tom"}}"#,
    );
    assert_eq!(kobold.report.parts[0].format, Format::Koboldcpp);
    assert_eq!(kobold.texts(), ["Welcome", "Hello", "Nice to see you", "And you", "Thanks"]);
    assert_eq!(kobold.find("And you").speaker, Speaker::User);
    let group = read(
        "saved.json",
        r#"{"gamestarted": true, "prompt": "\nAnn: Welcome", "actions": ["\nJoe: hello", "\nBob: I am Bob\nAnn: and I am Ann"],
          "savedsettings": {"chatname": "Joe", "chatopponent": "Ann||$||Bob"}}"#,
    );
    let spoken: Vec<_> =
        group.messages.iter().map(|said| (said.name.as_deref().unwrap(), said.text.as_str())).collect();
    assert_eq!(spoken, [("Ann", "Welcome"), ("Joe", "hello"), ("Bob", "I am Bob"), ("Ann", "and I am Ann")]);
    let late = r#"{"type": "risuChat", "ver": 2, "data": {"message": [{"role": "user", "data": "Hi"}], "name": "Named late"}}"#;
    assert_eq!(read("Mira_chat.json", late).conversations[0].title, "Named late");
    let webui = read(
        "20240101.json",
        r#"{"internal": [["<|BEGIN-VISIBLE-CHAT|>", "x"]], "visible": [["", "I&#x27;m here &amp; well"], ["Good", "Yes"]],
          "metadata": {"user_1": {"timestamp": "2024-01-01 10:00:00"}}}"#,
    );
    assert_eq!(webui.report.parts[0].format, Format::TextGenerationWebui);
    assert_eq!(webui.texts(), ["I'm here & well", "Good", "Yes"]);
}

#[test]
fn plain_text_has_names_stamps_and_long_messages() {
    let whatsapp = "[12/05/2023, 14:03:10] Messages are end-to-end encrypted.\n[12/05/2023, 14:03:11] Luna: Good afternoon, my dear. I hope the day was kind to you.\n\
                    And the evening?\n[13/05/2023, 09:00:00] Jo: yes\n\u{200e}[13/05/2023, 09:01:00] Luna: \u{200e}image omitted\n";
    let chat = read("_chat.txt", whatsapp);
    assert_eq!(chat.report.parts[0].format, Format::PlainText);
    assert_eq!(chat.texts()[0], "Good afternoon, my dear. I hope the day was kind to you.\nAnd the evening?");
    assert_eq!(chat.find("yes").speaker, Speaker::User);
    assert_eq!(chat.find("[picture]").speaker, Speaker::Companion);
    assert_eq!(chat.messages[0].time.unwrap().to_string(), "2023-05-12T14:03:11Z");
    assert_eq!(chat.left_out(LeftOut::SystemMessage), 1);
    let bare = "You: Hello\nMira: Hi: how are you?\nsecond line\nYou: fine\n";
    let bare = read_with("notes.txt", bare.as_bytes(), &options()).unwrap();
    assert_eq!(bare.texts(), ["Hello", "Hi: how are you?\nsecond line", "fine"]);
    assert_eq!(bare.report.total.user_messages, 2);
    let doctor = "Me: hello\nDr. Smith: good day\nMe: how are you?\nDr. Smith: fine. So far: well\n";
    let doctor = read("d.txt", doctor);
    assert_eq!(doctor.texts(), ["hello", "good day", "how are you?", "fine. So far: well"]);
    assert_eq!(doctor.find("good day").name.as_deref(), Some("Dr. Smith"));
    assert_eq!(doctor.report.total.user_messages, 2);
    let month_first = "5/12/23, 9:00 AM - A B: x\n5/13/23, 9:01 PM - A B: y\n";
    assert_eq!(read("c.txt", month_first).find("x").time.unwrap().to_string(), "2023-05-12T09:00:00Z");
}

#[test]
fn lists_of_roles_are_read_too() {
    let list = r#"[{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image_url"}]}, {"role": "assistant", "content": "Ho"}]"#;
    assert_eq!(read("m.json", list).texts(), ["Hi\n[picture]", "Ho"]);
    let wrapped = r#"{"title": "x", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]}"#;
    let wrapped = read("m.json", wrapped);
    assert_eq!((wrapped.conversations.len(), wrapped.texts()), (1, vec!["Hi", "Ho"]));
}

#[test]
fn archives_hold_split_exports() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut archive = zip::ZipWriter::new(&mut bytes);
    let kind = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("conversations-010.json", CHATGPT.replace("c1", "c3")),
        ("conversations-002.json", CHATGPT.to_owned()),
        ("user.json", "{\"id\": \"user-1\"}".to_owned()),
        ("chat.html", "<html>".to_owned()),
    ] {
        archive.start_file(name, kind).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    let read = read_with("export.zip", &bytes.into_inner(), &options()).unwrap();
    assert_eq!(read.conversations.iter().map(|chat| chat.key.as_str()).collect::<Vec<_>>(), ["c1", "c3"]);
    assert_eq!(read.report.parts_left_out, ["user.json", "chat.html"]);
    assert_eq!(read.report.total.messages, 10);
}

#[test]
fn folders_are_read_file_by_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    file("Mira/Mira - 1.jsonl", SILLYTAVERN.as_bytes());
    file("Mira/Mira - 2.jsonl", SILLYTAVERN.replace("Hi Jo!", "Hi again, Jo!").as_bytes());
    file("Mira/portrait.png", b"PNG");
    file("notes.txt", b"Shopping: milk\n\nand bread, which is not a chat at all.\n");
    let mut messages = 0;
    let mut observer = |event: ImportEvent| {
        messages += u64::from(matches!(event, ImportEvent::Message(_)));
        Ok(())
    };
    let report = import(Source::path(folder.path()), &options(), &mut observer).unwrap();
    assert_eq!((report.parts.len(), report.total.conversations, messages), (2, 2, 10));
    assert_eq!(report.parts_left_out, ["notes.txt", "Mira/portrait.png"]);
    let empty = tempfile::tempdir().unwrap();
    let nothing = import(Source::path(empty.path()), &options(), &mut |_| Ok(()));
    assert!(matches!(nothing, Err(HistoryError::NothingThere { .. })));
    let missing = import(Source::path(empty.path().join("x.json")), &options(), &mut |_| Ok(()));
    assert!(matches!(missing, Err(HistoryError::Read { .. })));
}

#[test]
fn conversations_can_be_chosen() {
    let options = ImportOptions { choice: Choice::Titles(vec!["other".to_owned()]), ..options() };
    let read = read_with("c.json", CHATGPT.as_bytes(), &options).unwrap();
    assert!(read.messages.is_empty() && read.conversations.is_empty());
    assert_eq!(read.left_out(LeftOut::NotChosen), 5);
    assert!(!read.report.conversations[0].chosen);
    let names = ImportOptions { user_names: vec!["mira".to_owned()], ..super::options() };
    let turned = read_with("c.jsonl", SILLYTAVERN.as_bytes(), &names).unwrap();
    assert_eq!(turned.find("*waves* Hi Jo!").speaker, Speaker::User);
}
