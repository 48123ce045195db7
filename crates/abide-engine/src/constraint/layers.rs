//! Which parts of a schema may be laid over the same value. Must not know what is said in them, or why somebody asks.
//!
//! A part may be reached in many ways, and names may be long: parts and names are numbers here, and what is gone through is counted.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ptr;

use abide_generation::schema::{Reach, children, is_layered, reached};
use serde_json::{Map, Value};

/// Most ways in which parts are reached.
const WAYS_MAX: usize = 200_000;

/// Most steps that are taken to find them.
const STEPS_MAX: usize = 2_000_000;

/// Most pairs of a value and a part that may be laid over it.
const PAIRS_MAX: usize = 5_000_000;

/// A value, as far as it is told from others: the last two steps that lead to it.
type Place = [Step; 2];

/// A step from a value to one within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    /// None: the value is the whole, or stays what it was.
    None,
    /// To the property whose name has this number, or any property.
    Property(Option<usize>),
    /// To the item at this index, or any item.
    Item(Option<usize>),
}

/// What the parts of a schema say beside which others may be laid over the same value, by the values.
pub(super) struct Layers<T> {
    /// Their JSON pointers, and what they say, by their numbers.
    said: BTreeMap<usize, (String, T)>,
    values: BTreeMap<Place, BTreeSet<usize>>,
    /// Those that are any of several values.
    open: Vec<Place>,
}

impl<T> Layers<T> {
    /// Those of `schema` of which `say` tells anything.
    ///
    /// # Errors
    /// When there are too many ways to reach them, or too many that may meet.
    pub(super) fn of(schema: &Value, say: impl Fn(&Map<String, Value>) -> Option<T>) -> Result<Self, String> {
        let shared = reached(schema).into_iter().filter(|(_, reach)| *reach == Reach::Shared);
        let shared: HashSet<_> =
            shared.filter_map(|(pointer, _)| schema.pointer(&pointer)).map(ptr::from_ref).collect();
        let mut parts = Parts::of(schema);
        let mut layers = Self { said: BTreeMap::new(), values: BTreeMap::new(), open: Vec::new() };
        let mut pending: Vec<_> =
            parts.number(schema, String::new).map(|whole| (whole, [Step::None; 2])).into_iter().collect();
        let mut ways: HashSet<_> = pending.iter().copied().collect();
        let mut steps = 0;
        while let Some((number, place)) = pending.pop() {
            let part = parts.explored(number);
            steps += part.behind.len();
            if ways.len() > WAYS_MAX || steps > STEPS_MAX {
                let pointer = &part.pointer;
                return Err(format!("at `#{pointer}`: there are too many ways to get here; refer less"));
            }
            let Value::Object(map) = part.schema else { continue };
            if shared.contains(&ptr::from_ref(part.schema)) || is_layered(map) {
                if !layers.said.contains_key(&number) {
                    layers.said.extend(say(map).map(|said| (number, (part.pointer.clone(), said))));
                }
                if layers.said.contains_key(&number) {
                    layers.values.entry(place).or_default().insert(number);
                }
            }
            for (number, step) in &part.behind {
                let way = (*number, if *step == Step::None { place } else { [place[1], *step] });
                if ways.insert(way) {
                    pending.push(way);
                }
            }
        }
        let open = layers.values.iter().filter(|(place, _)| place.iter().any(Step::is_open));
        let (open, counts): (_, Vec<_>) = open.map(|(place, parts)| (*place, parts.len())).unzip();
        layers.open = open;
        if counts.into_iter().sum::<usize>().saturating_mul(layers.values.len()) > PAIRS_MAX {
            return Err("too much of it may be laid over the same values; name them one by one".to_owned());
        }
        Ok(layers)
    }

    /// For each value what may be laid over it, by JSON pointers.
    pub(super) fn values(&self) -> impl Iterator<Item = impl Iterator<Item = (&str, &T)>> {
        self.values.iter().map(move |(place, parts)| {
            let others = self.open.iter().filter(move |other| *other != place && may_meet(place, other));
            let others = others.filter_map(|other| self.values.get(other));
            let all = parts.iter().chain(others.flatten());
            all.filter_map(|number| self.said.get(number)).map(|(pointer, said)| (pointer.as_str(), said))
        })
    }
}

impl Step {
    /// Whether it leads to any of several values.
    fn is_open(&self) -> bool {
        matches!(self, Self::Property(None) | Self::Item(None))
    }
}

/// The parts of a schema, by their numbers.
struct Parts<'a> {
    root: &'a Value,
    /// The number of each, by where it lies in memory.
    numbers: HashMap<*const Value, usize>,
    all: Vec<Part<'a>>,
    names: HashMap<String, usize>,
}

struct Part<'a> {
    pointer: String,
    schema: &'a Value,
    is_explored: bool,
    /// The parts that it has or refers to, and the steps to the values that they are about.
    behind: Vec<(usize, Step)>,
}

impl<'a> Parts<'a> {
    fn of(root: &'a Value) -> Self {
        Self { root, numbers: HashMap::new(), all: Vec::new(), names: HashMap::new() }
    }

    /// The number of a part, which is at `pointer`; `None` if it says nothing.
    fn number(&mut self, schema: &'a Value, pointer: impl FnOnce() -> String) -> Option<usize> {
        schema.as_object()?;
        Some(*self.numbers.entry(ptr::from_ref(schema)).or_insert_with(|| {
            self.all.push(Part { pointer: pointer(), schema, is_explored: false, behind: Vec::new() });
            self.all.len() - 1
        }))
    }

    /// The part of this number, with all that is behind it.
    fn explored(&mut self, number: usize) -> &Part<'a> {
        let part = &mut self.all[number];
        if !std::mem::replace(&mut part.is_explored, true) {
            let (pointer, schema) = (part.pointer.clone(), part.schema);
            self.all[number].behind = self.behind(&pointer, schema);
        }
        &self.all[number]
    }

    fn behind(&mut self, pointer: &str, schema: &'a Value) -> Vec<(usize, Step)> {
        let Value::Object(schema) = schema else { return Vec::new() };
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
        let target = target.and_then(|target| Some((target, self.root.pointer(target)?)));
        let target = target.and_then(|(target, part)| self.number(part, || target.to_owned()));
        let mut behind: Vec<_> = target.map(|number| (number, Step::None)).into_iter().collect();
        for (way, part) in children(schema) {
            let Some(step) = self.step(&way) else { continue };
            behind.extend(self.number(part, || format!("{pointer}{way}")).map(|number| (number, step)));
        }
        behind
    }

    /// The step to the value that the part at `way` in another is about. None for definitions, to which others refer.
    fn step(&mut self, way: &str) -> Option<Step> {
        let mut steps = way.split('/').skip(1);
        let (keyword, name) = (steps.next()?, steps.next());
        Some(match keyword {
            "$defs" | "definitions" => return None,
            "properties" => Step::Property(name.map(|name| {
                let next = self.names.len();
                *self.names.entry(name.to_owned()).or_insert(next)
            })),
            "patternProperties" | "additionalProperties" => Step::Property(None),
            "prefixItems" => Step::Item(name.and_then(|index| index.parse().ok())),
            "items" | "additionalItems" | "contains" => Step::Item(None),
            _ => Step::None,
        })
    }
}

fn may_meet(one: &Place, other: &Place) -> bool {
    one.iter().zip(other).all(|steps| match steps {
        (Step::Property(one), Step::Property(other)) | (Step::Item(one), Step::Item(other)) => {
            one.is_none() || other.is_none() || one == other
        }
        (one, other) => one == other,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The pointers of the parts with a `pattern` that meet at some value, where that are several.
    fn meeting(schema: &Value) -> BTreeSet<Vec<String>> {
        let layers = Layers::of(schema, |part| part.contains_key("pattern").then_some(())).unwrap();
        let sorted = |parts: Vec<String>| parts.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let values =
            layers.values().map(|parts| sorted(parts.map(|(pointer, ())| pointer.to_owned()).collect()));
        values.filter(|parts: &Vec<String>| parts.len() > 1).collect()
    }

    #[test]
    fn parts_meet_at_the_same_value() {
        let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
        let meet = |one: &str, other: &str| BTreeSet::from([vec![one.to_owned(), other.to_owned()]]);
        let all = |one: Value, other: Value| json!({"allOf": [one, other]});
        assert_eq!(meeting(&all(text("a"), text("b"))), meet("/allOf/0", "/allOf/1"));
        let keyed = |keyword: &str, name: &str| json!({keyword: {name: text("a")}});
        assert_eq!(
            meeting(&all(keyed("properties", "a"), keyed("properties", "a"))),
            meet("/allOf/0/properties/a", "/allOf/1/properties/a")
        );
        assert_eq!(meeting(&all(keyed("properties", "a"), keyed("properties", "b"))), BTreeSet::new());
        for (open, pointer) in [
            (json!({"additionalProperties": text("b")}), "/allOf/0/additionalProperties"),
            (keyed("patternProperties", "^a"), "/allOf/0/patternProperties/^a"),
        ] {
            let met = meeting(&all(open, keyed("properties", "a")));
            assert_eq!(met, meet(pointer, "/allOf/1/properties/a"));
        }
        let items = all(json!({"items": text("a")}), json!({"prefixItems": [text("b"), text("c")]}));
        assert_eq!(meeting(&items).len(), 2, "each of the first with all of them");
        let one_by_one = json!({"prefixItems": [text("b"), text("c")]});
        assert_eq!(meeting(&all(one_by_one.clone(), json!({"minItems": 1}))), BTreeSet::new());
    }

    #[test]
    fn references_are_followed() {
        let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
        let defined = json!({"a": text("a"), "b": text("b"), "c": text("c")});
        let refer = |name: &str| json!({"$ref": format!("#/$defs/{name}")});
        let fields = json!({"properties": {"x": refer("a"), "y": refer("b"), "z": refer("c")}});
        let apart = json!({"$defs": defined, "allOf": [fields, {"required": ["x"]}]});
        assert_eq!(meeting(&apart), BTreeSet::new());
        let over = json!({"$defs": defined, "properties": {"x": {"allOf": [refer("a"), text("x")]}}});
        assert_eq!(meeting(&over).len(), 1);
        let endless =
            json!({"$defs": {"a": {"items": {"allOf": [refer("a"), text("x")]}}}, "$ref": "#/$defs/a"});
        assert_eq!(meeting(&endless), BTreeSet::new());
    }

    /// However long its name is: a part is kept once, and gone through as often as there are ways to it.
    #[test]
    fn long_names_are_kept_once() {
        let name = "n".repeat(40_000);
        let fields = |kind: &str, count: usize, value: &Value| -> Map<String, Value> {
            (0..count).map(|number| (format!("{kind}{number}"), value.clone())).collect()
        };
        let schema = |references: usize, fields_each: usize| {
            json!({
                "$defs": {
                    &name: {"properties": fields("s", fields_each, &json!({"pattern": "a"}))},
                    "r": {"$ref": format!("#/$defs/{name}")}
                },
                "properties": fields("p", references, &json!({"$ref": "#/$defs/r"}))
            })
        };
        let layers =
            Layers::of(&schema(600, 300), |part| part.contains_key("pattern").then_some(())).unwrap();
        assert_eq!(layers.said.len(), 0, "none is laid over another");
        let over = |mut schema: Value| {
            schema["$defs"]["r"] = json!({"allOf": [{"$ref": format!("#/$defs/{name}")}, {}]});
            Layers::of(&schema, |part| part.contains_key("pattern").then_some(()))
        };
        let layers = over(schema(600, 300)).unwrap();
        assert_eq!(layers.said.len(), 300);
        assert_eq!(layers.values.len(), 180_000);
        let refused = over(schema(1_000, 300)).err().unwrap();
        assert!(refused.contains("too many ways"), "{}", refused.len());
    }

    #[test]
    fn what_may_meet_is_counted() {
        let part = json!({"pattern": "a"});
        let fields: Map<String, Value> =
            (0..2_000).map(|number| (format!("p{number}"), part.clone())).collect();
        let open = |count: usize| json!({"additionalProperties": {"allOf": vec![part.clone(); count]}});
        let layers = |count: usize| {
            let schema = json!({"allOf": [{"properties": fields}, open(count)]});
            Layers::of(&schema, |part| part.contains_key("pattern").then_some(()))
        };
        assert!(layers(1_000).is_ok());
        assert!(layers(5_000).err().unwrap().contains("too much"));
    }
}
