//! What several features draw. Nothing here asks the server for anything.

pub mod banner;
pub mod button;
pub mod can;
pub mod copy;
pub mod empty;
pub mod field;
pub mod frame;
pub mod icon;
pub mod interval_switch;
pub mod loaded;
pub mod money;
pub mod outcome;
pub mod plan_card;
pub mod refused;
pub mod seat_row;
pub mod skeleton;
pub mod standing;
pub mod tabs;
pub mod time;
