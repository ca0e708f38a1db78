"""Typed and pasted things in, documents out; the mirror image of render."""
