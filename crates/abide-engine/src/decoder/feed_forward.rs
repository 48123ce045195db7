//! What mixes channels: one dense network, or a few of many experts per token.

use candle_core::Result;

use super::{
    single,
    weights::{FeedForwardWeights, Network},
};
use crate::{
    ops::Ops,
    spec::{Activation, Router},
};

/// Output of the feed-forward block: rows × hidden.
pub(super) fn forward<O: Ops>(
    ops: &O,
    weights: &FeedForwardWeights<O>,
    input: &O::Tensor,
) -> Result<O::Tensor> {
    match weights {
        FeedForwardWeights::Dense { network, activation } => dense(ops, network, *activation, input),
        FeedForwardWeights::Experts { router, networks, used, activation, kind } => {
            let logits = ops.values(single(ops, input, router)?)?;
            let choose = |logits| choose(logits, *used, *kind);
            let chosen: Vec<_> = logits.chunks_exact(networks.len()).map(choose).collect();
            experts(ops, networks, *activation, input, &chosen)
        }
    }
}

fn dense<O: Ops>(
    ops: &O,
    network: &Network<O>,
    activation: Activation,
    input: &O::Tensor,
) -> Result<O::Tensor> {
    let mut outputs = match &network.gate {
        Some(gate) => ops.linear(input, &[gate, &network.up])?,
        None => ops.linear(input, &[&network.up])?,
    };
    let (first, up) = (outputs.remove(0), outputs.first());
    ops.linear_activated(first, up, activation, &network.down)
}

/// The experts of one token with their weights, best first; ties go to the lower index.
fn choose(logits: &[f32], used: usize, router: Router) -> Vec<(usize, f32)> {
    let softmax = |logits: &[f32]| {
        let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let exponentials: Vec<f32> = logits.iter().map(|logit| (logit - greatest).exp()).collect();
        let sum: f32 = exponentials.iter().sum();
        exponentials.into_iter().map(|value| value / sum).collect::<Vec<_>>()
    };
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]).then(a.cmp(&b)));
    order.truncate(used);
    let weights = match router {
        Router::TopThenSoftmax => softmax(&order.iter().map(|&expert| logits[expert]).collect::<Vec<_>>()),
        Router::SoftmaxThenTop => {
            let all = softmax(logits);
            let sum: f32 = order.iter().map(|&expert| all[expert]).sum();
            order.iter().map(|&expert| all[expert] / sum).collect()
        }
    };
    order.into_iter().zip(weights).collect()
}

/// Runs each expert on the rows that chose it. A row's sum is taken in the order of the experts'
/// indices, so that it does not depend on the other rows.
fn experts<O: Ops>(
    ops: &O,
    networks: &[Network<O>],
    activation: Activation,
    input: &O::Tensor,
    chosen: &[Vec<(usize, f32)>],
) -> Result<O::Tensor> {
    let mut rows_of: Vec<(Vec<u32>, Vec<f32>)> = vec![Default::default(); networks.len()];
    for (row, experts) in chosen.iter().enumerate() {
        for &(expert, weight) in experts {
            rows_of[expert].0.push(row as u32);
            rows_of[expert].1.push(weight);
        }
    }
    let mut sum = ops.zeros_like(input)?;
    for (network, (rows, weights)) in networks.iter().zip(&rows_of).filter(|(_, rows)| !rows.0.is_empty()) {
        let output = dense(ops, network, activation, &ops.select(input, rows)?)?;
        sum = ops.add_weighted(sum, &output, rows, weights)?;
    }
    Ok(sum)
}
