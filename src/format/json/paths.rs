//! The keys that a map knows, as a tree: from a node and a key to the next node, and from a node to its rule.
//!
//! Lines of a log mostly have their keys in the same order, so the key that followed last time is tried first; only
//! where that fails the sorted table is searched. `{"id": {"orig_h": …}}` and `{"id.orig_h": …}` are the same path.

use std::cmp::Ordering;

/// A place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Node(u32);

impl Node {
    /// The object itself.
    pub const ROOT: Self = Self(0);
    /// Nothing below here is wanted.
    pub const NONE: Self = Self(u32::MAX);
}

/// A key below a node.
#[derive(Debug)]
struct Edge {
    parent: Node,
    key: Box<[u8]>,
    to: Node,
}

/// The tree.
#[derive(Debug)]
pub struct Paths {
    /// **Order**: by parent, then by key.
    edges: Vec<Edge>,
    /// The rule of each node.
    rules: Vec<Option<usize>>,
    /// The edge that was taken first below each node last time, and the one after each edge.
    first: Vec<u32>,
    next: Vec<u32>,
}

/// Where reading is in an object, to guess what follows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Last(Option<u32>);

impl Paths {
    /// The tree of these paths; the rule of a path is its place in the list. Of two equal paths the first counts.
    pub fn new<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut tree = Self { edges: Vec::new(), rules: vec![None], first: Vec::new(), next: Vec::new() };
        for (rule, path) in paths.into_iter().enumerate() {
            let mut node = Node::ROOT;
            for key in path.split('.') {
                node = tree.insert(node, key, None);
            }
            if let Some(slot @ None) = tree.rules.get_mut(node.0 as usize) {
                *slot = Some(rule);
            }
            if path.contains('.') {
                tree.insert(Node::ROOT, path, Some(node));
            }
        }
        tree.first = vec![0; tree.rules.len()];
        tree.next = vec![0; tree.edges.len()];
        tree
    }

    fn insert(&mut self, parent: Node, key: &str, to: Option<Node>) -> Node {
        match self.search(parent, key.as_bytes()) {
            Ok(at) => self.edges.get(at).map_or(Node::NONE, |edge| edge.to),
            Err(at) => {
                let to = to.unwrap_or_else(|| {
                    self.rules.push(None);
                    Node(self.rules.len() as u32 - 1)
                });
                self.edges.insert(at, Edge { parent, key: key.as_bytes().into(), to });
                to
            }
        }
    }

    fn search(&self, parent: Node, key: &[u8]) -> Result<usize, usize> {
        self.edges.binary_search_by(|edge| match edge.parent.cmp(&parent) {
            Ordering::Equal => (*edge.key).cmp(key),
            other => other,
        })
    }

    /// The node under a key. `last` is where reading is in the object whose node is `parent`.
    #[inline]
    pub fn find(&mut self, parent: Node, last: &mut Last, key: &[u8]) -> Node {
        if parent == Node::NONE {
            return Node::NONE;
        }
        let guess = match last.0 {
            None => self.first.get(parent.0 as usize),
            Some(edge) => self.next.get(edge as usize),
        };
        if let Some(&at) = guess
            && let Some(edge) = self.edges.get(at as usize)
            && edge.parent == parent
            && *edge.key == *key
        {
            last.0 = Some(at);
            return edge.to;
        }
        self.look_up(parent, last, key)
    }

    fn look_up(&mut self, parent: Node, last: &mut Last, key: &[u8]) -> Node {
        match self.search(parent, key) {
            Ok(at) => {
                let guess = match last.0 {
                    None => self.first.get_mut(parent.0 as usize),
                    Some(edge) => self.next.get_mut(edge as usize),
                };
                if let Some(guess) = guess {
                    *guess = at as u32;
                }
                last.0 = Some(at as u32);
                self.edges.get(at).map_or(Node::NONE, |edge| edge.to)
            }
            Err(_) => self.by_parts(parent, key),
        }
    }

    /// A key with points in it is a path of its own.
    fn by_parts(&self, parent: Node, key: &[u8]) -> Node {
        if memchr::memchr(b'.', key).is_none() {
            return Node::NONE;
        }
        let step = |node: Node, part: &[u8]| {
            self.search(node, part).ok().and_then(|at| self.edges.get(at)).map_or(Node::NONE, |edge| edge.to)
        };
        key.split(|b| *b == b'.').fold(parent, step)
    }

    /// The node under a name, whose letters may be small or capital: names of HTTP headers.
    pub fn find_header(&self, parent: Node, name: &[u8]) -> Node {
        let mut edges = self.edges.iter().filter(|edge| edge.parent == parent);
        edges.find(|edge| edge.key.eq_ignore_ascii_case(name)).map_or(Node::NONE, |edge| edge.to)
    }

    /// The rule of a node.
    #[inline]
    pub fn rule(&self, node: Node) -> Option<usize> {
        self.rules.get(node.0 as usize).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_any_order_nested_or_with_points() {
        let mut paths = Paths::new(["a", "b.c", "b.d.e", "a"]);
        for _ in 0..2 {
            let mut last = Last::default();
            let a = paths.find(Node::ROOT, &mut last, b"a");
            let b = paths.find(Node::ROOT, &mut last, b"b");
            assert_eq!((paths.rule(a), paths.rule(b)), (Some(0), None));
            let mut inner = Last::default();
            assert_eq!(paths.find(b, &mut inner, b"x"), Node::NONE);
            let c = paths.find(b, &mut inner, b"c");
            assert_eq!(paths.rule(c), Some(1));
            let flat = paths.find(Node::ROOT, &mut last, b"b.d.e");
            assert_eq!(paths.rule(flat), Some(2));
            let mixed = paths.find(b, &mut inner, b"d.e");
            assert_eq!(mixed, flat);
            assert_eq!(paths.find(Node::NONE, &mut inner, b"a"), Node::NONE);
        }
        let b = paths.find(Node::ROOT, &mut Last::default(), b"b");
        assert_eq!(paths.rule(paths.find_header(b, b"C")), Some(1));
    }
}
