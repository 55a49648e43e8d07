//! Where a redirect may go.
