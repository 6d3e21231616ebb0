"""Real servers for tests, on loopback and free ports: each module starts one kind.

A test asks for a fixture and carries ``@pytest.mark.server("postgres")``.
A fixture that ends in ``_of_its_own`` hands out a function that starts a server nobody else uses,
which the test may kill and start again; without it, a server is shared by the whole run.
"""
