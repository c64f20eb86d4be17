"""Units of work, such as one sequence each, on the cores of this machine or on other machines."""
