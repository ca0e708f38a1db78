"""Organisers' files in: event and template YAML -> domain records, or all faults with file and line."""
