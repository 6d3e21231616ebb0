"""The first schema, table by table."""
