using System.CommandLine;
using IotTelemetry.Cloud.Door.Users;
using Spectre.Console;

namespace IotTelemetry.Cloud.Hosting;

/// <summary><c>iot-cloud passwd</c>: makes the hash of a password, for the file of users.</summary>
internal static class PasswordCommand
{
    public static Command Create()
    {
        Command command = new("passwd", "Asks for a password, or reads one line from standard input, and prints its hash for the file of users.");
        command.SetAction(async (_, stop) =>
        {
            string? password = Console.IsInputRedirected
                ? await Console.In.ReadLineAsync(stop)
                : await new TextPrompt<string>("Password:").Secret().ShowAsync(AnsiConsole.Console, stop);
            if (string.IsNullOrEmpty(password))
            {
                await Console.Error.WriteLineAsync("iot-cloud: a password has at least one character");
                return ExitCode.Usage;
            }

            await Console.Out.WriteLineAsync(PasswordHash.Create(password).ToString());
            return ExitCode.Success;
        });
        return command;
    }
}
