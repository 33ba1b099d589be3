using System.Diagnostics;

namespace IotTelemetry.Edge.Tests;

/// <summary>Runs a program of the system.</summary>
internal static class SystemTool
{
    /// <exception cref="IOException">It is not there, or failed.</exception>
    public static void Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var problem = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new IOException($"{program} {string.Join(' ', arguments)}: {problem.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new IOException($"{program}: {exception.Message}", exception);
        }
    }
}
