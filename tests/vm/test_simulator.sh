#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Test: scenarios take as long in the simulator as on a real kernel
# Clock: exact
#
# On average over the frames of three scenarios; what has been achieved, with more of them, on 2 and 4
# CPUs, is in docs/simulator.md, and this keeps it.
set -euo pipefail
exec "$(dirname "$0")/compare/compare" --gate 15 15 --seconds 2 --scenarios "frames game server" 4
