import handrail_shouting

from handrail.testing import ModuleContract


class TestShouting(ModuleContract):
    module = handrail_shouting
