//! A small reader of HTML, strict enough to catch what templates get wrong.

use std::collections::{BTreeMap, BTreeSet};

const VOID: [&str; 9] = ["meta", "link", "img", "input", "br", "hr", "source", "wbr", "col"];

/// A start tag.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: BTreeMap<String, String>,
}

/// Everything wrong with `html`, in words.
pub(crate) fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let tags = read(html, &mut faults);
    let ids = ids(&tags, &mut faults);
    for tag in &tags {
        faults.extend(tag_faults(tag, &ids));
    }
    faults
}

/// The start tags of `html`; nesting faults go to `faults`.
pub(crate) fn read(html: &str, faults: &mut Vec<String>) -> Vec<Tag> {
    let mut open: Vec<String> = Vec::new();
    let mut tags = Vec::new();
    let mut rest = html.strip_prefix("<!doctype html>").unwrap_or(html);
    while let Some(start) = rest.find('<') {
        let end = rest[start..].find('>').map_or(rest.len(), |at| start + at);
        let inside = &rest[start + 1..end.max(start + 1)];
        match inside.strip_prefix('/') {
            Some(name) if open.last().is_some_and(|last| last == name) => drop(open.pop()),
            Some(name) => faults.push(format!("</{name}> closes {:?}", open.last())),
            None => {
                let tag = tag(inside.trim_end_matches('/'), faults);
                if !inside.ends_with('/') && !VOID.contains(&tag.name.as_str()) {
                    open.push(tag.name.clone());
                }
                tags.push(tag);
            }
        }
        rest = &rest[(end + 1).min(rest.len())..];
    }
    faults.extend(open.iter().map(|name| format!("<{name}> is never closed")));
    tags
}

fn tag(inside: &str, faults: &mut Vec<String>) -> Tag {
    let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    let mut attributes = BTreeMap::new();
    while let Some(key_start) = rest.find(|c: char| !c.is_whitespace()) {
        rest = &rest[key_start..];
        let key_end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let key = rest[..key_end].to_owned();
        rest = &rest[key_end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let close = quoted.find('"').unwrap_or(quoted.len());
            value = quoted[..close].to_owned();
            rest = quoted.get(close + 1..).unwrap_or_default();
        } else if rest.starts_with('=') {
            faults.push(format!("unquoted attribute in <{inside}>"));
            break;
        }
        if attributes.insert(key.clone(), value).is_some() {
            faults.push(format!("attribute {key} twice in <{inside}>"));
        }
    }
    Tag { name: name.to_owned(), attributes }
}

fn ids(tags: &[Tag], faults: &mut Vec<String>) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.attributes.get("id")) {
        if !ids.insert(id.clone()) {
            faults.push(format!("id {id} twice"));
        }
    }
    ids
}

fn tag_faults(tag: &Tag, ids: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let has = |key: &str| tag.attributes.contains_key(key);
    let mut fault = |wrong: bool, what: &str| {
        if wrong {
            faults.push(format!("{what}: {tag:?}"));
        }
    };
    fault(tag.attributes.keys().any(|key| key.starts_with("on")), "inline handler");
    fault(has("style") || tag.name == "style", "inline style");
    fault(tag.name == "script" && !has("src"), "inline script");
    fault(tag.name == "img" && !has("alt"), "picture without alternative");
    fault(has("data-part") && !has("id"), "live part without id");
    for key in ["for", "aria-describedby", "aria-labelledby"] {
        if let Some(id) = tag.attributes.get(key) {
            fault(!ids.contains(id), "points at no id");
        }
    }
    if let Some(id) = tag.attributes.get("href").and_then(|href| href.strip_prefix('#')) {
        fault(!id.is_empty() && !ids.contains(id), "leads nowhere");
    }
    faults
}

/// Values of `key` on every `name`.
pub(crate) fn values<'a>(tags: &'a [Tag], name: &str, key: &str) -> Vec<&'a str> {
    let of = |tag: &'a Tag| (tag.name == name).then(|| tag.attributes.get(key)).flatten();
    tags.iter().filter_map(of).map(String::as_str).collect()
}
