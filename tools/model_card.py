"""Model cards."""

def describe_run(*a): return {}
def write_model_cards(out): pass
