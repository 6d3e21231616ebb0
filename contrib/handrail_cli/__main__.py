"""Makes ``python -m handrail_cli`` the same as ``handrail``."""

from handrail_cli import main

if __name__ == "__main__":
    main()
