//! Lineage as a picture with its table: sources on the left, what is derived from them to the right.

use std::collections::HashMap;

/// A thing rows flow through.
#[derive(Clone, Debug)]
pub struct Node {
    pub name: String,
    /// Second line in small print: rows, files.
    pub note: String,
    /// Column of the picture: 0 raw, 1 clean, 2 POLE.
    pub layer: usize,
    pub href: Option<String>,
    /// The table whose page this is.
    pub here: bool,
}

/// Which column comes from which.
#[derive(Clone, Debug)]
pub struct ColumnFlow {
    pub from: String,
    pub to: String,
    /// The expression or cleaning steps between them.
    pub via: String,
}

/// A small directed graph, drawn in columns.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    pub nodes: Vec<Node>,
    /// Pairs of positions in `nodes`.
    pub edges: Vec<(usize, usize)>,
    pub columns: Vec<ColumnFlow>,
}

const BOX_WIDTH: usize = 208;
const BOX_HEIGHT: usize = 48;
const GAP_X: usize = 72;
const GAP_Y: usize = 16;

/// A node with its place, in SVG user units (CSS pixels).
#[derive(Debug)]
pub struct Placed<'a> {
    pub node: &'a Node,
    pub x: usize,
    pub y: usize,
}

impl Placed<'_> {
    /// The name, cut to what fits the box; the full name stands in the table.
    pub fn short(&self) -> String {
        const FITS: usize = 26;
        if self.node.name.chars().count() <= FITS {
            return self.node.name.clone();
        }
        self.node.name.chars().take(FITS - 1).chain(['…']).collect()
    }
}

impl Lineage {
    /// Nodes with places: each layer a column, centred against the tallest.
    pub fn placed(&self) -> Vec<Placed<'_>> {
        let height = self.height();
        let mut seen: HashMap<usize, usize> = HashMap::new();
        self.nodes
            .iter()
            .map(|node| {
                let index = seen.entry(node.layer).or_default();
                let tall = self.in_layer(node.layer) * (BOX_HEIGHT + GAP_Y) - GAP_Y;
                let y = (height - tall) / 2 + *index * (BOX_HEIGHT + GAP_Y);
                *index += 1;
                Placed { node, x: 1 + node.layer * (BOX_WIDTH + GAP_X), y }
            })
            .collect()
    }

    /// Edges as SVG path data.
    pub fn paths(&self) -> Vec<String> {
        let placed = self.placed();
        self.edges
            .iter()
            .filter_map(|&(from, to)| {
                let (a, b) = (placed.get(from)?, placed.get(to)?);
                let (x1, y1) = (a.x + BOX_WIDTH, a.y + BOX_HEIGHT / 2);
                let (x2, y2) = (b.x, b.y + BOX_HEIGHT / 2);
                let bend = GAP_X / 2;
                Some(format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + bend, x2.saturating_sub(bend)))
            })
            .collect()
    }

    /// Width of the picture.
    pub fn width(&self) -> usize {
        let layers = self.nodes.iter().map(|node| node.layer + 1).max().unwrap_or(1);
        layers * (BOX_WIDTH + GAP_X) - GAP_X + 2
    }

    /// Height of the picture.
    pub fn height(&self) -> usize {
        let tallest = (0..=self.nodes.iter().map(|node| node.layer).max().unwrap_or(0))
            .map(|layer| self.in_layer(layer))
            .max()
            .unwrap_or(0)
            .max(1);
        tallest * (BOX_HEIGHT + GAP_Y) - GAP_Y + 2
    }

    /// Steps as rows of the twin table: from, to.
    pub fn steps(&self) -> Vec<(&Node, &Node)> {
        self.edges.iter().filter_map(|&(from, to)| Some((self.nodes.get(from)?, self.nodes.get(to)?))).collect()
    }

    fn in_layer(&self, layer: usize) -> usize {
        self.nodes.iter().filter(|node| node.layer == layer).count()
    }
}

#[cfg(test)]
mod tests {
    use super::{Lineage, Node};

    #[test]
    fn an_edge_to_nowhere_is_not_drawn() {
        let node = |layer| Node { name: "n".into(), note: String::new(), layer, href: None, here: false };
        let lineage = Lineage { nodes: vec![node(0), node(1)], edges: vec![(0, 1), (0, 9)], columns: Vec::new() };
        assert_eq!(lineage.paths().len(), 1);
        assert_eq!(lineage.steps().len(), 1);
        assert!(Lineage::default().placed().is_empty());
    }
}
