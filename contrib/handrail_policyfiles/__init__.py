"""Policies that a policy team owns: a directory of reviewed files, read as one bundle.

``policies: DIRECTORY`` in ``handrail.yaml`` reads it; ``Bundle.read`` does in code.
"""

from handrail_policyfiles._bundle import Bundle, load
from handrail_policyfiles._deadlines import Deadline, deadlines
from handrail_policyfiles._diagnostic import BundleError, Diagnostic
from handrail_policyfiles._run import CaseResult, run_cases
from handrail_policyfiles._starting import copy_starting, starting_policy

__all__ = [
    "Bundle",
    "BundleError",
    "CaseResult",
    "Deadline",
    "Diagnostic",
    "copy_starting",
    "deadlines",
    "load",
    "run_cases",
    "starting_policy",
]
