//! Memory for activations that is used again from step to step. Fresh pages from the system cost a small model more
//! than its arithmetic. Knows no shapes.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, PoisonError},
};

/// Where [`Buffer`]s come from, and go back to.
#[derive(Clone, Default)]
pub struct BufferPool {
    free: Arc<Mutex<Vec<Vec<f32>>>>,
}

impl BufferPool {
    /// `length` values of any content.
    pub fn take(&self, length: usize) -> Buffer {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let sizes = free.iter().enumerate().map(|(index, values)| (values.len(), index));
        let fitting = sizes.clone().filter(|(size, _)| *size >= length).min();
        let values = if let Some((_, index)) = fitting {
            free.swap_remove(index)
        } else {
            // A larger one takes the place of the largest, so that their number stays that of those used at once.
            if let Some((_, index)) = sizes.max() {
                free.swap_remove(index);
            }
            vec![0.0; length.next_power_of_two()]
        };
        drop(free);
        Buffer { values, length, pool: Some(self.clone()) }
    }

    /// `length` zeros.
    pub fn zeros(&self, length: usize) -> Buffer {
        let mut buffer = self.take(length);
        buffer.fill(0.0);
        buffer
    }
}

/// Values that go back to their pool, if they have one, when dropped.
#[derive(Default)]
pub struct Buffer {
    values: Vec<f32>,
    length: usize,
    pool: Option<BufferPool>,
}

impl From<Vec<f32>> for Buffer {
    fn from(values: Vec<f32>) -> Self {
        Self { length: values.len(), values, pool: None }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            let values = std::mem::take(&mut self.values);
            pool.free.lock().unwrap_or_else(PoisonError::into_inner).push(values);
        }
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values[..self.length]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values[..self.length]
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Buffer({} values)", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_used_again_and_the_smallest_that_fits_is_taken() {
        let pool = BufferPool::default();
        let (small, large) = (pool.take(10), pool.take(1000));
        let places = (small.as_ptr(), large.as_ptr());
        drop((large, small));
        let (small, large) = (pool.take(16), pool.take(17));
        assert_eq!((small.as_ptr(), large.as_ptr()), places);
        assert_eq!((small.len(), large.len()), (16, 17));
    }

    #[test]
    fn growing_requests_do_not_leave_a_trail() {
        let pool = BufferPool::default();
        for length in 1..2000 {
            drop((pool.take(length), pool.take(length)));
        }
        assert!(pool.free.lock().unwrap().len() <= 2);
        assert!(pool.zeros(1500).iter().all(|value| *value == 0.0));
    }
}
