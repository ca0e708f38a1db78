"""One repository a noun. Statements are built once, at import; rows are unpacked by position."""
