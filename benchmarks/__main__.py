"""`python -m benchmarks`: measure, and print the table."""

from benchmarks.run import main

main()
