"""Commands for what people say and decide: reports, cases, strikes."""
