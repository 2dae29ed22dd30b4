"""`python -m penjing_gui`: the same as the `penjing-gui` program."""

from __future__ import annotations

import sys

from penjing_gui.app import main

sys.exit(main())
