using System.CommandLine;
using IotTelemetry.Cloud.Hosting;

try
{
    // No time-out of the command line's own: serve handles the signals itself and needs longer to store what it took.
    InvocationConfiguration invocation = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    return await CommandLine.Create().Parse(args).InvokeAsync(invocation);
}
catch (OptionException wrong)
{
    await Console.Error.WriteLineAsync($"iot-cloud: {wrong.Message}");
    return ExitCode.Usage;
}
