//! What is seen and pressed. It sends `Command`s and reads `FrameView`s; it builds and parses no topic, packet or JSON.

// Leptos writes every component as `pub`, whatever its module is.
#![allow(unreachable_pub)]

mod address;
mod announce;
pub mod app;
mod banner;
mod chips;
mod chooser;
mod commands;
mod connect_form;
mod connection;
mod describe;
mod device_list;
mod device_panel;
mod device_row;
mod dialog;
mod empty;
mod fault;
mod fault_card;
mod field;
mod fields;
pub mod format;
mod frame_loop;
mod help;
mod icons;
mod keys;
mod life_icon;
mod life_outcome;
mod life_rail;
mod link_details;
mod link_pill;
mod link_state;
mod list_window;
mod listen;
mod map_cards;
mod map_handle;
mod map_tools;
mod map_view;
mod mark;
mod open;
mod padding;
mod panel;
mod places;
mod reactive;
mod shadow_section;
mod sheet;
mod sparkline;
pub mod stopped;
pub mod store;
mod switch;
pub mod text;
mod theme;
mod title;
mod top_bar;
mod unreadable;
