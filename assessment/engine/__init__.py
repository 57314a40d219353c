"""The rules of attainment and progress in plain Python: no Django, no database, no clock."""
