#!/bin/bash -eu
exec "$SRC/e3/fuzz/ossfuzz.sh"
