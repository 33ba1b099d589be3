#!/bin/sh
# Thin entry: everything is in build.cs. Usage: ./build.sh help
exec dotnet run --file "$(dirname "$0")/build.cs" -- "$@"
