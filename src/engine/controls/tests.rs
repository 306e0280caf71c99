//! Which control fits, and what becomes of what is said about controls when it is written down.
