//! What tests build their worlds from: both databases, the sandbox, a clock moved by hand.
