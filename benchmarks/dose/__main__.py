"""`python -m benchmarks.dose`."""

import sys

from benchmarks.dose.main import main

if __name__ == "__main__":
    main(sys.argv[1:])
