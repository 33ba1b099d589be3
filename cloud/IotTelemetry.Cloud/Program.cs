using System.CommandLine;
using IotTelemetry.Cloud.Hosting;

try
{
    // No time-out of the command line's own: serve handles the signals itself and needs longer to store what it took.
    InvocationConfiguration invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    ParseResult parsed = CommandLine.Create().Parse(args);
    int exitCode = await parsed.InvokeAsync(invocation);
    return parsed.Errors.Count > 0 ? ExitCode.Usage : exitCode;
}
catch (OptionException wrong)
{
    await Console.Error.WriteLineAsync($"iot-cloud: {wrong.Message}");
    return ExitCode.Usage;
}
