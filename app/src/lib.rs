//! The screens of Usher and the server functions they call.
