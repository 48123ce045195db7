//! Archives go out and come in whole, and whoever changes one is refused.
