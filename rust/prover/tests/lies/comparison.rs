//! Lies about the largest element, its place, and signs.

use zkpot_protocol::arithmetization::{Quantity, RelationName};

use super::{Broken, Lie};
use crate::execution::{Step, quotient};
use crate::programs::*;

fn quantity(step: &mut Step, quantity: Quantity) -> &mut [i64] {
    &mut step.quantities.get_mut(&quantity).unwrap()[..4]
}

/// A maximum that is too large or too small, for both maxima of the program.
pub fn maxima() -> Vec<Lie> {
    let mut lies = too_large(MAX, LARGEST);
    lies.extend(too_large(MAX_PEAK, PEAK));
    let gaps = Broken::Relation(RelationName::MaxGap(MAX_PEAK));
    lies.push(
        Lie::training(gaps, "too large, the gaps as they were")
            .at(MAX_PEAK, |step| step.tensors[PEAK][0] += 5),
    );
    let says = "the second largest, with a negative gap";
    // The exponential's table begins at zero, and so proves the gaps of this maximum.
    lies.push(
        Lie::training(Broken::Table(EXP), says).at(MAX, |step| too_small(step, MAX, LARGEST)),
    );
    let range = Broken::Range(Quantity::Gap(MAX_PEAK));
    lies.push(Lie::training(range, says).at(MAX_PEAK, |step| too_small(step, MAX_PEAK, PEAK)));
    lies
}

fn too_large(node: usize, out: usize) -> Vec<Lie> {
    let (gap, choice) = (Quantity::Gap(node), Quantity::Choice(node));
    let relation = Broken::Relation;
    let raise = move |step: &mut Step| {
        step.tensors[out][0] += 1;
        quantity(step, gap).iter_mut().for_each(|gap| *gap += 1);
    };
    vec![
        Lie::training(relation(RelationName::MaxAttained(node)), "too large, a gap is chosen")
            .at(node, raise),
        Lie::training(relation(RelationName::MaxChoice(node)), "too large, nothing is chosen").at(
            node,
            move |step| {
                raise(step);
                quantity(step, choice).fill(0);
            },
        ),
        Lie::training(Broken::Range(choice), "too large, gaps are chosen so that they cancel").at(
            node,
            move |step| {
                raise(step);
                let gaps = quantity(step, gap).to_vec();
                let (i, j) = (0..4)
                    .flat_map(|i| (0..4).map(move |j| (i, j)))
                    .find(|&(i, j)| gaps[i] != gaps[j])
                    .unwrap();
                let choices = quantity(step, choice);
                choices.fill(0);
                // a + b = 1 and a gaps[i] + b gaps[j] = 0.
                choices[i] = quotient(-gaps[j], gaps[i] - gaps[j]);
                choices[j] = quotient(gaps[i], gaps[i] - gaps[j]);
            },
        ),
    ]
}

fn too_small(step: &mut Step, node: usize, out: usize) {
    let gaps = quantity(step, Quantity::Gap(node));
    let second = gaps.iter().copied().filter(|&gap| gap > 0).min().unwrap();
    gaps.iter_mut().for_each(|gap| *gap -= second);
    let first = gaps.iter().position(|&gap| gap == 0);
    for (place, entry) in quantity(step, Quantity::Choice(node)).iter_mut().enumerate() {
        *entry = i64::from(Some(place) == first);
    }
    step.tensors[out][0] -= second;
}

/// Owners whose rows are all the same, so that the largest element stands in each of them.
fn alike() -> Owned {
    let mut owned = Owned::new(3);
    for shard in &mut owned.shards {
        shard[0].iter_mut().zip((0..5).cycle()).for_each(|(x, i)| *x = [40, 0, 0, 0, 0][i]);
    }
    owned
}

/// Sets the maximum's place or places and the gaps that follow from them.
fn place(step: &mut Step, largest: i64, choices: &[(usize, i64)]) {
    step.tensors[BEST][0] = largest;
    step.tensors[PLACE].fill(0);
    for &(place, choice) in choices {
        step.tensors[PLACE][place] = choice;
    }
    let first: i64 = choices.iter().map(|&(place, choice)| place as i64 * choice).sum();
    let chosen: i64 = choices.iter().map(|&(_, choice)| choice).sum();
    let gaps =
        step.tensors[A].iter().zip(0..).map(|(x, i)| 12 * (largest - x) - first + chosen * i);
    let gaps = gaps.collect();
    step.quantities.insert(Quantity::Gap(ARG_MAX), gaps);
}

/// Places of maxima: too large or too small a maximum, a later one of equals, none or several.
pub fn places() -> Vec<Lie> {
    let relation = Broken::Relation;
    let (gap, choice) = (Quantity::Gap(ARG_MAX), Quantity::Tensor(PLACE as u32));
    let truth = |step: &Step| {
        let largest = step.tensors[A].iter().copied().max().unwrap();
        (largest, step.tensors[A].iter().position(|&x| x == largest).unwrap())
    };
    let mut positive = Owned::new(3);
    positive.states[0] = vec![0; 20];
    vec![
        Lie::training(relation(RelationName::ArgMaxAttained(ARG_MAX)), "a maximum too large").at(
            ARG_MAX,
            move |step| {
                let (largest, first) = truth(step);
                place(step, largest + 1, &[(first, 1)]);
            },
        ),
        Lie::training(
            relation(RelationName::ArgMaxGap(ARG_MAX)),
            "too large, the gaps as they were",
        )
        .at(ARG_MAX, |step| step.tensors[BEST][0] += 1),
        Lie::training(relation(RelationName::ArgMaxChoice(ARG_MAX)), "nothing is chosen").at(
            ARG_MAX,
            move |step| {
                let (largest, _) = truth(step);
                place(step, largest, &[]);
            },
        ),
        Lie::training(Broken::Range(gap), "another element, which is smaller").at(
            ARG_MAX,
            move |step| {
                let (largest, _) = truth(step);
                let smaller = |x: i64| x > 0 && x < largest;
                let other = step.tensors[A].iter().position(|&x| smaller(x)).unwrap();
                place(step, step.tensors[A][other], &[(other, 1)]);
            },
        ),
        Lie::training(Broken::Range(gap), "a later one of equals").owner(alike()).at(
            ARG_MAX,
            move |step| {
                let (largest, first) = truth(step);
                assert_eq!(step.tensors[A][first + 4], largest);
                place(step, largest, &[(first + 4, 1)]);
            },
        ),
        Lie::training(Broken::Range(choice), "one of equals twice, less the next")
            .owner(alike())
            .at(ARG_MAX, move |step| {
                let (largest, first) = truth(step);
                assert_eq!(first, 0);
                // The gaps of the two are 4 and 8: twice the one less the other is zero.
                place(step, largest, &[(0, 2), (4, -1)]);
            }),
        Lie::training(Broken::Range(Quantity::Tensor(BEST as u32)), "a maximum beyond its range")
            .owner(positive),
    ]
}

/// Signs: the other one, and one that is neither.
pub fn signs() -> Vec<Lie> {
    let magnitude = Quantity::Magnitude(POSITIVE_Z);
    let relation = Broken::Relation(RelationName::Positive(POSITIVE_Z));
    let flip = move |step: &mut Step, place: usize| {
        let (bit, value) = (1 - step.tensors[SIGN][place], step.tensors[Z][place]);
        step.tensors[SIGN][place] = bit;
        step.quantities.get_mut(&magnitude).unwrap()[place] = (2 * bit - 1) * value - bit;
    };
    let find = |step: &Step, wanted: fn(i64) -> bool| {
        step.tensors[Z].iter().position(|&value| wanted(value)).unwrap()
    };
    vec![
        Lie::training(relation, "another sign, the magnitude as it was")
            .at(POSITIVE_Z, |step| step.tensors[SIGN][0] ^= 1),
        Lie::training(Broken::Range(magnitude), "a positive number is not")
            .at(POSITIVE_Z, move |step| flip(step, find(step, |value| value > 0))),
        Lie::training(Broken::Range(magnitude), "a negative number is positive")
            .at(POSITIVE_Z, move |step| flip(step, find(step, |value| value < 0))),
        Lie::training(Broken::Range(Quantity::Tensor(SIGN as u32)), "a sign that is neither").at(
            POSITIVE_Z,
            move |step| {
                let place = find(step, |value| value < 0);
                let value = step.tensors[Z][place];
                // (2 bit - 1) value - bit = 1.
                step.tensors[SIGN][place] = quotient(value + 1, 2 * value - 1);
                step.quantities.get_mut(&magnitude).unwrap()[place] = 1;
            },
        ),
    ]
}
