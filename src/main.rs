//! The program: parse the arguments, then open the window or carry out one command.

fn main() {}
