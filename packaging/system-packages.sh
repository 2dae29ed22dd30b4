#!/usr/bin/env bash
# Looks whether the system libraries that Qt needs are there, and installs them where that can be done unasked
# (root on Debian or Ubuntu); elsewhere it says what to install. Does nothing where all is well.
#
#   system-packages.sh PYTHON offscreen   what the tests and the terminal need
#   system-packages.sh PYTHON display     what a window on X11 needs besides
#   system-packages.sh PYTHON fonts       a font for the Chinese screenshots
set -euo pipefail
python=$1
what=$2

offscreen=(libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0)
display=(libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
  libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0 libx11-xcb1)
fonts=(fonts-noto-cjk)

works() {
  case "$what" in
    offscreen) QT_QPA_PLATFORM=offscreen "$python" -c 'from PySide6 import QtWidgets; QtWidgets.QApplication([])' ;;
    # Loading Qt's own X11 plugin fails where one of its libraries is missing; no display is needed for that.
    display) [ -z "${DISPLAY:-}" ] || "$python" -c '
import ctypes, pathlib, PySide6
from PySide6 import QtGui
plugin = pathlib.Path(PySide6.__file__).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
if plugin.exists():
    ctypes.CDLL(str(plugin))' ;;
    fonts) QT_QPA_PLATFORM=offscreen "$python" -c '
import sys
from PySide6 import QtGui
application = QtGui.QGuiApplication([])
sys.exit(not QtGui.QFontDatabase.families(QtGui.QFontDatabase.WritingSystem.SimplifiedChinese))' ;;
    *) echo "system-packages.sh: offscreen, display or fonts, not $what" >&2; exit 2 ;;
  esac
}

[ "$(uname)" = Linux ] || exit 0
if works >/dev/null 2>&1; then exit 0; fi

declare -n packages=$what
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Qt needs system packages that are missing; installing: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  if works >/dev/null; then exit 0; fi
fi
echo "penjing: Qt needs system libraries that are missing; on Debian or Ubuntu: apt-get install ${packages[*]}" >&2
works >&2 || true
[ "$what" = fonts ] || exit 1
