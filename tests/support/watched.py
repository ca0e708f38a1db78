"""Run a module as `python -m` does, its statements watched: `python -m tests.support.watched -m bot run`."""

import runpy
import sys

from tests.support.statements import watch_into_file

if __name__ == "__main__":
    _, _dash_m, module, *arguments = sys.argv
    watch_into_file()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
