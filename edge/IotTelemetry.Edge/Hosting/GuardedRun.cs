using IotTelemetry.Edge.Configuration;
using IotTelemetry.Edge.Replay;
using Microsoft.Extensions.Logging;

namespace IotTelemetry.Edge.Hosting;

/// <summary>How what runs for long ends.</summary>
internal static class GuardedRun
{
    /// <summary>Errors of the user and of the device end the agent with one message; anything else is a defect and shows its stack.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(ILoggerFactory logs, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (exception is ConfigurationException or IOException or UnauthorizedAccessException or ReplayException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
        }
        catch (Exception defect)
        {
            AgentLog.Failed(logs.CreateLogger("Agent"), defect);
        }

        return 1;
    }
}
