import subprocess
import sys


def test_importing_the_tracker_imports_no_heavy_library():
    code = (
        "import sys, tracker;"
        "heavy = 'torch cv2 filterpy pandas matplotlib numba scipy.optimize scipy.spatial'.split();"
        "heavy = set(heavy) & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
