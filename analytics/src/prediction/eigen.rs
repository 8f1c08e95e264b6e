//! Eigenvalues of small symmetric matrices, by Jacobi's rotations.

/// A symmetric matrix as its eigenvalues and eigenvectors.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Eigen<const N: usize> {
    values: [f64; N],
    /// The eigenvectors, one a column.
    vectors: [[f64; N]; N],
}

/// Rounds of rotations; a few are enough, each squares what is left beside the diagonal.
const ROUNDS: u32 = 60;

/// The eigenvalues and eigenvectors of a symmetric matrix.
pub(super) fn eigen<const N: usize>(mut matrix: [[f64; N]; N]) -> Eigen<N> {
    let mut vectors = std::array::from_fn(|row| std::array::from_fn(|at| if row == at { 1.0 } else { 0.0 }));
    for _ in 0..ROUNDS {
        for (p, q) in (0..N).flat_map(|p| (p + 1..N).map(move |q| (p, q))) {
            let beside = matrix[p][q];
            if beside.abs() <= f64::EPSILON * 1e-3 * (matrix[p][p] * matrix[q][q]).abs().sqrt() {
                continue;
            }
            let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * beside);
            let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
            let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
            let turn = (tangent * cosine, cosine);
            for row in &mut matrix {
                turned(row, p, q, turn);
            }
            let (above, below) = (matrix[p], matrix[q]);
            matrix[p] = std::array::from_fn(|at| turn.1 * above[at] - turn.0 * below[at]);
            matrix[q] = std::array::from_fn(|at| turn.0 * above[at] + turn.1 * below[at]);
            for row in &mut vectors {
                turned(row, p, q, turn);
            }
        }
    }
    Eigen { values: std::array::from_fn(|at| matrix[at][at]), vectors }
}

fn turned<const N: usize>(row: &mut [f64; N], p: usize, q: usize, (sine, cosine): (f64, f64)) {
    let (one, other) = (row[p], row[q]);
    row[p] = cosine * one - sine * other;
    row[q] = sine * one + cosine * other;
}

impl<const N: usize> Eigen<N> {
    /// The largest amount of an eigenvalue.
    pub(super) fn largest(&self) -> f64 {
        self.values.iter().fold(0.0, |most, value| value.abs().max(most))
    }

    /// The smallest eigenvalue.
    pub(super) fn smallest(&self) -> f64 {
        self.values.iter().fold(f64::INFINITY, |least, value| value.min(least))
    }

    /// The coordinate that is most in the direction of the smallest eigenvalue.
    pub(super) fn flattest(&self) -> usize {
        let at = (0..N).min_by(|&a, &b| self.values[a].total_cmp(&self.values[b])).unwrap_or_default();
        let part = |row: &usize| self.vectors[*row][at].abs();
        (0..N).max_by(|a, b| part(a).total_cmp(&part(b))).unwrap_or_default()
    }

    /// The solution of "matrix times it is `right`", for the matrix with these eigenvalues in place of its own.
    pub(super) fn divided(&self, right: &[f64; N], eigenvalue: impl Fn(f64) -> f64) -> [f64; N] {
        let mut out = [0.0; N];
        for at in 0..N {
            let along: f64 = (0..N).map(|row| self.vectors[row][at] * right[row]).sum();
            let length = along / eigenvalue(self.values[at]);
            for (row, out) in out.iter_mut().enumerate() {
                *out += length * self.vectors[row][at];
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_eigenvectors_give_the_matrix_again(cells in prop::array::uniform6(-100.0..100.0)) {
            let [a, b, c, d, e, f] = cells;
            let matrix = [[a, b, c], [b, d, e], [c, e, f]];
            let found = eigen(matrix);
            for (row, cells) in matrix.iter().enumerate() {
                for (at, cell) in cells.iter().enumerate() {
                    let of = |k: usize| found.vectors[row][k] * found.values[k] * found.vectors[at][k];
                    let sum: f64 = (0..3).map(of).sum();
                    prop_assert!((sum - cell).abs() < 1e-9, "{sum} is not {cell}");
                }
            }
            let right = [1.0, -2.0, 3.0];
            let x = found.divided(&right, |value| value);
            let back: f64 = (0..3).map(|at| matrix[0][at] * x[at]).sum();
            let smallest = found.values.iter().fold(f64::INFINITY, |least, value| value.abs().min(least));
            prop_assume!(smallest > 1e-3);
            prop_assert!((back - right[0]).abs() < 1e-5, "{back}");
        }
    }

    #[test]
    fn the_flattest_coordinate_is_the_one_that_curves_least() {
        let found = eigen([[5.0, 0.0, 0.0], [0.0, 1e-9, 0.0], [0.0, 0.0, 2.0]]);
        assert_eq!(found.flattest(), 1);
        assert!((found.largest() - 5.0).abs() < 1e-12 && found.smallest() < 1e-8);
    }
}
