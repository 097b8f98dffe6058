//! The order of Twilio's words, by every order in which they can be told.

use vapi_gateway::domain::delivery::{is_arrival, is_failure, moves, rank};

const RANKED: [(&str, u8); 10] = [
    ("accepted", 0),
    ("scheduled", 0),
    ("queued", 1),
    ("sending", 2),
    ("sent", 3),
    ("delivered", 4),
    ("undelivered", 4),
    ("failed", 4),
    ("canceled", 4),
    ("read", 5),
];
const UNRANKED: [&str; 5] = ["receiving", "received", "partially_delivered", "teleported", ""];

#[test]
fn a_text_only_moves_forward() {
    for (to, rank_of) in RANKED {
        assert_eq!(rank(to), Some(rank_of));
        assert!(moves(None, to));
        for (from, lower) in RANKED {
            assert_eq!(moves(Some(from), to), lower < rank_of, "{from} to {to}");
        }
        for unknown in UNRANKED {
            assert!(moves(Some(unknown), to) && !moves(Some(to), unknown) && !moves(None, unknown));
        }
    }
    assert_eq!(RANKED.iter().filter(|(word, _)| is_arrival(word)).count(), 2);
    assert_eq!(RANKED.iter().filter(|(word, _)| is_failure(word)).count(), 3);
}

#[test]
fn in_whatever_order_the_furthest_is_known_in_the_end() {
    let told = ["queued", "sending", "sent", "delivered", "read"];
    let mut orders = vec![vec![]];
    for word in told {
        let longer = |order: &Vec<&'static str>| {
            (0..=order.len())
                .map(|at| {
                    let mut order = order.clone();
                    order.insert(at, word);
                    order
                })
                .collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    assert_eq!(orders.len(), 120);
    for order in orders {
        let end = order.iter().fold(
            None,
            |known, word| {
                if moves(known, word) { Some(*word) } else { known }
            },
        );
        assert_eq!(end, Some("read"), "{order:?}");
    }
}
