#!/usr/bin/env pwsh
# Thin entry: everything is in build.cs. Usage: ./build.ps1 help
dotnet run --file (Join-Path $PSScriptRoot 'build.cs') -- @args
exit $LASTEXITCODE
