//! Which products a slip has.

use super::super::catalog::PRODUCTS;
use super::super::dice::Dice;
use super::super::people::{Customer, Kind};

/// How popular each product is in a month.
pub(super) fn basket(kind: Kind, month: u32) -> Vec<u32> {
    PRODUCTS
        .iter()
        .map(|product| product.weights[kind as usize] * product.season.demand(month) / 10)
        .collect()
}

/// The products of a slip: favourites, others, and what goes along with them.
pub(super) fn pick_products(
    dice: &mut Dice,
    customer: &Customer,
    baskets: &[Vec<u32>; 3],
    is_return: bool,
) -> Vec<usize> {
    let many = match customer.kind {
        _ if is_return => 1,
        Kind::Direct => 1 + dice.weighted(&[70, 30]),
        _ => 1 + dice.weighted(&[40, 40, 20]),
    };
    let mut products: Vec<usize> = Vec::with_capacity(2 * many);
    for _ in 0..many {
        let product = if dice.chance(620) {
            usize::from(*dice.pick(&customer.favourites))
        } else {
            dice.weighted(&baskets[customer.kind as usize])
        };
        let along = PRODUCTS[product].partner.filter(|(_, chance)| !is_return && dice.chance(*chance));
        for product in std::iter::once(product).chain(along.map(|(partner, _)| partner)) {
            if !products.contains(&product) {
                products.push(product);
            }
        }
    }
    products
}
