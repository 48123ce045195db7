//! What mixes channels: one dense network, or a few of many experts per token.

use candle_core::{Result, Tensor};

use super::weights::{FeedForwardWeights, Network};
use crate::{
    ops::{Linear, Ops},
    spec::{Activation, Router},
};

/// Output of the feed-forward block: rows × hidden.
pub(super) fn forward<O: Ops>(
    ops: &O,
    weights: &FeedForwardWeights<O::Matrix>,
    input: &Tensor,
) -> Result<Tensor> {
    match weights {
        FeedForwardWeights::Dense { network, activation } => dense(ops, network, *activation, input),
        FeedForwardWeights::Experts { router, networks, used, activation, kind } => {
            let logits = ops.linear(input, &[router])?.remove(0).to_vec2::<f32>()?;
            let chosen: Vec<_> = logits.iter().map(|logits| choose(logits, *used, *kind)).collect();
            experts(ops, networks, *activation, input, &chosen)
        }
    }
}

fn dense<O: Ops>(
    ops: &O,
    network: &Network<O::Matrix>,
    activation: Activation,
    input: &Tensor,
) -> Result<Tensor> {
    let active = match &network.gate {
        Some(gate) => {
            let outputs = ops.linear(input, &[gate, &network.up])?;
            ops.activate(&outputs[0], Some(&outputs[1]), activation)?
        }
        None => ops.activate(&ops.linear(input, &[&network.up])?[0], None, activation)?,
    };
    single(ops, &active, &network.down)
}

fn single<O: Ops>(ops: &O, input: &Tensor, map: &Linear<O::Matrix>) -> Result<Tensor> {
    Ok(ops.linear(input, &[map])?.remove(0))
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
    networks: &[Network<O::Matrix>],
    activation: Activation,
    input: &Tensor,
    chosen: &[Vec<(usize, f32)>],
) -> Result<Tensor> {
    let device = input.device();
    let mut rows_of: Vec<Vec<(u32, f32)>> = vec![Vec::new(); networks.len()];
    for (row, experts) in chosen.iter().enumerate() {
        for &(expert, weight) in experts {
            rows_of[expert].push((row as u32, weight));
        }
    }
    let mut sum = input.zeros_like()?;
    for (network, rows) in networks.iter().zip(&rows_of).filter(|(_, rows)| !rows.is_empty()) {
        let (rows, weights): (Vec<u32>, Vec<f32>) = rows.iter().copied().unzip();
        let count = rows.len();
        let rows = Tensor::from_vec(rows, count, device)?;
        let output = dense(ops, network, activation, &input.index_select(&rows, 0)?)?;
        let weighted = output.broadcast_mul(&Tensor::from_vec(weights, (count, 1), device)?)?;
        sum = sum.index_add(&rows, &weighted, 0)?;
    }
    Ok(sum)
}
