//! Which parts of a schema may be laid over the same value. Must not know what is said in them, or why somebody asks.

use std::collections::{BTreeMap, BTreeSet};

use abide_generation::schema::{Reach, children, is_layered, reached};
use serde_json::{Map, Value};

/// Most ways in which parts are reached.
const WAYS_MAX: usize = 200_000;

/// A value, as far as it is told from others: the last two steps that lead to it.
type Place = [Step; 2];

/// A step from a value to one within it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    /// None: the value is the whole.
    None,
    /// To the property of this name, or any property.
    Property(Option<String>),
    /// To the item at this index, or any item.
    Item(Option<usize>),
}

/// The parts of a schema beside which others may be laid over the same value, by the values.
pub(super) struct Layers<'a>(BTreeMap<Place, BTreeMap<String, &'a Map<String, Value>>>);

impl<'a> Layers<'a> {
    /// Those of `schema` that are of concern.
    ///
    /// # Errors
    /// When there are too many ways to reach them.
    pub(super) fn of(
        schema: &'a Value,
        is_of_concern: impl Fn(&Map<String, Value>) -> bool,
    ) -> Result<Self, String> {
        let reached = reached(schema);
        let mut layers: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        let mut ways: BTreeSet<(String, Place)> = BTreeSet::new();
        let mut pending = vec![(String::new(), [Step::None, Step::None])];
        while let Some((pointer, place)) = pending.pop() {
            let Some(part) = schema.pointer(&pointer).and_then(Value::as_object) else { continue };
            if ways.len() > WAYS_MAX {
                return Err(format!("at `#{pointer}`: there are too many ways to get here; refer less"));
            }
            if !ways.insert((pointer.clone(), place.clone())) {
                continue;
            }
            let is_shared = reached.get(&pointer).is_some_and(|reach| *reach == Reach::Shared);
            if (is_shared || is_layered(part)) && is_of_concern(part) {
                layers.entry(place.clone()).or_default().insert(pointer.clone(), part);
            }
            let target = part.get("$ref").and_then(Value::as_str).and_then(|target| target.strip_prefix('#'));
            pending.extend(target.map(|target| (target.to_owned(), place.clone())));
            for (way, _) in children(part) {
                pending.extend(place_behind(&place, &way).map(|place| (format!("{pointer}{way}"), place)));
            }
        }
        Ok(Self(layers))
    }

    /// For each value the parts that may be laid over it, by their JSON pointers.
    pub(super) fn values(
        &self,
    ) -> impl Iterator<Item = impl Iterator<Item = (&String, &'a Map<String, Value>)>> {
        let all = &self.0;
        let is_open = |place: &Place| place.iter().any(Step::is_open);
        let open: Vec<_> = all.iter().filter(|(place, _)| is_open(place)).collect();
        all.iter().map(move |(place, parts)| {
            let others = open.clone().into_iter();
            let others = others.filter(move |(other, _)| *other != place && may_meet(place, other));
            parts.iter().chain(others.flat_map(|(_, parts)| parts)).map(|(pointer, part)| (pointer, *part))
        })
    }
}

impl Step {
    /// Whether it leads to any of several values.
    fn is_open(&self) -> bool {
        matches!(self, Self::Property(None) | Self::Item(None))
    }
}

/// Where a part of a schema is that stands at `way` in one about `place`. None for definitions, to which others refer.
fn place_behind(place: &Place, way: &str) -> Option<Place> {
    let mut steps = way.split('/').skip(1);
    let (keyword, name) = (steps.next()?, steps.next());
    let step = match keyword {
        "$defs" | "definitions" => return None,
        "properties" => Step::Property(name.map(str::to_owned)),
        "patternProperties" | "additionalProperties" => Step::Property(None),
        "prefixItems" => Step::Item(name.and_then(|index| index.parse().ok())),
        "items" | "additionalItems" | "contains" => Step::Item(None),
        _ => return Some(place.clone()),
    };
    Some([place[1].clone(), step])
}

fn may_meet(one: &Place, other: &Place) -> bool {
    one.iter().zip(other).all(|steps| match steps {
        (Step::Property(one), Step::Property(other)) => one.is_none() || other.is_none() || one == other,
        (Step::Item(one), Step::Item(other)) => one.is_none() || other.is_none() || one == other,
        (one, other) => one == other,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The pointers of the parts with a `pattern` that meet at some value, where that are several.
    fn meeting(schema: &Value) -> BTreeSet<Vec<String>> {
        let layers = Layers::of(schema, |part| part.contains_key("pattern")).unwrap();
        let sorted = |parts: Vec<String>| parts.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        let values = layers.values().map(|parts| sorted(parts.map(|(pointer, _)| pointer.clone()).collect()));
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
}
