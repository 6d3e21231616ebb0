"""The schema's history, one file a step in ``versions``.

Who changes a table in ``_schema_*.py`` adds the step that changes it in databases that are there.
"""
