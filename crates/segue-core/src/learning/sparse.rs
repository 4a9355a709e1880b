//! A long vector that is almost everywhere zero.

use super::short;

/// Columns with their values, in order of column, each column once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sparse {
    cells: Vec<(u32, f32)>,
}

impl Sparse {
    /// The vector with these cells; of cells for the same column the values are added.
    pub fn new(mut cells: Vec<(u32, f32)>) -> Self {
        cells.sort_by_key(|(column, _)| *column);
        cells.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        Self { cells }
    }

    /// The columns that are not zero, in order.
    pub fn cells(&self) -> &[(u32, f32)] {
        &self.cells
    }

    /// The sum of the products with a vector that is written out; what lies past its end is zero.
    pub fn dot(&self, dense: &[f64]) -> f64 {
        let at = |column: u32| dense.get(column as usize).copied().unwrap_or(0.0);
        self.cells
            .iter()
            .map(|(column, value)| f64::from(*value) * at(*column))
            .sum()
    }

    /// Adds `times` of this to a vector that is written out; what lies past its end is lost.
    pub fn add_to(&self, dense: &mut [f64], times: f64) {
        for (column, value) in &self.cells {
            if let Some(sum) = dense.get_mut(*column as usize) {
                *sum += times * f64::from(*value);
            }
        }
    }

    /// The square of its length.
    pub fn square(&self) -> f64 {
        self.cells
            .iter()
            .map(|(_, value)| f64::from(*value) * f64::from(*value))
            .sum()
    }

    /// Every value times `factor`.
    pub fn scale(&mut self, factor: f64) {
        for (_, value) in &mut self.cells {
            *value = short(f64::from(*value) * factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_one_column_are_added() {
        let vector = Sparse::new(vec![(7, 1.0), (2, 0.5), (7, 2.0)]);
        assert_eq!(vector.cells(), [(2, 0.5), (7, 3.0)]);
    }

    #[test]
    fn what_lies_past_the_end_is_zero() {
        let vector = Sparse::new(vec![(0, 2.0), (9, 5.0)]);
        assert!((vector.dot(&[3.0]) - 6.0).abs() < 1e-12);
        let mut dense = [1.0];
        vector.add_to(&mut dense, 0.5);
        assert!((dense[0] - 2.0).abs() < 1e-12);
    }
}
