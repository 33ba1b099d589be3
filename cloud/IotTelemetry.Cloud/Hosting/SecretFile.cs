using System.CommandLine;

namespace IotTelemetry.Cloud.Hosting;

/// <summary>Secrets come from files: a command line can be read by everybody on the machine.</summary>
internal static class SecretFile
{
    /// <summary>The content of the file an option names, without line ends at its end; null when the option is not given.</summary>
    /// <exception cref="OptionException">The file cannot be read.</exception>
    public static string? Read(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).TrimEnd('\r', '\n');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new OptionException(option.Name, file, $"allowed is a file that can be read: {unreadable.Message}");
        }
    }
}
