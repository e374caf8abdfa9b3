"""What all tests need of the process that runs them."""

import signal

# A shell starts background jobs with Ctrl-C ignored, and their children inherit that: tests that
# send it would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
