"""Conditions in policy files: CEL over a declared schema, in three-valued logic.

``compile_condition`` turns one into a Condition. What is simple of the language becomes plain
Python; the rest is answered by the official runtime, which also checks what is simple.
"""

from handrail_policyfiles.expression._check import mistakes
from handrail_policyfiles.expression._compile import compile_condition
from handrail_policyfiles.expression._error import ExpressionError
from handrail_policyfiles.expression._schema import SCHEMA, Function, Schema, Variable

__all__ = [
    "SCHEMA",
    "ExpressionError",
    "Function",
    "Schema",
    "Variable",
    "compile_condition",
    "mistakes",
]
